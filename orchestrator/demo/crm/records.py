"""Seed records as pure data, and the dice and days they are made with."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST_HOUR, LAST_HOUR = 8, 17
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of another seed record, known once the org has made it."""

    key: str


@dataclass(frozen=True, slots=True)
class SeedRecord:
    """One record to make; `key` names it within the seed."""

    object: str
    key: str
    fields: Mapping[str, Any]
    created_at: dt.datetime
    last_modified_at: dt.datetime


@dataclass(frozen=True, slots=True)
class World:
    """The moment and the seed; everything else follows from them."""

    at: dt.datetime
    seed: int
    today: dt.date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.at.date())

    def dice(self, name: str) -> random.Random:
        """Return dice of a part's own, so that one part's changes leave the others alone."""
        return random.Random(f"{self.seed}:{name}")  # noqa: S311 - a demo's dice, nobody's secret

    def moment(self, dice: random.Random, days_ago: int) -> dt.datetime:
        """Return a working hour that many days ago or the Friday before, never later than now."""
        day = weekday(self.today - dt.timedelta(days=days_ago))
        time = dt.time(
            dice.randint(FIRST_HOUR, LAST_HOUR), dice.randint(0, 59), dice.randint(0, 59)
        )
        then = dt.datetime.combine(day, time, self.at.tzinfo)
        if then <= self.at:
            return then
        return max(
            self.at - dt.timedelta(seconds=dice.randint(60, 9000)),
            dt.datetime.combine(day, dt.time(), self.at.tzinfo),
        )

    def day(self, days_from_now: int) -> dt.date:
        """Return the day that many days from now, or the Friday before."""
        return weekday(self.today + dt.timedelta(days=days_from_now))


def weekday(day: dt.date) -> dt.date:
    """Return the day, or the Friday before it."""
    return day - dt.timedelta(days=max(0, day.weekday() - FRIDAY))


def plain(text: str) -> str:
    """Return a name as an address would spell it: lower case, plain letters."""
    return text.lower().translate(PLAIN)


PLAIN = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "å": "a", "é": "e", "è": "e", "ë": "e", "ç": "c",
        "ß": "ss", "ô": "o", "î": "i", "í": "i", "á": "a", "ó": "o", "ñ": "n", "č": "c", "ć": "c",
        "š": "s", "ž": "z", "ł": "l", "ø": "oe", "'": None, " ": "-", "&": None, ".": None,
        ",": None,
    }
)  # fmt: skip
