"""Start the Salesforce simulator alone: `manage.py simulator --port 8100 --data org.sqlite3`."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Start the Salesforce simulator alone; `--help` lists its own options."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand every option over: the simulator knows its own."""
        self.execute(forwarded=argv[2:])

    def execute(self, *args: Any, **options: Any) -> None:
        """Become the simulator, so that its process id and signals are its own."""
        command = [sys.executable, "-m", "orchestrator.simulator", *options["forwarded"]]
        os.execv(sys.executable, command)  # noqa: S606 - our own module under our own interpreter
