"""Who fills a place, and which role carries a duty: absences and fallbacks followed. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

LAST_RESORT = "ops-owner"


@dataclass(frozen=True, slots=True)
class Leave:
    """One person who is away now, until when, and who was chosen to stand in."""

    person: int
    username: str
    name: str
    until: dt.datetime
    # None also where the one who was chosen cannot sign in any more.
    delegate: int | None


Away = Mapping[int, Leave]


@dataclass(frozen=True, slots=True)
class Staffing:
    """What resolving a role needs to know of it."""

    fallback: int | None
    # Somebody fills one of its places: a member who is there, or who stands in for one.
    staffed: bool
    mine: bool
    title: str = ""
    slug: str = ""
    # Members who are away and whose place this person fills.
    for_others: tuple[Leave, ...] = ()
    # Every member who is away.
    absent: tuple[int, ...] = ()

    def filled(self, away: Away, person: int | None) -> Self:
        """Return the same with the places of those who are away filled by who stands in."""
        filling = {each: stand_in(each, away) for each in self.absent}
        return replace(
            self,
            staffed=self.staffed or any(found is not None for found in filling.values()),
            for_others=tuple(
                away[each]
                for each, found in filling.items()
                if found is not None and found == person
            ),
        )


@dataclass(frozen=True, slots=True)
class Duty:
    """One role whose duty somebody carries, and by what right."""

    title: str
    # As a member, or as one of the role that it falls back to.
    own: bool = False
    # Whose places they fill; empty where they carry it in their own right.
    places_of: tuple[Leave, ...] = ()
    # As staff, because nobody else can be reached.
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class Duties:
    """What somebody carries now, and for whom they stand in."""

    roles: dict[int, Duty] = field(default_factory=dict)
    stands_in_for: tuple[Leave, ...] = ()


def stand_in(person: int, away: Away) -> int | None:
    """
    Return who fills the place of a person: they, or the first delegate on the way who is there.

    Nobody fills it where delegates go round in a circle.
    """
    seen: set[int] = set()
    current: int | None = person
    while current is not None and current in away:
        if current in seen:
            return None
        seen.add(current)
        current = away[current].delegate
    return current


def way_of(role_id: int, staffing: Mapping[int, Staffing]) -> Iterator[int]:
    """Yield a role and its fallbacks one after the other, each once."""
    seen: set[int] = set()
    current: int | None = role_id
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = staffing[current].fallback


def carrier(role_id: int, staffing: Mapping[int, Staffing]) -> int | None:
    """Return the first role with somebody in it on the way along the fallbacks, or None."""
    return next((each for each in way_of(role_id, staffing) if staffing[each].staffed), None)


def last_carrier(role_id: int, staffing: Mapping[int, Staffing]) -> int | None:
    """Return the carrier, else the ops owners or their fallbacks; None leaves it to staff."""
    found = carrier(role_id, staffing)
    if found is not None:
        return found
    owners = next((each for each, role in staffing.items() if role.slug == LAST_RESORT), None)
    return carrier(owners, staffing) if owners is not None else None
