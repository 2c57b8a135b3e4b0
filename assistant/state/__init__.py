"""What the assistant remembers between turns."""
