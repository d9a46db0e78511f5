"""Issue a key to an agent and print it: this once, and never again."""

import datetime as dt
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.agents import operations
from orchestrator.agents.queries import agent_named
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.management.commands.load_workflow import actor_named

LIFE = re.compile(r"([1-9]\d{0,4})([hd])")
UNITS = {"h": "hours", "d": "days"}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the agent, how long the key lives, and who issues it."""
        parser.add_argument("agent", help="the agent's name")
        parser.add_argument("--environment", default="", help="where several agents share a name")
        parser.add_argument("--expires-in", default="90d", metavar="90d", help="such as 12h or 90d")
        parser.add_argument("--by", default="", metavar="USER", help="who issues it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the key alone, so that it can be piped to where it is kept."""
        at, by = clock.now(), actor_named(options["by"])
        life = _life(options["expires_in"])
        try:
            agent = agent_named(options["agent"], environment=options["environment"])
            issued = operations.issue_key(agent=agent, expires_at=at + life, by=by, at=at)
        except DomainError as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stderr.write(
            f"A key of {agent.title} until {issued.key.expires_at:%Y-%m-%d %H:%M} UTC. It is shown "
            "only now; keep it where the agent finds it."
        )
        self.stdout.write(issued.text)


def _life(text: str) -> dt.timedelta:
    found = LIFE.fullmatch(text)
    if found is None:
        raise CommandError(f"{text!r} is not a length of time; write it like 12h or 90d.")
    return dt.timedelta(**{UNITS[found[2]]: int(found[1])})
