"""Question sets, and the generator of questions from a plan's records."""
