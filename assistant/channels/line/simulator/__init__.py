"""A stand-in for LINE: its API on this machine, its webhooks, a chat in the terminal, its messages drawn."""
