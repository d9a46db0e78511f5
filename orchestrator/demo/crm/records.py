"""Seed records as pure data, and the dice and days they are made with."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST_HOUR, LAST_HOUR = 8, 17


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
        """Return a working hour of the day that many days ago, never later than now."""
        time = dt.time(dice.randint(FIRST_HOUR, LAST_HOUR), dice.randint(0, 59), dice.randint(0, 59))
        then = dt.datetime.combine(self.today - dt.timedelta(days=days_ago), time, self.at.tzinfo)
        return min(then, self.at)

    def day(self, days_from_now: int) -> dt.date:
        """Return the working day nearest to that many days from now."""
        day = self.today + dt.timedelta(days=days_from_now)
        return day - dt.timedelta(days=max(0, day.weekday() - 4))


def plain(text: str) -> str:
    """Return a name as an address would spell it: lower case, plain letters."""
    return text.lower().translate(PLAIN)


PLAIN = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "å": "a", "é": "e", "è": "e", "ë": "e", "ç": "c",
        "ß": "ss", "ô": "o", "î": "i", "í": "i", "á": "a", "ó": "o", "ñ": "n", "č": "c", "ć": "c",
        "š": "s", "ž": "z", "ł": "l", "ø": "oe", "'": None, " ": "-", "&": None, ".": None,
        "’": None, ",": None,
    }
)  # fmt: skip
