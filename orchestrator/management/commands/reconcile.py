"""Compare the CRM with what Countersign wrote, now: `manage.py reconcile --org acme-prod`."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator.kernel import clock
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.reconciliation import exporting, running
from orchestrator.reconciliation.models import Reconciliation
from orchestrator.reconciliation.queries import Filters
from orchestrator.reconciliation.states import RunState
from orchestrator.workflows.models import Workflow

COMMAND_LINE = system("command line")
DIFFERS, TROUBLE = 1, 2
COLUMNS = (
    ("org", 20), ("records", 9), ("as written", 12), ("by people", 11), ("by automation", 15),
    ("missing", 9), ("unreadable", 12), ("taken back", 12),
)  # fmt: skip


class Command(BaseCommand):
    help = """Compare the CRM with what Countersign last wrote there, in this process.

exit code: 0 if everything is as written, 1 if something differs, 2 if a run could not be done"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the org, and where the differences go."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("--org", default="", metavar="SLUG", help="one org only; else all")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the differences here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run over every org that is asked for, print the figures, and exit by what was found."""
        runs = [self._run(org) for org in _orgs(options["org"])]
        self.stdout.write("".join(name.ljust(width) for name, width in COLUMNS).rstrip())
        for run in runs:
            self.stdout.write(_line(run))
        if options["csv"] is not None:
            _write(runs, options["csv"])
            self.stdout.write(f"The differences are in {options['csv']}.")
        if any(run.differences for run in runs):
            sys.exit(DIFFERS)

    def _run(self, org: Org) -> Reconciliation:
        try:
            run = running.run_through(org=org, by=COMMAND_LINE, at_clock=clock.now)
        except DomainError as error:
            raise CommandError(error.detail, returncode=TROUBLE) from error
        if run.state != RunState.FINISHED:
            raise CommandError(f"{org.slug}: {run.trouble_text}", returncode=TROUBLE)
        return run


def _orgs(slug: str) -> list[Org]:
    rows = Org.objects.filter(kind=OrgKind.SALESFORCE)
    found = list(rows.filter(slug=slug) if slug else rows)
    if slug and not found:
        known = ", ".join(rows.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no CRM org {slug!r}. Known: {known}.", returncode=TROUBLE)
    return found


def _line(run: Reconciliation) -> str:
    cells = (
        run.org.slug, run.records_checked, run.records_as_written, run.by_person,
        run.by_automation, run.missing, run.unreadable, run.reverted_by_hand,
    )  # fmt: skip
    wide = zip(cells, COLUMNS, strict=True)
    return "".join(str(cell).ljust(width) for cell, (_, width) in wide).rstrip()


def _write(runs: list[Reconciliation], file: Path) -> None:
    everything = set(Workflow.objects.values_list("pk", flat=True))
    try:
        with file.open("w", encoding="utf-8", newline="") as lines:
            for number, run in enumerate(runs):
                found = exporting.export(
                    run,
                    # Whoever has a shell here has the database as well.
                    sights={},
                    workflow_ids=everything,
                    filters=Filters(),
                    by=COMMAND_LINE,
                    at=clock.now(),
                )
                heading = next(found)
                lines.writelines([heading] if number == 0 else [])
                lines.writelines(found)
    except OSError as error:
        raise CommandError(f"Cannot write {file}: {error}", returncode=TROUBLE) from error
