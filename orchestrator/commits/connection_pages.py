"""What the pages of connections show: where each leads, how it stands, who uses it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet

from audit import queries as ledger
from audit.queries import Line
from orchestrator.commits.connection_checks import EVENT, worst_words
from orchestrator.commits.connection_forms import CredentialsForm
from orchestrator.commits.gate_lines import ConnectionLine, connection_line
from orchestrator.commits.models import Commit
from orchestrator.commits.permissions import may_connect, may_try_connections
from orchestrator.commits.states import CommitState
from orchestrator.kernel.errors import NotFound
from orchestrator.orgs.models import Environment, Org, OrgKind
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.workflows.models import Workflow

HISTORY_SHOWN = 12
# The last write of an org is looked for among so many: no page reads a backlog.
WRITES_LOOKED_AT = 500
TRIAL_HOSTS = (".sandbox.", ".develop.", ".scratch.", ".trailblaze.")
CHANGES = {"org.connected", "org.credentials_changed"}
LOUD = {
    Environment.PRODUCTION: ("bad", "Production", "What is approved here changes real records."),
    Environment.STAGING: ("info", "Staging", "A sandbox: nothing of it is the real business."),
    Environment.DEVELOPMENT: ("quiet", "Development", "A sandbox or scratch org to try things in."),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One connection on the list."""

    line: ConnectionLine
    host: str
    # Tone, title and what it means for whoever approves.
    loud: tuple[str, str, str]
    workflows: list[Workflow]
    tested: Line | None
    words: str


def cards(person: User, *, at: dt.datetime) -> list[Card]:
    """Return the connections that the person may see, each with its last test."""
    orgs = list(_visible(person))
    used = _workflows(person, [org.pk for org in orgs])
    tests = ledger.latest_events(kind="org", event=EVENT, ids=[org.slug for org in orgs])
    return [_card(org, used, tests, at) for org in orgs]


def connection_page(person: User, slug: str, *, at: dt.datetime, **more: Any) -> dict[str, Any]:
    """
    Return everything that the page of one connection shows.

    :raises NotFound: if there is none, or it is not theirs to see
    """
    org = org_for(person, slug)
    history = ledger.subject_history(kind="org", id=org.slug, limit=HISTORY_SHOWN)
    tests = ledger.latest_events(kind="org", event=EVENT, ids=[org.slug])
    tested = tests.get(org.slug)
    changed = next((line.id for line in history if line.event in CHANGES), 0)
    connects = may_connect(person)
    given = {"sign_in": org.sign_in, "client_id": org.client_id, "username": org.username}
    return {
        "org": org,
        "card": _card(org, _workflows(person, [org.pk]), tests, at),
        "stale": tested is not None and tested.id < changed,
        "doubt": doubt_about(org),
        "history": history,
        "written": _last_write(org, CommitState.DONE),
        "failed": _last_write(org, CommitState.FAILED),
        "connects": connects,
        "may_try": may_try_connections(person),
        "form": CredentialsForm(initial=given) if connects else None,
        **more,
    }


def org_for(person: User, slug: str) -> Org:
    """
    Return an org that the person may see.

    :raises NotFound: if there is none, or it is not theirs to see
    """
    org = _visible(person).filter(slug=slug).first()
    if org is None:
        raise NotFound("There is no such connection, or no workflow of yours uses it.")
    return org


def doubt_about(org: Org) -> str:
    """Return why the address and the environment do not seem to fit, if they do not."""
    host = host_of(org)
    if not host.endswith(".salesforce.com"):
        return ""
    if ".sandbox." in host and org.environment == Environment.PRODUCTION:
        return "It is registered as production, and its address is that of a sandbox."
    if org.environment != Environment.PRODUCTION and not any(part in host for part in TRIAL_HOSTS):
        return "It is not registered as production, and its address is not that of a sandbox."
    return ""


def host_of(org: Org) -> str:
    """Return the host that the connection leads to."""
    return urlsplit(org.base_url).netloc


def _visible(person: User) -> QuerySet[Org]:
    rows = Org.objects.exclude(kind=OrgKind.CONTROL).select_related("gate")
    if may_try_connections(person):
        return rows
    mine = workflows_with_right(person, Right.ADMINISTER)
    return rows.filter(workflows__in=mine).distinct()


def _workflows(person: User, orgs: list[int]) -> Mapping[int, list[Workflow]]:
    rows = Workflow.objects.filter(org__in=orgs)
    if not may_connect(person):
        rows = rows.filter(pk__in=workflows_with_right(person, Right.VIEW))
    found: dict[int, list[Workflow]] = defaultdict(list)
    for workflow in rows.only("slug", "title", "mode", "org_id"):
        found[workflow.org_id].append(workflow)
    return found


def _card(
    org: Org, used: Mapping[int, list[Workflow]], tests: Mapping[str, Line], at: dt.datetime
) -> Card:
    tested = tests.get(org.slug)
    return Card(
        line=connection_line(org, at=at),
        host=host_of(org),
        loud=LOUD[Environment(org.environment)],
        workflows=used.get(org.pk, []),
        tested=tested,
        words=worst_words(tested.detail["steps"]) if tested else "",
    )


def _last_write(org: Org, state: CommitState) -> Commit | None:
    latest = Commit.objects.order_by("-id").values("pk")[:WRITES_LOOKED_AT]
    rows = Commit.objects.filter(pk__in=latest, org=org, state=state)
    return rows.defer("before", "after", "inverse").order_by("-id").first()
