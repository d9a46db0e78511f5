"""Read agents, their keys and their grants."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.kernel.errors import NotFound


def grants_in_force(
    *, agent_ids: Collection[str], workflow_ids: Collection[int], at: dt.datetime
) -> dict[tuple[str, int], list[Grant]]:
    """Return the grants that hold at a moment, by agent and workflow, in one query."""
    rows = _holding(at).filter(agent__in=agent_ids, workflow__in=workflow_ids)
    found: dict[tuple[str, int], list[Grant]] = defaultdict(list)
    for grant in rows:
        found[grant.agent_id, grant.workflow_id].append(grant)
    return dict(found)


class HeldGrant(NamedTuple):
    """What a grant covers, without the row it stands in."""

    object_name: str
    fields: list[str]
    operations: list[str]
    record_filter: str


# Every submission asks this; composing the query anew would take longer than answering it.
HELD = """
SELECT object_name, fields, operations, record_filter FROM agents_grant
WHERE agent_id = %s AND workflow_id = %s AND starts_at <= %s
  AND (ends_at IS NULL OR ends_at > %s)
"""


def held_grants(*, agent_id: str, workflow_id: int, at: dt.datetime) -> list[HeldGrant]:
    """Return what one agent's grants in one workflow cover at a moment."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [agent_id, workflow_id, at, at])
        return [HeldGrant(*row) for row in cursor.fetchall()]


def grants_of(*, agent: Agent, at: dt.datetime) -> list[Grant]:
    """Return an agent's grants that hold at a moment, with their workflows and orgs."""
    return list(_holding(at).filter(agent=agent).select_related("workflow__org"))


def all_grants_of(*, agent: Agent) -> list[Grant]:
    """Return every grant an agent has or had, with their workflows."""
    return list(Grant.objects.filter(agent=agent).select_related("workflow"))


def listed_agents(*, at: dt.datetime) -> QuerySet[Agent]:
    """Return every agent with its owner and the number of keys and grants that work now."""
    usable = Q(keys__revoked_at__isnull=True, keys__expires_at__gt=at)
    holding = Q(grants__starts_at__lte=at) & (
        Q(grants__ends_at__isnull=True) | Q(grants__ends_at__gt=at)
    )
    return Agent.objects.select_related("owner").annotate(
        usable_keys=Count("keys", filter=usable, distinct=True),
        holding_grants=Count("grants", filter=holding, distinct=True),
        last_used_at=Max("keys__last_used_at"),
    )


def agent_named(slug: str, *, environment: str = "") -> Agent:
    """
    Return the agent with this name or id; the environment decides where several have the name.

    :raises NotFound: if there is none, or several and no environment was given
    """
    rows = Agent.objects.select_related("owner").filter(Q(slug=slug) | Q(pk=slug))
    if environment:
        rows = rows.filter(environment=environment)
    found = list(rows[:2])
    if not found:
        raise NotFound(f"There is no agent {slug!r}.")
    if len(found) > 1:
        raise NotFound(f"Several environments have an agent {slug!r}; name the environment.")
    return found[0]


def keys_of(*, agent: Agent) -> list[Key]:
    """Return every key an agent has or had, newest first."""
    return list(Key.objects.filter(agent=agent))


def _holding(at: dt.datetime) -> QuerySet[Grant]:
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return Grant.objects.filter(not_over, starts_at__lte=at)
