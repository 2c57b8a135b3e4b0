"""Measures of answers: small pure functions, each with its definition and where it comes from."""
