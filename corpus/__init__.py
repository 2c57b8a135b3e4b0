"""Municipal documents and the plans read from them; imports nothing else of this project."""
