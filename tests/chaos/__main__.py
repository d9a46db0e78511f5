"""
Everything breaks for a while, and nothing may be lost, doubled or overwritten.

    MINUTES=10 SEED=4711 python -m tests.chaos

Ends with 1 and the offending numbers if a promise was broken.
"""

import os
import sys
import time

from orchestrator.embedded.supervisor import say
from tests.chaos.run import Options, run


def main() -> int:
    """Run, print the figures, and return the exit code."""
    seed = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
    minutes = float(os.environ.get("MINUTES") or 10)
    say(f"SEED={seed} MINUTES={minutes:g}")
    outcome = run(Options(seed=seed, seconds=minutes * 60, signals=True), tell=say)
    for line in outcome.lines():
        say(line)
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
