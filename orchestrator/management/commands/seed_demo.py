"""Fill the demo: CRM, people, workflows, agents, and some traffic before the first visitor."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from orchestrator.demo import scenario, time_and_people
from orchestrator.demo.crm_door import CrmDoor
from orchestrator.demo.past import make_past
from orchestrator.kernel import clock


class Command(BaseCommand):
    help = "Fill the demo with what is missing (run by the demo command)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say where everything is."""
        parser.add_argument("--crm", required=True, help="address of the simulator")
        parser.add_argument("--client", required=True, type=Path, help="JSON with id and secret")
        parser.add_argument("--address", required=True, help="address of Countersign")
        parser.add_argument("--folder", required=True, type=Path, help="for keys and reports")
        parser.add_argument("--hook", nargs=2, metavar=("AGENT", "URL"), help="who is told where")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing; keys go into private files."""
        client = json.loads(options["client"].read_text())
        given = {"client_id": client["id"], "client_secret": client["secret"]}
        folder: Path = options["folder"]
        door = CrmDoor(url=options["crm"], **given)
        at = clock.now()
        door.fill(at=at)
        door.export_reports(folder / "reports")
        keys = scenario.set_up(crm_url=options["crm"], at=at, **given)
        for slug, key in keys.items():
            _keep(folder / "keys" / slug, key)
        if options["hook"]:
            agent, url = options["hook"]
            made = time_and_people.tell_agents(
                addresses={agent: url}, by=scenario.SETTING_UP, at=at
            )
            for slug, secret in made.items():
                _keep(folder / "keys" / f"{slug}.webhook", secret)
        if keys:
            make_past(address=options["address"], keys=keys, reports=folder / "reports", door=door)
            time_and_people.begin_duties(at=clock.now())


def _keep(path: Path, key: str) -> None:
    """Write a key where only this user reads it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(key)
