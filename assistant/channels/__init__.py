"""Where people and programs ask: pages, HTTP, LINE and the command line."""
