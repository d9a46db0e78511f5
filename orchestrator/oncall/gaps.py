"""Pure: what will be missing from a schedule, before it is missed."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.kernel.choices import Choices
from orchestrator.oncall import stacking
from orchestrator.oncall.plans import Layout, Plan, lay_out, planned
from orchestrator.oncall.stacking import Period, Piece

AHEAD = dt.timedelta(days=14)
# A gap is known by its start as long as this after it began.
BACK = dt.timedelta(days=14)


class GapKind(Choices):
    NOBODY = "nobody"
    LEFT = "left"
    NOT_A_MEMBER = "not_a_member"
    AWAY = "away"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Facts:
    """What has to be known of a schedule's people."""

    left: Collection[int] = frozenset()
    not_members: Collection[int] = frozenset()
    away: Mapping[int, Sequence[Period]] = field(default_factory=dict)
    unreachable: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """One time in which nobody, or not whoever was planned, is on call."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    kind: GapKind
    person: int | None = None

    def key(self, at: dt.datetime) -> str:
        """Return the same text for a gap on every day; another each week for a lasting one."""
        if self.starts_at > at - BACK:
            when = self.starts_at.isoformat()
        else:
            year, week, _ = at.isocalendar()
            when = f"since long, week {year}-{week}"
        return f"{self.kind}:{self.person or ''}:{when}"


def gaps(plan: Plan, facts: Facts, *, at: dt.datetime) -> list[Gap]:
    """Return every gap of the coming 14 days, those that have begun included."""
    since, until = at - BACK, at + AHEAD
    layout = lay_out(plan, since, until)
    found = [
        Gap(starts, ends, GapKind.NOBODY)
        for starts, ends in stacking.holes(layout.final, since, until)
    ]
    for piece in _needed(planned(plan, since, until), layout):
        found += _empty(piece, facts)
    found += _unreachable(layout, facts, at)
    return sorted({gap for gap in found if gap.starts_at < until and gap.ends_at > at})


def _needed(pieces: Sequence[Piece], layout: Layout) -> list[Piece]:
    """Return what an override does not cover anyway."""
    covered = [(each.starts_at, each.ends_at) for each in layout.overrides]
    everybody = {piece.person: covered for piece in pieces}
    return stacking.without(pieces, everybody)


def _empty(piece: Piece, facts: Facts) -> list[Gap]:
    if piece.person in facts.left:
        return [Gap(piece.starts_at, piece.ends_at, GapKind.LEFT, piece.person)]
    if piece.person in facts.not_members:
        return [Gap(piece.starts_at, piece.ends_at, GapKind.NOT_A_MEMBER, piece.person)]
    return [
        Gap(max(starts, piece.starts_at), min(ends, piece.ends_at), GapKind.AWAY, piece.person)
        for starts, ends in facts.away.get(piece.person, ())
        if starts < piece.ends_at and piece.starts_at < ends
    ]


def _unreachable(layout: Layout, facts: Facts, at: dt.datetime) -> list[Gap]:
    """Return the first shift of each person whom a page would not reach."""
    first: dict[int, Gap] = {}
    pieces = [piece for strand in layout.strands for piece in strand.pieces]
    for piece in sorted([*layout.overrides, *pieces]):
        if piece.person in facts.unreachable and piece.ends_at > at:
            gap = Gap(piece.starts_at, piece.ends_at, GapKind.UNREACHABLE, piece.person)
            first.setdefault(piece.person, gap)
    return list(first.values())
