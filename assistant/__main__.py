"""`python -m assistant`: the same as the command plan-assistant."""

from assistant.channels.cli.main import main

if __name__ == "__main__":
    main()
