"""The steps of a turn, a module each: screen, understand, lookup, retrieve, judge, compose, verify."""
