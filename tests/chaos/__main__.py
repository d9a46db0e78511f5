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

# A run that is meant to show something goes on until it has seen this many.
LONG_MINUTES, LEAST_PROPOSALS = 4.0, 2000


def main() -> int:
    """Run, print the figures, and return the exit code."""
    seed = int(os.environ.get("SEED") or time.time_ns() % 1_000_000)
    minutes = float(os.environ.get("MINUTES") or 10)
    say(f"SEED={seed} MINUTES={minutes:g}")
    least = LEAST_PROPOSALS if minutes >= LONG_MINUTES else 0
    options = Options(seed=seed, seconds=minutes * 60, signals=True, least_proposals=least)
    outcome = run(options, tell=say)
    for line in outcome.lines():
        say(line)
    return 1 if outcome.violations else 0


if __name__ == "__main__":
    sys.exit(main())
