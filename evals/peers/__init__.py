"""Other pipelines, built as their makers show, to compare this project with."""
