"""Pull the kill switch: `manage.py halt --scope agent --value NAME --reason … --by ana`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model

from orchestrator.agents.models import Agent
from orchestrator.commits import fence
from orchestrator.commits.states import Scope
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.models import Org
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow

NAMED: dict[str, type[Model]] = {Scope.ORG: Org, Scope.WORKFLOW: Workflow, Scope.AGENT: Agent}


class Command(BaseCommand):
    help = "Halt writing in a scope and wait until no write is in flight."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what to halt, why and who does it."""
        parser.add_argument("--scope", choices=Scope.values(), default=Scope.ALL)
        parser.add_argument("--value", default="", help="the org, workflow, agent or object")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", required=True, help="the user name of whoever halts")
        parser.add_argument("--wait", type=float, default=60.0, help="seconds to wait at most")

    def handle(self, *args: Any, **options: Any) -> None:
        """Halt, then confirm."""
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {options['by']!r}.")
        _check_known(options["scope"], options["value"])
        try:
            row = fence.halt(
                scope=options["scope"],
                value=options["value"],
                reason=options["reason"],
                by=person.actor,
                at=clock.now(),
            )
        except DomainError as error:
            raise CommandError(error.detail) from error
        self.stdout.write("halting: no new write starts")
        if not fence.confirm(halt=row, at=clock.now(), wait=options["wait"]):
            count = fence.in_flight(row)
            raise CommandError(
                f"still halting: {count} in flight. The sweep goes on; /controls/ shows it."
            )
        self.stdout.write("halted: no write is in flight, and none can start")


def _check_known(scope: str, value: str) -> None:
    """Refuse a name that nothing has: a slip of the finger must not look like a halt."""
    model = NAMED.get(scope)
    if model is not None and not model._default_manager.filter(slug=value).exists():
        known = ", ".join(model._default_manager.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no {scope} {value!r}; nothing is halted. Known: {known}.")
