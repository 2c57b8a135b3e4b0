"""Composers: each turns a judged turn into statements, every one with its sources."""
