"""Public holidays of a country, a part of one, or a stock exchange. Pure: no database, no clock."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import holidays
from holidays.holiday_base import HolidayBase

from orchestrator.kernel.errors import DomainError

ENGLISH = "en_US"
# A year of one region takes about a millisecond to compute and a few kilobytes to keep.
YEARS_KEPT = 2048
NONE: Mapping[dt.date, str] = MappingProxyType({})


class UnknownRegion(DomainError):
    """There are no holidays by this name."""

    code, status, title = "unknown_holiday_region", 422, "Unknown holiday region"


@lru_cache(maxsize=YEARS_KEPT)
def holidays_in(region: str, year: int) -> Mapping[dt.date, str]:
    """
    Return the closed days of a region in a year with their names; none for no region.

    :raises UnknownRegion: if there is no such region
    """
    if not region:
        return NONE
    kind, options = _kind(region)
    if ENGLISH in kind.supported_languages:
        options["language"] = ENGLISH
    found = kind(years=year, expand=False, **options)
    return MappingProxyType({day: str(name) for day, name in found.items() if day.year == year})


def check_region(region: str) -> None:
    """
    Refuse a region that nobody knows holidays of.

    :raises UnknownRegion: with what to write instead
    """
    if region:
        _kind(region)


@lru_cache(maxsize=1)
def regions() -> tuple[tuple[str, str], ...]:
    """Return every country and exchange that has holidays, with the parts of countries, as text."""
    countries = holidays.list_supported_countries(include_aliases=False)
    markets = holidays.list_supported_financial()
    listed = [(code, " ".join(f"{code}-{part}" for part in countries[code])) for code in countries]
    return (*sorted(listed), *sorted((code, "") for code in markets))


def _kind(region: str) -> tuple[type[HolidayBase], dict[str, Any]]:
    """Return the class that knows the region's holidays, and what to ask it for."""
    name, _, part = region.partition("-")
    markets = holidays.list_supported_financial()
    if not part and name in markets:
        return getattr(holidays, name), {}
    countries = holidays.list_supported_countries()
    if name not in countries:
        raise UnknownRegion(
            f"There are no holidays known for {region[:40]!r}. Write a country by its two letters, "
            "with a part of it where they differ (DE-BE, US-CA), or an exchange such as NYSE."
        )
    if part and part not in countries[name]:
        parts = ", ".join(f"{name}-{each}" for each in countries[name])
        raise UnknownRegion(
            f"{name} has no part {part[:40]!r} with holidays of its own. Write {name} alone"
            + (f", or one of {parts}." if parts else ".")
        )
    return getattr(holidays, name), {"subdiv": part} if part else {}
