"""Saying why a queued commit waits: once, in words, instead of silence."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from audit import ledger
from audit.ledger import NewEntry
from orchestrator.agents.states import AgentState
from orchestrator.commits import gates
from orchestrator.commits.claiming import not_stopped
from orchestrator.commits.models import Commit
from orchestrator.commits.states import CommitState
from orchestrator.commits.switch import read_switch
from orchestrator.commits.transitions import ENGINE
from orchestrator.orgs.models import Org
from orchestrator.workflows.modes import Mode

MOST_AT_ONCE = 1000
HELD_BY_UNKNOWN = """EXISTS (
    SELECT 1 FROM commits_hold JOIN commits_commit AS holder ON holder.id = commits_hold.commit_id
    WHERE commits_hold.org_id = commits_commit.org_id
      AND commits_hold.key = ANY(commits_commit.hold_keys)
      AND holder.state = 'unknown' AND holder.finished_at IS NOT NULL
)"""


class Reason(NamedTuple):
    """Which commits wait for something, and for what."""

    waits: Q
    code: str
    text: str
    error_class: str = ""


def note(*, org: Org, at: dt.datetime) -> int:
    """Note on every due commit that waits for people or the switch why it does; return how many."""
    if not Commit.objects.filter(state=CommitState.QUEUED, org=org, due_at__lte=at).exists():
        return 0
    noted, told = 0, Q(pk__in=[])
    for reason in _reasons(org):
        # The first reason that applies is the one that is said: two would take turns for ever.
        noted += _note(org, reason, told, at)
        told |= reason.waits
    return noted


def _reasons(org: Org) -> Iterator[Reason]:
    switch = read_switch()
    if switch.stops:
        stopped = "; ".join(f"{stop.words} ({stop.reason})" for stop in switch.stops)
        yield Reason(~not_stopped(switch, org), "halted", f"Halted: {stopped}")
    gate = gates.look(org)
    if not gate.closed:
        error_class, code, text = gates.reason(gate)
        yield Reason(~Q(pk__in=[]), code, text, error_class)
        # It applies to all of them: no other reason is left to be said.
        return
    yield Reason(
        Q(proposal__workflow__mode=Mode.OBSERVE),
        "observing",
        "The workflow is in observe mode: nothing is written.",
    )
    yield Reason(
        Q(RawSQL(HELD_BY_UNKNOWN, [], output_field=BooleanField())),  # noqa: S611 - a constant
        "record_held",
        "An earlier write to this record has an unknown outcome: a person has to settle it first.",
    )
    yield Reason(
        Q(proposal__agent__isnull=False) & ~Q(proposal__agent__state=AgentState.ACTIVE),
        "agent_not_active",
        "The agent is not active: its approved changes wait until it is, or until they expire.",
    )


@transaction.atomic
def _note(org: Org, reason: Reason, told: Q, at: dt.datetime) -> int:
    rows = list(
        Commit.objects.filter(reason.waits, state=CommitState.QUEUED, org=org, due_at__lte=at)
        .exclude(told)
        .exclude(error_code=reason.code)
        .order_by("due_at")
        .select_for_update(skip_locked=True, of=("self",))[:MOST_AT_ONCE]
    )
    if not rows:
        return 0
    Commit.objects.filter(pk__in=[row.pk for row in rows]).update(
        error_class=reason.error_class, error_code=reason.code, error_text=reason.text
    )
    ledger.append(
        NewEntry(
            event="commit.held",
            by=ENGINE,
            at=at,
            subject_kind="proposal",
            subject_id=row.proposal_id,
            proposal_id=row.proposal_id,
            workflow=row.workflow,
            agent=row.agent,
            detail={"commit": row.pk, "code": reason.code, "text": reason.text},
        )
        for row in rows
    )
    return len(rows)
