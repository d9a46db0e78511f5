"""Changes to calendars; each is written to the ledger and seen by every process at once."""

import datetime as dt
from typing import Any

from django.db import transaction

from audit import ledger
from orchestrator.calendars.models import Calendar, SpecialDay
from orchestrator.calendars.public_holidays import check_region
from orchestrator.calendars.queries import content_digest, working_hours
from orchestrator.calendars.spans import Day, Week, as_stored, checked_day, day_text
from orchestrator.calendars.wall_clock import check_zone, moment
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError, NotFound


class CalendarExists(DomainError):
    """Another calendar has this name."""

    code, status, title = "calendar_exists", 409, "The calendar exists already"


class NoteMissing(DomainError):
    """A special day says why it is special."""

    code, status, title = "note_missing", 422, "Say why"


@transaction.atomic
def create_calendar(
    *, slug: str, title: str, zone: str, week: Week, region: str, by: Actor, at: dt.datetime
) -> Calendar:
    """
    Create a calendar without special days.

    :raises CalendarExists: if the name is taken
    :raises UnknownZone: if there is no such time zone
    :raises UnknownRegion: if nobody knows the region's holidays
    :raises BadHours: if a day contradicts itself
    :raises NeverOpen: if it has no open hour within 400 days
    """
    if Calendar.objects.filter(slug=slug).exists():
        raise CalendarExists(f"There is a calendar {slug!r} already; choose another name.")
    calendar = Calendar(slug=slug)
    _describe(calendar, title=title, zone=zone, week=week, region=region)
    _seal(calendar, [], at)
    calendar.save(force_insert=True)
    _record("calendar.created", calendar, _content(calendar), by, at)
    return calendar


@transaction.atomic
def change_calendar(
    *,
    calendar: Calendar,
    title: str,
    zone: str,
    week: Week,
    region: str,
    by: Actor,
    at: dt.datetime,
) -> bool:
    """
    Change when a calendar is open; say whether that changed anything.

    What is due already stays due when it was; what opens from now on goes by the new hours.

    :raises UnknownZone: if there is no such time zone
    :raises UnknownRegion: if nobody knows the region's holidays
    :raises BadHours: if a day contradicts itself
    :raises NeverOpen: if it would have no open hour within 400 days
    """
    locked = _locked(calendar)
    before = _content(locked)
    _describe(locked, title=title, zone=zone, week=week, region=region)
    if _content(locked) == before:
        return False
    _seal(locked, list(locked.special_days.all()), at)
    locked.save()
    _record("calendar.changed", locked, {**_content(locked), "before": before}, by, at)
    return True


@transaction.atomic
def set_special_day(
    *, calendar: Calendar, day: dt.date, spans: Day, note: str, by: Actor, at: dt.datetime
) -> SpecialDay:
    """
    Say that one day is closed, or open at other hours; an earlier word about it is replaced.

    :raises NoteMissing: if no note says why
    :raises BadHours: if the hours contradict one another
    :raises NeverOpen: if the calendar would have no open hour within 400 days
    """
    if not note.strip():
        raise NoteMissing("Say in a few words why the day is special; people read it.")
    locked = _locked(calendar)
    hours = checked_day(spans)
    special, _ = SpecialDay.objects.update_or_create(
        calendar=locked,
        day=day,
        defaults={"spans": as_stored(hours), "note": note.strip()[:120]},
    )
    _seal(locked, list(locked.special_days.all()), at)
    locked.save(update_fields=["digest"])
    detail = {"day": day.isoformat(), "hours": day_text(hours), "note": special.note}
    _record("calendar.special_day_set", locked, detail, by, at)
    return special


@transaction.atomic
def remove_special_day(*, calendar: Calendar, day: dt.date, by: Actor, at: dt.datetime) -> None:
    """
    Let a day be as its weekday again.

    :raises NotFound: if it is not special
    :raises NeverOpen: if the calendar would have no open hour within 400 days
    """
    locked = _locked(calendar)
    special = locked.special_days.filter(day=day).first()
    if special is None:
        raise NotFound(f"{day} is no special day of {locked.title}.")
    special.delete()
    _seal(locked, list(locked.special_days.all()), at)
    locked.save(update_fields=["digest"])
    detail = {"day": day.isoformat(), "note": special.note}
    _record("calendar.special_day_removed", locked, detail, by, at)


def _locked(calendar: Calendar) -> Calendar:
    """Make changes of one calendar wait for one another: each seals the whole of it."""
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _describe(calendar: Calendar, *, title: str, zone: str, week: Week, region: str) -> None:
    check_zone(zone)
    check_region(region)
    calendar.title, calendar.zone, calendar.region = title.strip() or calendar.slug, zone, region
    calendar.week = [as_stored(checked_day(day)) for day in week]


def _seal(calendar: Calendar, special_days: list[SpecialDay], at: dt.datetime) -> None:
    """Give the content its digest, unless it is closed for good, now or from a special day on."""
    hours = working_hours(calendar, special_days)
    hours.next_open(at)
    for each in special_days:
        hours.next_open(moment(each.day, 0, calendar.zone))
    calendar.digest = content_digest(hours)


def _content(calendar: Calendar) -> dict[str, Any]:
    return {
        "title": calendar.title,
        "zone": calendar.zone,
        "week": calendar.week,
        "region": calendar.region,
    }


def _record(
    event: str, calendar: Calendar, detail: dict[str, Any], by: Actor, at: dt.datetime
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="calendar",
        subject_id=calendar.slug,
        detail=detail,
    )
