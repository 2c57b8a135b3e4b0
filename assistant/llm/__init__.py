"""The language model: how it is asked, what it is given, and what of its words is let through."""
