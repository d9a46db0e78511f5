"""Run one of Countersign's commands."""

import os
import sys

from django.core.management import execute_from_command_line

# Commands that start or stand beside the stack need no database address of their own.
STANDALONE = {"demo", "simulator", "bench"}


def main() -> None:
    """Choose the settings and hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
    if len(sys.argv) > 1 and sys.argv[1] in STANDALONE:
        os.environ.setdefault("COUNTERSIGN_MODE", "demo")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
