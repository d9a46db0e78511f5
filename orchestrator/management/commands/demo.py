"""Start everything with example data: `manage.py demo`, or `make demo` from a bare Python."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.demo import stack
from orchestrator.embedded.errors import EmbeddedError


class Command(BaseCommand):
    help = "Start PostgreSQL, Redis, web, workers, simulator and example agents; Ctrl-C stops all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where the data is kept, and whether to begin anew."""
        parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / ".countersign")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until stopped."""
        try:
            stack.run(folder=options["folder"].resolve(), reset=options["reset"])
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
