"""The first run on an empty database: the ops owners, and the way configuration is changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.kernel import actors, clock
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.configuration import ensure_configuration_workflow
from orchestrator.workflows.staffing import DEFAULT_ROLE

SETTING_UP = actors.system("set-up")
FEWEST_OWNERS = 2


class Command(BaseCommand):
    help = "Make the role of the ops owners and the workflow that configuration goes through."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the people who run the workflows."""
        parser.add_argument("owner", nargs="+", help="user names of the ops owners, two or more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; running it again changes nothing that is there."""
        owners = [_person(name) for name in dict.fromkeys(options["owner"])]
        if len(owners) < FEWEST_OWNERS:
            raise CommandError(
                "Name two ops owners: going up a mode and releasing a halt take two people."
            )
        at = clock.now()
        role = Role.objects.filter(slug=DEFAULT_ROLE).first() or people.create_role(
            slug=DEFAULT_ROLE,
            title="Ops owner",
            description="Runs the workflows day to day.",
            fallback=None,
            by=SETTING_UP,
            at=at,
        )
        for owner in owners:
            people.add_member(role=role, person=owner, by=SETTING_UP, at=at)
        ensure_configuration_workflow(
            owner=owners[0], by=SETTING_UP, at=at, check_condition=compile_condition
        )
        self.stdout.write(
            "Ready. Next: connect_org, the roles at /people/, then load_workflow FILE."
        )


def _person(username: str) -> User:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no person {username!r}; make one with createsuperuser.")
    return person
