"""Give and end grants: what an agent may propose, where, and for how long."""

import datetime as dt
import re
from collections.abc import Sequence

from django.db import models, transaction
from django.db.models import Q

from audit import ledger
from orchestrator.agents import record_filters
from orchestrator.agents.models import Agent, Grant
from orchestrator.agents.states import AgentState
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError

OPERATIONS = ("update", "create", "delete")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


class BadGrant(DomainError):
    """The grant makes no sense."""

    code, status, title = "bad_grant", 422, "The grant cannot be given like this"


class GrantIsOver(DomainError):
    """The grant has ended already."""

    code, status, title = "grant_is_over", 409, "The grant has ended already"


@transaction.atomic
def give_grant(
    *,
    agent: Agent,
    workflow: models.Model,
    object_name: str,
    fields: Sequence[str],
    operations: Sequence[str],
    record_filter: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None,
    reason: str,
    by: Actor,
    at: dt.datetime,
) -> Grant:
    """
    Let the agent propose these operations on these fields, from then until then.

    :raises BadGrant: if a name, an operation, the time or the reason cannot be used, or the
        workflow's org lies in another environment
    """
    _check_what(object_name, fields, operations)
    _check_when(starts_at, ends_at, at)
    if agent.state == AgentState.RETIRED:
        raise BadGrant(f"{agent.title} is retired and gets no grants any more.")
    if not reason.strip():
        raise BadGrant("Say why the agent needs this; it stands in the ledger.")
    _check_environment(agent, workflow)
    record_filters.check(record_filter)
    grant = Grant.objects.create(
        agent=agent,
        workflow_id=workflow.pk,
        object_name=object_name,
        fields=list(dict.fromkeys(fields)),
        operations=list(dict.fromkeys(operations)),
        record_filter=record_filter,
        starts_at=starts_at,
        ends_at=ends_at,
        granted_by=by.id,
        reason=reason,
    )
    _record_given(grant, by, at)
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    End a grant now; one that has not begun yet never will.

    :raises GrantIsOver: if it has ended already
    """
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    locked = Grant.objects.select_for_update(of=("self",)).filter(not_over, pk=grant.pk).first()
    if locked is None:
        raise GrantIsOver("This grant has ended already; nothing is left to end.")
    # A grant ends after it starts, by constraint: one that never began is moved into the past.
    starts_at = min(locked.starts_at, at - dt.timedelta(microseconds=1))
    Grant.objects.filter(pk=locked.pk).update(starts_at=starts_at, ends_at=at)
    grant.starts_at, grant.ends_at = starts_at, at
    _record("agent.grant_ended", locked, {"grant": locked.pk, "reason": reason}, by, at)


def _check_what(object_name: str, fields: Sequence[str], operations: Sequence[str]) -> None:
    for name in (object_name, *fields):
        if not NAME.fullmatch(name):
            raise BadGrant(f"{name[:80]!r} is not the name of an object or a field.")
    if not operations or set(operations) - set(OPERATIONS):
        raise BadGrant(f"Name the operations: {', '.join(OPERATIONS)}.")
    if not fields and set(operations) != {"delete"}:
        raise BadGrant("Name the fields that the agent may propose to change.")


def _check_when(starts_at: dt.datetime, ends_at: dt.datetime | None, at: dt.datetime) -> None:
    if ends_at is not None and (ends_at <= starts_at or ends_at <= at):
        raise BadGrant("A grant ends after it starts, and not in the past.")


def _check_environment(agent: Agent, workflow: models.Model) -> None:
    """Keep environments apart: an agent has an identity of its own in each of them."""
    org = workflow.org  # type: ignore[attr-defined]  # a workflow; agents know no workflows
    if org.environment != agent.environment:
        raise BadGrant(
            f"{agent.title} is registered for {agent.environment}, and the workflow writes to "
            f"{org.environment}. Register an agent there."
        )


def _record_given(grant: Grant, by: Actor, at: dt.datetime) -> None:
    detail = {
        "grant": grant.pk,
        "object_name": grant.object_name,
        "fields": grant.fields,
        "operations": grant.operations,
        "record_filter": grant.record_filter,
        "starts_at": grant.starts_at.isoformat(),
        "ends_at": grant.ends_at.isoformat() if grant.ends_at else None,
        "reason": grant.reason,
    }
    _record("agent.grant_given", grant, detail, by, at)


def _record(
    event: str, grant: Grant, detail: dict[str, object], by: Actor, at: dt.datetime
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="agent",
        subject_id=grant.agent_id,
        agent=grant.agent.slug,
        workflow=grant.workflow.slug,
        object_name=grant.object_name,
        detail=detail,
    )
