"""From a question to a verified answer, and the channels through which both travel."""
