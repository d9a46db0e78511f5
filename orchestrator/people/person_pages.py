"""What the page of one person shows, and one's own."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from orchestrator.people import carried
from orchestrator.people.account_forms import (
    AbsenceForm,
    HandOverForm,
    PasswordForm,
    ReopenForm,
    TimeZoneForm,
    active_people,
)
from orchestrator.people.carried import Item
from orchestrator.people.models import Absence, Role, User
from orchestrator.people.permissions import may_administer_agents, may_administer_people
from orchestrator.people.queries import duties_of, leaves
from orchestrator.people.resolution import Away, stand_in
from orchestrator.web.local_time import zone_named

MOST_ABSENCES = 50


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence, whether it runs now, and who fills the place at this moment."""

    absence: Absence
    running: bool
    # Named where it is not simply the one who was chosen.
    filled_by: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class Group:
    """What somebody carries of one kind."""

    title: str
    items: list[Item]


def absence_lines(
    *, reader: User, at: dt.datetime, person: User | None = None
) -> list[AbsenceLine]:
    """Return the absences that run or will, of one person or of everybody, the next one first."""
    rows = Absence.objects.filter(cancelled_at=None, ends_at__gt=at)
    if person is not None:
        rows = rows.filter(person=person)
    found = list(rows.select_related("person", "delegate")[:MOST_ABSENCES])
    away = leaves(at=at if any(row.starts_at <= at for row in found) else None)
    names = {row.delegate_id: row.delegate.display_name for row in found if row.delegate}
    administers = may_administer_agents(reader) if found else False
    return [
        AbsenceLine(
            absence=row,
            running=row.starts_at <= at,
            filled_by=_filled_by(row, away, names) if row.starts_at <= at else "",
            may_end=administers or row.person_id == reader.pk,
        )
        for row in found
    ]


def my_page(person: User, *, at: dt.datetime, **forms: Any) -> dict[str, Any]:
    """Return what somebody sees of themselves."""
    zone = zone_named(person.time_zone)
    return {
        "at": at,
        "person": person,
        "absences": absence_lines(reader=person, at=at, person=person),
        "duties": duties_of(user=person, at=at),
        "groups": groups(person, at=at),
        "zone": str(zone),
        "candidates": active_people().exclude(pk=person.pk),
        "absence_form": AbsenceForm(person=person, own=True, zone=zone, auto_id="absence_%s"),
        "zone_form": TimeZoneForm(initial={"zone": person.time_zone}, auto_id="zone_%s"),
        "password_form": PasswordForm(person=person, auto_id="password_%s"),
        **forms,
    }


def person_page(person: User, *, reader: User, at: dt.datetime, **more: Any) -> dict[str, Any]:
    """Return what is known of one person, and what the reader may do about it."""
    staff, administers = may_administer_people(reader), may_administer_agents(reader)
    own = person.pk == reader.pk
    # Others learn which roles somebody is in, not which workflows and agents there are.
    found = groups(person, at=at) if administers or own else None
    items = [item for group in found or () for item in group.items if not item.elsewhere]
    zone = zone_named(reader.time_zone)
    return {
        "at": at,
        "person": person,
        "roles": list(Role.objects.filter(group__user=person)),
        "absences": absence_lines(reader=reader, at=at, person=person),
        "groups": found,
        "administers": staff,
        "may_set_absence": administers and person.is_active and not own,
        "zone": str(zone),
        "candidates": active_people().exclude(pk=person.pk),
        "absence_form": AbsenceForm(person=person, own=False, zone=zone, auto_id="absence_%s"),
        "hand_over_form": HandOverForm(items=items, auto_id="hand_%s") if staff else None,
        "reopen_form": ReopenForm(auto_id="reopen_%s"),
        "results": None,
        **more,
    }


def groups(person: User, *, at: dt.datetime) -> list[Group]:
    """Return what the person carries, kind by kind; empty kinds are left out."""
    by_kind: dict[str, list[Item]] = defaultdict(list)
    for item in carried.carried_by(person, at=at):
        by_kind[item.kind].append(item)
    return [
        Group(provider.title, by_kind[provider.kind])
        for provider in carried.providers()
        if by_kind[provider.kind]
    ]


def _filled_by(row: Absence, away: Away, names: dict[int | None, str]) -> str:
    found = stand_in(row.person_id, away)
    if found == row.delegate_id:
        return ""
    if found is None:
        return "nobody"
    known = names.get(found)
    return known or User.objects.get(pk=found).display_name
