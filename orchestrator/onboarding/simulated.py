"""The simulated org, offered where somebody runs one: to look around before the real one."""

import datetime as dt

from django.conf import settings

from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.examination import Finding
from orchestrator.connectors.registry import examiner_for
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.models import Environment, Org, OrgKind, SignIn
from orchestrator.orgs.operations import connect_org

SLUG, TITLE = "simulator", "Simulated Salesforce"
PATIENCE_SECONDS = 2.0
# What SIMULATOR in the environment has to say.
GIVEN = ("url", "client_id", "client_secret")


class NoSimulator(DomainError):
    """No simulated org is set up here, or it does not answer."""

    code, status, title = "no_simulator", 409, "There is no simulated org"


def is_offered() -> bool:
    """Say whether a simulated org is named in the settings, is not connected yet, and answers."""
    given = settings.COUNTERSIGN["simulator"]
    if not all(given.get(name) for name in GIVEN) or Org.objects.filter(slug=SLUG).exists():
        return False
    org = Org(kind=OrgKind.SALESFORCE, **_values())
    try:
        return examiner_for(org, seconds=PATIENCE_SECONDS).signs_in() == Finding.PASSED
    except (ConnectorError, DomainError):
        return False


def connect_simulator(*, by: Actor, at: dt.datetime) -> Org:
    """
    Connect the simulated org of the settings, as one to try things in.

    :raises NoSimulator: if none is set up, or none answers
    """
    if not is_offered():
        raise NoSimulator("No simulated org answers here, or it is connected already.")
    return connect_org(kind=OrgKind.SALESFORCE, title=TITLE, by=by, at=at, **_values())


def _values() -> dict[str, str]:
    given = settings.COUNTERSIGN["simulator"]
    return {
        "slug": SLUG,
        "environment": Environment.DEVELOPMENT,
        "base_url": given["url"],
        "sign_in": SignIn.CLIENT_CREDENTIALS,
        "client_id": given["client_id"],
        "secret": given["client_secret"],
    }
