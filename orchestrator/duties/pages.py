"""What the pages of duties show, put together from queries and words."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orchestrator.duties import presence, queries, separation
from orchestrator.duties.arranging import takers
from orchestrator.duties.contents import PURPOSES, schedule_of, title_of
from orchestrator.duties.forms import HandOnForm
from orchestrator.duties.models import Duty, DutyLine, DutyRound
from orchestrator.duties.permissions import carries, may_arrange, may_hand_on, visible
from orchestrator.duties.states import (
    NEEDS_NO_WORDS,
    OFFERED,
    DutyKind,
    LineState,
    RoundState,
    Verdict,
)
from orchestrator.duties.words import SECTIONS, Section, VerdictWords, words_of
from orchestrator.kernel.errors import NotFound
from orchestrator.people.models import User

COMING = "coming"
TABS = (
    (queries.MINE, "Mine"),
    (queries.OPEN, "All open"),
    (queries.OVERDUE, "Overdue"),
    (queries.DONE, "Done"),
    (COMING, "Coming"),
)
SHOWN = (
    (queries.TO_SIGN, "To sign"),
    (queries.FLAGGED, "Out of the ordinary"),
    (queries.ALL, "All lines"),
)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round in a list."""

    round: Any
    title: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One standing duty in the list of what is coming."""

    duty: Duty
    title: str
    when: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line with what this person may say of it."""

    line: DutyLine
    gone: bool
    offered: Sequence[tuple[Verdict, VerdictWords]]
    refused: str
    together: bool
    may_carry_out: bool
    verdict: VerdictWords | None
    needs_words: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one section on a page, and how many there are in all."""

    section: Section
    all: int
    signed: int
    rows: list[LineRow]


def index_of(person: User, tab: str, *, at: dt.datetime) -> dict[str, Any]:
    """Return one list of rounds, with the figures of all."""
    seen = visible(person, at=at)
    counts = queries.counts(seen, person=person, at=at)
    chosen = tab if tab in dict(TABS) else _first(counts)
    rounds = [] if chosen == COMING else queries.listed(seen, chosen, person=person, at=at)
    return {
        "at": at,
        "tab": chosen,
        "tabs": [(name, title, counts.get(name)) for name, title in TABS],
        "counts": counts,
        "rounds": [_round_row(each, at) for each in rounds],
        "coming": _coming() if chosen == COMING else [],
        "follow_ups": queries.follow_ups(person),
        "may_arrange": may_arrange(person),
    }


def round_for(person: User, round_id: int, *, at: dt.datetime) -> DutyRound:
    """
    Return a round that the person may see.

    :raises NotFound: if there is none, or it is not theirs to see
    """
    found = queries.round_among(visible(person, at=at), round_id)
    if found is None:
        raise NotFound("There is no such round, or it is not yours to see.")
    return found


def line_for(person: User, about: DutyRound, line_id: int, *, at: dt.datetime) -> dict[str, Any]:
    """
    Return one line and how far its round is.

    :raises NotFound: if the round has no such line
    """
    line = queries.line_of(about, line_id)
    if line is None:
        raise NotFound("The round has no such line.")
    [row] = _line_rows(about, [line], person, at)
    return {
        "round": about,
        "row": row,
        "progress": queries.progress(about),
        "section": queries.sections(about)[line.section],
    }


def round_of(
    about: DutyRound, person: User, show: str, after: int, *, at: dt.datetime
) -> dict[str, Any]:
    """Return everything that a round's page shows."""
    done, kind = about.state == RoundState.DONE, DutyKind(about.duty.kind)
    shown = show if show in queries.NARROWED else queries.ALL if done else queries.TO_SIGN
    page = queries.lines(about, shown, after=after)
    progress = queries.progress(about)
    handing = not done and may_hand_on(person, about, at=at)
    mine = not done and carries(person, about, at=at)
    return {
        "at": at,
        "round": about,
        "title": title_of(about.duty),
        "purpose": PURPOSES[kind],
        "done": done,
        "overdue": not done and about.due_at <= at,
        "progress": progress,
        "show": shown,
        "shown": [(name, words, _count(name, progress)) for name, words in SHOWN],
        "groups": _groups(about, page.lines, person, at),
        "next_after": page.next_after,
        "after": after,
        "may_finish": mine,
        "only_looking": not done and not mine,
        "hand_on": HandOnForm(takers=takers(about, at=at)) if handing else None,
        "earlier": queries.earlier(about),
        "together": words_of(OFFERED[kind][0], kind=kind),
    }


def printed(about: DutyRound) -> dict[str, Any]:
    """Return a whole round for paper."""
    found = groupby(queries.every_line(about), key=lambda line: line.section)
    return {
        "round": about,
        "title": title_of(about.duty),
        "purpose": PURPOSES[DutyKind(about.duty.kind)],
        "progress": queries.progress(about),
        "groups": [
            (SECTIONS[name], [(line, _said(about, line)) for line in rows]) for name, rows in found
        ],
    }


def _said(about: DutyRound, line: DutyLine) -> VerdictWords | None:
    return words_of(line.verdict, kind=about.duty.kind) if line.verdict else None


def _groups(
    about: DutyRound, lines: Sequence[DutyLine], person: User, at: dt.datetime
) -> list[Group]:
    counted = queries.sections(about)
    rows = _line_rows(about, lines, person, at)
    return [
        Group(SECTIONS[name], *counted[name], rows=list(found))
        for name, found in groupby(rows, key=lambda row: row.line.section)
    ]


def _line_rows(
    about: DutyRound, lines: Sequence[DutyLine], person: User, at: dt.datetime
) -> list[LineRow]:
    """Return lines with what is true of them now, in a few queries for any number."""
    waiting = [line for line in lines if line.state != LineState.SIGNED]
    if about.state == RoundState.DONE:
        waiting = []
    refused = separation.check(about, waiting, person, at=at) if waiting else {}
    gone = presence.gone(waiting, at=at)
    open_lines = {line.pk for line in waiting}
    return [_line_row(about, line, refused, gone, open_lines, person) for line in lines]


def _line_row(
    about: DutyRound,
    line: DutyLine,
    refused: dict[int, str],
    gone: Collection[int],
    waiting: Collection[int],
    person: User,
) -> LineRow:
    may = line.pk in waiting and line.pk not in refused
    kind = DutyKind(about.duty.kind)
    offered = [each for each in OFFERED[kind] if may]
    if line.state == LineState.REVOKE_ASKED:
        # Revoking is asked for; what remains is to take it back by keeping it, or to carry it out.
        offered = [each for each in offered if each != Verdict.REVOKE]
    asked = line.state == LineState.REVOKE_ASKED and line.pk in waiting
    return LineRow(
        line=line,
        gone=line.pk in gone,
        offered=[(each, words_of(each, kind=kind)) for each in offered],
        refused=separation.OWN if refused.get(line.pk) == separation.OWN else "",
        together=may and line.state == LineState.OPEN and not line.flags,
        may_carry_out=asked and (person.pk == line.follow_up_by_id or person.is_staff),
        verdict=words_of(line.verdict, kind=kind) if line.verdict else None,
        needs_words=any(each not in NEEDS_NO_WORDS for each in offered),
    )


def _round_row(found: DutyRound, at: dt.datetime) -> RoundRow:
    late = found.state != RoundState.DONE and found.due_at <= at
    return RoundRow(found, title_of(found.duty), late)


def _coming() -> list[DutyRow]:
    return [DutyRow(duty, title_of(duty), schedule_of(duty).words) for duty in queries.coming()]


def _first(counts: dict[str, int]) -> str:
    return queries.MINE if counts["mine"] or not counts["open"] else queries.OPEN


def _count(name: str, progress: queries.Progress) -> int:
    return {
        queries.TO_SIGN: progress.left,
        queries.FLAGGED: progress.flagged,
        queries.ALL: progress.lines,
    }[name]
