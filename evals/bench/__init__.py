"""Retrieval measured: this project's search, what each part of it is worth, and other pipelines."""
