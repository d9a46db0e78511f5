"""Release the kill switch, in two steps by two people: `manage.py resume --by ana --reason …`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orchestrator.commits import fence
from orchestrator.commits.models import Halt
from orchestrator.commits.states import HaltState, Scope
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User


class Command(BaseCommand):
    help = "Ask to release a halt; run by a second person, release it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say which halt, who asks or releases, and why it is safe."""
        parser.add_argument("--scope", choices=Scope.values(), default=Scope.ALL)
        parser.add_argument("--value", default="", help="the org, workflow, agent or object")
        parser.add_argument("--by", required=True, help="the user name of whoever asks or releases")
        parser.add_argument("--reason", default="", help="why it is safe; needed by whoever asks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask if nobody has; otherwise release."""
        person = User.objects.filter(username=options["by"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active user {options['by']!r}.")
        rows = Halt.objects.exclude(state=HaltState.RELEASED)
        row = rows.filter(scope=options["scope"], value=options["value"]).first()
        if row is None:
            raise CommandError("This scope is not halted.")
        try:
            self.stdout.write(_step(row, person, options["reason"]))
        except DomainError as error:
            raise CommandError(error.detail) from error


def _step(row: Halt, person: User, reason: str) -> str:
    if row.release_asked_by:
        fence.release(halt=row, by=person.actor, at=clock.now())
        return "released: writes go on"
    fence.ask_release(halt=row, reason=reason, by=person.actor, at=clock.now())
    return "asked: a second person now runs `manage.py resume --by THEIR_NAME`"
