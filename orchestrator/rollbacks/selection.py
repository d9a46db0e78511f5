"""Which commits a person chose to take back: one, a run, a window of time, a version."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from approvals.states import ProposalState, Purpose
from orchestrator.commits.models import Commit, Reversal
from orchestrator.commits.reversals import DEAD
from orchestrator.commits.states import CommitState, ReversalState
from orchestrator.kernel.choices import Choices

MOST = 2000
VERSION_MARK = "@"


class Kind(Choices):
    """By what commits are chosen."""

    PROPOSAL = "proposal"
    COMMIT = "commit"
    RUN = "run"
    AGENT = "agent"
    WORKFLOW = "workflow"
    VERSION = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was asked for, as it stands in an address."""

    kind: str
    value: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None

    @property
    def query(self) -> str:
        """Return the selection as the query of an address."""
        window = {"since": self.since, "until": self.until}
        return urlencode(
            {"kind": self.kind, "value": self.value}
            | {name: at.isoformat() for name, at in window.items() if at is not None}
        )

    @property
    def words(self) -> str:
        """Return the selection in words."""
        name = self.value.replace(VERSION_MARK, ", version ")
        return f"{'workflow' if self.kind == Kind.VERSION else self.kind} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One commit that was written, with how to undo it, last change first."""

    commit_id: str
    proposal_id: str
    workflow_id: int
    version_id: int
    action: str
    org_id: int
    written_at: dt.datetime
    steps: list[dict[str, Any]]
    # Changes for which there is nothing to undo with: gone already, or never read.
    lost: int
    # Shares of it that were taken back before.
    taken: int

    @property
    def order(self) -> tuple[dt.datetime, str]:
        """Return its place among all commits."""
        return self.written_at, self.commit_id


@dataclass(frozen=True, slots=True)
class Found:
    """The commits of a selection, newest first, and what was left out of it."""

    commits: list[Done]
    # More than can be taken back at once.
    beyond: bool
    # Rollbacks that are under way for commits of the selection.
    under_way: list[str]
    reverted: int


def find(selection: Selection, *, administered: Collection[int]) -> Found:
    """Return what of a selection is written, stands, and is not being taken back already."""
    chosen = _chosen(selection, administered)
    live = Reversal.objects.filter(
        ~Q(proposal__state__in=DEAD), commit=OuterRef("pk"), state=ReversalState.PROPOSED
    )
    standing = chosen.filter(proposal__state=ProposalState.COMMITTED)
    rows = _rows(standing.filter(~Exists(live)))
    under_way = Reversal.objects.filter(
        commit__in=standing.values("pk"), state=ReversalState.PROPOSED
    ).exclude(proposal__state__in=DEAD)
    return Found(
        commits=rows[:MOST],
        beyond=len(rows) > MOST,
        under_way=sorted(set(under_way.values_list("proposal", flat=True)[:MOST])),
        reverted=chosen.filter(proposal__state=ProposalState.REVERTED).count(),
    )


def _chosen(selection: Selection, administered: Collection[int]) -> QuerySet[Commit]:
    chosen = Commit.objects.filter(
        _condition(selection),
        state=CommitState.DONE,
        proposal__workflow__in=administered,
        # Taking back what took something back would be a new change: propose it as one.
        proposal__purpose=Purpose.CHANGE,
    )
    if selection.since is not None:
        chosen = chosen.filter(written_at__gte=selection.since)
    if selection.until is not None:
        chosen = chosen.filter(written_at__lt=selection.until)
    return chosen


def _condition(selection: Selection) -> Q:
    value = selection.value
    if selection.kind == Kind.VERSION:
        slug, _, number = value.rpartition(VERSION_MARK)
        version = int(number) if number.isdecimal() else 0
        return Q(proposal__workflow__slug=slug, proposal__version__number=version)
    return {
        Kind.COMMIT: Q(pk=value),
        Kind.PROPOSAL: Q(proposal=value),
        Kind.RUN: Q(proposal__run=value),
        Kind.AGENT: Q(proposal__agent__slug=value),
        Kind.WORKFLOW: Q(proposal__workflow__slug=value),
    }[Kind(selection.kind)]


def _rows(commits: QuerySet[Commit]) -> list[Done]:
    """Return the newest commits as plain values: a thousand models would take longer."""
    rows = (
        commits.annotate(
            at=Coalesce("written_at", "finished_at"),
            count=Func("after", function="jsonb_array_length", output_field=IntegerField()),
            taken=Count("reversals", filter=Q(reversals__state=ReversalState.DONE)),
        )
        .order_by("-at", "-pk")
        .values_list(
            "pk",
            "proposal",
            "proposal__workflow",
            "proposal__version",
            "proposal__action",
            "org",
            "at",
            "inverse",
            "count",
            "taken",
        )
    )
    return [
        Done(
            commit_id=commit_id,
            proposal_id=proposal_id,
            workflow_id=workflow_id,
            version_id=version_id,
            action=action,
            org_id=org_id,
            written_at=at,
            steps=inverse or [],
            lost=count - len(inverse or []),
            taken=taken,
        )
        for (
            commit_id, proposal_id, workflow_id, version_id, action, org_id, at, inverse, count,
            taken,
        ) in rows[: MOST + 1]
    ]  # fmt: skip
