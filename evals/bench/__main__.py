"""Run the bench: python -m evals.bench."""

import sys

# Every pipeline's process imports this module too: what it imports would count as that pipeline's memory.
if __name__ == "__main__":
    from evals.bench.cli import main

    sys.exit(main())
