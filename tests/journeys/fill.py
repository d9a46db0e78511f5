"""
Set a fresh database up for the journeys; run as a program of its own, like the demo's set-up.

    python -m tests.journeys.fill CRM_ADDRESS CLIENT_ID   (the client's secret comes on stdin)

Prints the key of every example agent as JSON.
"""

import json
import sys

import django
from django.core.management import call_command


def main() -> None:
    """Migrate, make people, workflows, agents and a stranger, and print the agents' keys."""
    django.setup()
    call_command("migrate", verbosity=0)
    crm, client_id = sys.argv[1:]
    keys = _set_up(crm, client_id, sys.stdin.read().strip())
    sys.stdout.write(json.dumps(keys))


def _set_up(crm: str, client_id: str, client_secret: str) -> dict[str, str]:
    # Models can be imported only now that Django is set up.
    from orchestrator.demo import scenario  # noqa: PLC0415
    from orchestrator.kernel import clock  # noqa: PLC0415
    from orchestrator.people.models import User  # noqa: PLC0415
    from orchestrator.web.demo_people import DEMO_PASSWORD  # noqa: PLC0415

    keys = scenario.set_up(
        crm_url=crm, client_id=client_id, client_secret=client_secret, at=clock.now()
    )
    User.objects.create_user("stranger", password=DEMO_PASSWORD, first_name="Stig", last_name="Ek")
    return keys


if __name__ == "__main__":
    main()
