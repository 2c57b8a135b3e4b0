"""Where people and programs ask: pages, HTTP and the command line."""
