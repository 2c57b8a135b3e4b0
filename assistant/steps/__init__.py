"""The steps of a turn, a module each: screen, understand, retrieve, judge, compose, verify."""
