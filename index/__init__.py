"""From plans to passages to an index, and from a question to hits; imports the corpus only."""
