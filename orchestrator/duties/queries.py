"""Reading duties, their rounds and the lines of a round."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from orchestrator.duties.models import Duty, DutyLine, DutyRound
from orchestrator.duties.states import LineState, RoundState
from orchestrator.people.models import User

ROUNDS_A_PAGE = 50
LINES_A_PAGE = 100
EARLIER_SHOWN = 12
WITH = ("duty__workflow", "duty__role", "assignee", "finished_by")
MINE, OPEN, OVERDUE, DONE = "mine", "open", "overdue", "done"
TO_SIGN, FLAGGED, ALL = "to-sign", "flagged", "all"
NARROWED: dict[str, Q] = {
    TO_SIGN: ~Q(state=LineState.SIGNED),
    FLAGGED: ~Q(flags=[]),
    ALL: Q(),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round is."""

    lines: int
    signed: int
    asked: int
    flagged: int

    @property
    def left(self) -> int:
        """Return how many lines are not signed."""
        return self.lines - self.signed


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a round, and the position after which the next page begins."""

    lines: Sequence[DutyLine]
    next_after: int | None


def overdue(at: dt.datetime) -> QuerySet[DutyRound]:
    """Return the rounds that should be done by now, the most overdue first."""
    rows = DutyRound.objects.filter(due_at__lte=at).exclude(state=RoundState.DONE)
    return rows.select_related(*WITH).order_by("due_at", "pk")


def counts(visible: Q, *, person: User, at: dt.datetime) -> dict[str, int]:
    """Return how many rounds a person sees in each list, in one query."""
    still_open = ~Q(state=RoundState.DONE)
    found: dict[str, int] = (
        DutyRound.objects.filter(visible)
        .order_by()
        .aggregate(
            mine=Count("pk", filter=still_open & Q(assignee=person), distinct=True),
            open=Count("pk", filter=still_open, distinct=True),
            overdue=Count("pk", filter=still_open & Q(due_at__lte=at), distinct=True),
            done=Count("pk", filter=~still_open, distinct=True),
        )
    )
    return found


def listed(visible: Q, tab: str, *, person: User, at: dt.datetime) -> list[DutyRound]:
    """Return the rounds of one list with how far they are, the most urgent first."""
    rows = DutyRound.objects.filter(visible).select_related(*WITH)
    rows = rows.annotate(
        lines_count=Count("lines"),
        signed_count=Count("lines", filter=Q(lines__state=LineState.SIGNED)),
    )
    if tab == DONE:
        done = rows.filter(state=RoundState.DONE).order_by("-finished_at", "-pk")
        return list(done[:ROUNDS_A_PAGE])
    rows = rows.exclude(state=RoundState.DONE).order_by("due_at", "pk")
    narrowed = {MINE: Q(assignee=person), OVERDUE: Q(due_at__lte=at)}
    return list(rows.filter(narrowed.get(tab, Q()))[:ROUNDS_A_PAGE])


def coming() -> list[Duty]:
    """Return every duty, the next to come round first."""
    return list(Duty.objects.select_related("workflow", "role"))


def round_among(visible: Q, round_id: int) -> DutyRound | None:
    """Return one round, if it is among those that may be seen."""
    rows = DutyRound.objects.filter(visible, pk=round_id).select_related(*WITH)
    return rows.first()


def progress(about: DutyRound) -> Progress:
    """Return how far a round is."""
    found = about.lines.order_by().aggregate(
        lines=Count("pk"),
        signed=Count("pk", filter=Q(state=LineState.SIGNED)),
        asked=Count("pk", filter=Q(state=LineState.REVOKE_ASKED)),
        flagged=Count("pk", filter=~Q(flags=[])),
    )
    return Progress(**found)


def sections(about: DutyRound) -> dict[str, tuple[int, int]]:
    """Return how many lines each section of a round has, and how many of them are signed."""
    rows = about.lines.order_by().values("section")
    counted = rows.annotate(all=Count("pk"), signed=Count("pk", filter=Q(state=LineState.SIGNED)))
    return {row["section"]: (row["all"], row["signed"]) for row in counted}


def lines(about: DutyRound, show: str, *, after: int = 0) -> Page:
    """Return one page of a round's lines, in their order."""
    rows = DutyLine.objects.filter(NARROWED[show], round=about, position__gt=after)
    shown = rows.select_related("signed_by", "follow_up_by").order_by("position")
    found = list(shown[: LINES_A_PAGE + 1])
    more = len(found) > LINES_A_PAGE
    return Page(found[:LINES_A_PAGE], found[LINES_A_PAGE - 1].position if more else None)


def every_line(about: DutyRound) -> QuerySet[DutyLine]:
    """Return all lines of a round with who signed them."""
    rows = DutyLine.objects.filter(round=about)
    return rows.select_related("signed_by", "follow_up_by").order_by("position")


def line_of(about: DutyRound, line_id: int) -> DutyLine | None:
    """Return one line of a round."""
    return every_line(about).filter(pk=line_id).first()


def earlier(about: DutyRound) -> list[DutyRound]:
    """Return the rounds of the same duty before this one, latest first."""
    rows = DutyRound.objects.filter(duty=about.duty_id, pk__lt=about.pk)
    return list(rows.select_related("finished_by").order_by("-pk")[:EARLIER_SHOWN])


def follow_ups(person: User) -> list[DutyLine]:
    """Return what waits for this person to be taken away."""
    rows = DutyLine.objects.filter(state=LineState.REVOKE_ASKED, follow_up_by=person)
    return list(
        rows.select_related("round__duty__workflow", "signed_by").order_by("signed_at", "pk")
    )
