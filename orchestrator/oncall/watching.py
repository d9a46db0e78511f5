"""Gaps found in schedules, and told to those who can close them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction

from audit import ledger
from orchestrator.kernel.actors import system
from orchestrator.notifications import sending
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.notifications.queries import without_channel
from orchestrator.oncall.gaps import AHEAD, BACK, Facts, Gap, GapKind, gaps
from orchestrator.oncall.loading import Loaded, load
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.telling import path_of
from orchestrator.oncall.wording import period_words
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import ADMINISTRATORS
from orchestrator.people.queries import reachable_members

WATCH = system("on-call")
WORDS = {
    GapKind.NOBODY: "Nobody is on call",
    GapKind.LEFT: "{person} has left",
    GapKind.NOT_A_MEMBER: "{person} is no longer in the role",
    GapKind.AWAY: "{person} is away",
    GapKind.UNREACHABLE: "{person} has no channel that a page would reach",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One gap with its words."""

    gap: Gap
    words: str
    person: User | None

    @property
    def is_empty(self) -> bool:
        """Say whether nobody at all is there."""
        return self.gap.kind is GapKind.NOBODY


def gaps_of(schedules: Sequence[Schedule], *, at: dt.datetime) -> dict[int, list[Found]]:
    """Return the gaps of the coming 14 days by schedule, in a bounded number of queries."""
    loaded = load(schedules, since=at - BACK, until=at + AHEAD)
    people = {person.pk: person for each in loaded for person in each.people.values()}
    unreachable = without_channel(list(people.values()), at=at) if people else set()
    return {each.schedule.pk: _found(each, unreachable, at) for each in loaded}


@transaction.atomic
def announce_gaps(*, at: dt.datetime) -> int:
    """Tell the role and the ops owners of every gap that they have not been told of; return it."""
    schedules = list(Schedule.objects.select_related("role").order_by("pk"))
    found = gaps_of(schedules, at=at)
    owners = _ops_owners(at) if any(found.values()) else []
    told = 0
    for schedule in schedules:
        people = _once([*reachable_members(role=schedule.role, at=at), *owners])
        told += sum(_announce(schedule, each, people, at) for each in found[schedule.pk])
    return told


def _found(loaded: Loaded, unreachable: set[int], at: dt.datetime) -> list[Found]:
    left = {pk for pk, person in loaded.people.items() if not person.is_active}
    facts = Facts(
        left=left,
        not_members=set(loaded.people) - left - loaded.members,
        away=loaded.absences,
        unreachable=unreachable & loaded.members,
    )
    found = []
    for gap in gaps(loaded.plan, facts, at=at):
        person = loaded.people[gap.person] if gap.person is not None else None
        name = person.display_name if person else ""
        found.append(Found(gap, WORDS[gap.kind].format(person=name), person))
    return found


def _announce(schedule: Schedule, found: Found, people: list[User], at: dt.datetime) -> bool:
    when = period_words(
        max(found.gap.starts_at, at), found.gap.ends_at, ZoneInfo(schedule.time_zone)
    )
    message = Message(
        event="oncall.gap",
        urgency=Urgency.HIGH if found.is_empty else Urgency.NORMAL,
        title=f"On call for {schedule.role.title}: {found.words}",
        lines=(when,),
        path=path_of(schedule),
        subject_kind="schedule",
        subject_id=schedule.role.slug,
        key=f"oncall.gap:{schedule.pk}:{found.gap.key(at)}"[:200],
    )
    if not sending.notify(people=people, message=message, at=at):
        return False
    ledger.record(
        event="oncall.gap_announced",
        by=WATCH,
        at=at,
        subject_kind="schedule",
        subject_id=schedule.role.slug,
        detail={
            "kind": found.gap.kind.value,
            "starts_at": found.gap.starts_at.isoformat(),
            "ends_at": found.gap.ends_at.isoformat(),
            "words": found.words,
        },
    )
    return True


def _ops_owners(at: dt.datetime) -> list[User]:
    role = Role.objects.filter(slug=ADMINISTRATORS).first()
    return reachable_members(role=role, at=at) if role else []


def _once(people: Sequence[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())
