"""Question sets, metrics and checks, run against the same service as the channels."""
