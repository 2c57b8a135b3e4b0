"""The command plan-assistant."""
