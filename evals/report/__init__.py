"""The report of an evaluation run: one HTML file that needs no network and works without its script."""
