"""What the tests of calendars share: a calendar by its hours, in a few words."""

import datetime as dt

from orchestrator.calendars import operations
from orchestrator.calendars.models import Calendar
from orchestrator.calendars.spans import Week, parse_day
from tests.registry_factories import AT, SETUP

WORKDAYS = 5


def week(hours: str = "09:00-17:00", weekend: str = "") -> Week:
    """Return a week of five equal days and a weekend."""
    return (*(parse_day(hours),) * WORKDAYS, *(parse_day(weekend),) * 2)


def create_calendar(
    *,
    slug: str = "sales-emea",
    title: str = "Sales EMEA",
    zone: str = "Europe/Berlin",
    hours: str = "09:00-17:00",
    weekend: str = "",
    region: str = "",
    at: dt.datetime = AT,
) -> Calendar:
    """Return a calendar of five equal days."""
    return operations.create_calendar(
        slug=slug,
        title=title,
        zone=zone,
        week=week(hours, weekend),
        region=region,
        by=SETUP,
        at=at,
    )
