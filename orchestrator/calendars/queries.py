"""Read calendars: the working hours by name, and what pages show."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from orchestrator.calendars.hours import DEFAULT, WorkingHours
from orchestrator.calendars.models import Calendar, SpecialDay
from orchestrator.calendars.spans import Span, as_stored, week_of
from orchestrator.kernel import canonical
from orchestrator.kernel.errors import NotFound

CALENDARS_KEPT = 512
# By the digest of their content, which never means anything else, so nothing here grows old.
_kept: dict[str, WorkingHours] = {}


class NamedHours(NamedTuple):
    """Working hours with the name and the title of their calendar; without, those of everybody."""

    slug: str
    title: str
    hours: WorkingHours
    # Of the hours, to find them again as they were: see kept_hours().
    digest: str

    @classmethod
    def of(cls, calendar: Calendar | None) -> "NamedHours":
        """Return what a calendar that was just read stands for."""
        if calendar is None:
            return cls("", "", DEFAULT, "")
        hours = _hours(calendar.pk, calendar.digest)
        return cls(calendar.slug, calendar.title, hours, calendar.digest)


def hours_of(slug: str) -> WorkingHours:
    """Return the working hours of a calendar; those of everybody if it has no name here."""
    found = named_hours({slug}).get(slug)
    return found.hours if found else DEFAULT


def named_hours(slugs: Collection[str]) -> dict[str, NamedHours]:
    """
    Return what the calendars by these names stand for, as far as there are any.

    One query says what they stand for now, and none is made where no name is given; how a content
    is open never changes, so a process works it out once.
    """
    named = [slug for slug in slugs if slug]
    if not named:
        return {}
    return {each.slug: NamedHours.of(each) for each in Calendar.objects.filter(slug__in=named)}


def kept_hours(digest: str) -> WorkingHours | None:
    """Return hours by their digest if this process has met them; those of everybody have none."""
    return _kept.get(digest) if digest else DEFAULT


def working_hours(calendar: Calendar, special_days: Iterable[SpecialDay]) -> WorkingHours:
    """Return the working hours that these rows describe."""
    return WorkingHours(
        zone=calendar.zone,
        week=week_of(calendar.week),
        region=calendar.region,
        special=tuple(
            (each.day, tuple(Span(*span) for span in each.spans))
            for each in sorted(special_days, key=lambda each: each.day)
        ),
    )


def calendar_named(slug: str) -> Calendar:
    """
    Return a calendar by its name.

    :raises NotFound: if there is none
    """
    calendar = Calendar.objects.filter(slug=slug).first()
    if calendar is None:
        raise NotFound("There is no such calendar.")
    return calendar


def content_digest(hours: WorkingHours) -> str:
    """Return the digest of everything that says when it is open."""
    return canonical.digest(
        {
            "zone": hours.zone,
            "week": [as_stored(day) for day in hours.week],
            "region": hours.region,
            "special": [[day.isoformat(), as_stored(spans)] for day, spans in hours.special],
        }
    )


def _hours(key: int, known_as: str) -> WorkingHours:
    kept = _kept.get(known_as)
    if kept is None:
        calendar = Calendar.objects.prefetch_related("special_days").get(pk=key)
        kept = working_hours(calendar, calendar.special_days.all())
        if len(_kept) >= CALENDARS_KEPT:
            _kept.clear()
        # Under what was really read: somebody may be changing the calendar right now.
        _kept[content_digest(kept)] = kept
    return kept
