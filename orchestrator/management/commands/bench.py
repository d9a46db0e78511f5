"""Measure the whole product against floors of the same run: `manage.py bench`, or `make bench`."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.bench import run, servers
from orchestrator.embedded.errors import EmbeddedError


class Command(BaseCommand):
    help = "Print figures, floors, ratios and aims; it fails only if something was done wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how long, what, and where to."""
        parser.add_argument("--quick", action="store_true", help="small numbers, within a minute")
        parser.add_argument("--only", nargs="+", choices=run.NAMES, default=[], metavar="NAME",
                            help=f"some of: {', '.join(run.NAMES)}")  # fmt: skip
        parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the databases, then measure in a process whose settings know them."""
        try:
            if servers.FOLDER in os.environ:
                self._inside(options)
            elif servers.measure(_arguments(options)) != 0:
                raise CommandError("The bench did not come to its end.")
        except EmbeddedError as error:
            raise CommandError(str(error)) from error

    def _inside(self, options: dict[str, Any]) -> None:
        problem = run.measure_all(
            folder=Path(os.environ[servers.FOLDER]),
            wanted=options["only"] or run.NAMES,
            quick=options["quick"],
            into=options["json"],
        )
        if problem:
            raise CommandError(problem)


def _arguments(options: dict[str, Any]) -> list[str]:
    quick = ["--quick"] if options["quick"] else []
    only = ["--only", *options["only"]] if options["only"] else []
    kept = ["--json", str(options["json"].resolve())] if options["json"] else []
    return [*quick, *only, *kept]
