"""What the overview of on-call shows, and the small fragment for other pages."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.oncall import queries, watching
from orchestrator.oncall.gaps import AHEAD
from orchestrator.oncall.models import Schedule, Swap
from orchestrator.oncall.moments import Shown, shown, zone_of
from orchestrator.oncall.permissions import may_edit
from orchestrator.oncall.queries import Duty, Shift
from orchestrator.oncall.states import SwapState
from orchestrator.oncall.watching import Found
from orchestrator.people.models import Role, User


@dataclass(frozen=True, slots=True)
class ShiftLine:
    """A shift with its times as the reader sees them."""

    person: User
    words: str
    starts: Shown
    ends: Shown
    is_yours: bool


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap with its times as the reader sees them."""

    words: str
    starts: Shown
    ends: Shown
    is_empty: bool
    has_begun: bool
    goes_on: bool


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One role: who is on call now, who is next, and what will be missing."""

    schedule: Schedule
    now: list[ShiftLine]
    next: ShiftLine | None
    gaps: list[GapLine]

    @property
    def is_broken(self) -> bool:
        """Say whether nobody is on call now or will not be."""
        return not self.now or any(gap.is_empty for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one person carries: now and in the coming days."""

    person: User
    now: list[str]
    soon: list[tuple[str, Shown]]


def overview(person: User, *, at: dt.datetime) -> dict[str, Any]:
    """Return every schedule with now, next and gaps, and what each person carries."""
    roles = list(Role.objects.order_by("title"))
    duties = queries.duties(roles, at=at)
    gaps = watching.gaps_of([duty.loaded.schedule for duty in duties], at=at)
    lines = [_duty_line(duty, gaps[duty.loaded.schedule.pk], person, at) for duty in duties]
    scheduled = {duty.loaded.schedule.role_id for duty in duties}
    return {
        "lines": lines,
        "broken": sum(line.is_broken for line in lines),
        "gap_count": sum(len(line.gaps) for line in lines),
        "on_call_count": len({shift.person.pk for duty in duties for shift in duty.now}),
        "carried": _carried(duties, zone_of(person.time_zone)),
        "unscheduled": [role for role in roles if role.pk not in scheduled],
        "may_edit": may_edit(person),
        "waiting_swaps": _waiting_swaps(person),
        "yours": [shift for line in lines for shift in line.now if shift.is_yours],
    }


def fragment(role: Role, person: User, *, at: dt.datetime) -> dict[str, Any]:
    """Return who is on call for one role now and next, for other pages."""
    found = queries.duties([role], at=at)
    line = _duty_line(found[0], [], person, at) if found else None
    return {"role": role, "line": line}


def shift_line(shift: Shift, person: User) -> ShiftLine:
    """Return a shift as the person reads it."""
    zone, yours = ZoneInfo(shift.schedule.time_zone), zone_of(person.time_zone)
    return ShiftLine(
        shift.person,
        shift.words,
        shown(shift.starts_at, zone, yours),
        shown(shift.ends_at, zone, yours),
        is_yours=shift.person.pk == person.pk,
    )


def gap_line(found: Found, schedule: Schedule, person: User, at: dt.datetime) -> GapLine:
    """Return a gap as the person reads it."""
    zone, yours = ZoneInfo(schedule.time_zone), zone_of(person.time_zone)
    return GapLine(
        found.words,
        shown(max(found.gap.starts_at, at), zone, yours),
        shown(found.gap.ends_at, zone, yours),
        is_empty=found.is_empty,
        has_begun=found.gap.starts_at <= at,
        # Nobody has planned further: the gap may well be longer.
        goes_on=found.gap.ends_at >= at + AHEAD,
    )


def _duty_line(duty: Duty, gaps: list[Found], person: User, at: dt.datetime) -> DutyLine:
    moment = duty.next_hand_off
    following = next((each for each in duty.next if each.starts_at == moment), None)
    schedule = duty.loaded.schedule
    return DutyLine(
        schedule=schedule,
        now=[shift_line(shift, person) for shift in duty.now],
        next=shift_line(following, person) if following else None,
        gaps=[gap_line(found, schedule, person, at) for found in gaps],
    )


def _carried(duties: list[Duty], yours: ZoneInfo) -> list[Carried]:
    people: dict[int, User] = {}
    now: dict[int, list[str]] = defaultdict(list)
    soon: dict[int, dict[str, Shown]] = defaultdict(dict)
    for duty in duties:
        zone, title = ZoneInfo(duty.loaded.schedule.time_zone), duty.loaded.schedule.role.title
        for place, shift in enumerate(duty.now):
            people[shift.person.pk] = shift.person
            now[shift.person.pk].append(title if place == 0 else f"{title} ({shift.words})")
        for shift in duty.next:
            people[shift.person.pk] = shift.person
            soon[shift.person.pk].setdefault(title, shown(shift.starts_at, zone, yours))
    return [
        Carried(people[pk], now[pk], list(soon[pk].items()))
        for pk in sorted(people, key=lambda pk: (not now[pk], people[pk].display_name))
    ]


def _waiting_swaps(person: User) -> list[Swap]:
    rows = Swap.objects.filter(state=SwapState.ASKED, asked_of=person)
    return list(rows.select_related("schedule__role", "asked_by").order_by("expires_at", "pk"))
