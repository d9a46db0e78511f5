"""Load a workflow file: a first version goes in force in observe mode, a later one waits."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.kernel import clock
from orchestrator.kernel.actors import Actor, system
from orchestrator.people.models import User
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.loader import BadWorkflowFile
from orchestrator.workflows.models import Workflow, WorkflowVersion


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the file, who loads it, and why."""
        parser.add_argument("file", type=Path, help="the workflow as YAML")
        parser.add_argument("--by", default="", metavar="USER", help="who loads it")
        parser.add_argument("--note", default="", help="what is new in this version")
        parser.add_argument(
            "--publish", default="", metavar="REASON", help="put the version in force, and why"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the version, or every problem with its line."""
        at, by, file = clock.now(), actor_named(options["by"]), options["file"]
        try:
            source = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot read {file} as UTF-8 text: {error}") from error
        try:
            version = operations.add_version(
                source=source,
                by=by,
                at=at,
                note=options["note"],
                check_condition=compile_condition,
            )
        except BadWorkflowFile as refusal:
            lines = [f"{file}: {problem.words}" for problem in refusal.problems]
            raise CommandError("\n".join(lines)) from refusal
        if options["publish"]:
            operations.publish(version=version, reason=options["publish"], by=by, at=at)
        self.stdout.write(_words(version))


def _words(version: WorkflowVersion) -> str:
    workflow = Workflow.objects.get(pk=version.workflow_id)
    name = f"{workflow.slug} version {version.number} ({version.digest[:18]})"
    if workflow.current_version_id == version.pk:
        return f"{name} is in force in {workflow.mode} mode."
    return f"{name} is stored. Put it in force with --publish REASON, or on the workflow's page."


def actor_named(username: str) -> Actor:
    """
    Return who runs a command: a person by user name, or the command line itself.

    :raises CommandError: if there is no active person with this user name
    """
    if not username:
        return system("command line")
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no active person with the user name {username!r}.")
    return person.actor
