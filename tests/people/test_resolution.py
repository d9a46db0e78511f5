"""Who fills a place and who carries a duty, for any tangle of absences and fallbacks."""

import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.people.resolution import (
    Leave,
    Staffing,
    carrier,
    last_carrier,
    stand_in,
    way_of,
)

pytestmark = pytest.mark.req("A2", "A4")
UNTIL = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
PEOPLE, ROLES = 6, 4


def away(**delegates):
    """Return leaves from names of one letter: who is away, and who was chosen."""
    return {
        ord(name): Leave(ord(name), name, name.upper(), UNTIL, ord(to) if to else None)
        for name, to in delegates.items()
    }


class TestStandIn:
    def test_is_the_person_who_is_there(self):
        assert stand_in(ord("a"), {}) == ord("a")

    def test_is_the_delegate(self):
        assert stand_in(ord("a"), away(a="b")) == ord("b")

    def test_is_the_delegate_of_a_delegate_who_is_away_too(self):
        assert stand_in(ord("a"), away(a="b", b="c")) == ord("c")

    def test_is_nobody_where_nobody_was_chosen_on_the_way(self):
        assert stand_in(ord("a"), away(a="b", b=None)) is None

    def test_is_nobody_where_delegates_go_round(self):
        circle = away(a="b", b="c", c="b")

        assert [stand_in(ord(name), circle) for name in "abc"] == [None, None, None]


@dataclass(frozen=True)
class Tangle:
    """Some people and roles, as the database might hold them; more than operations allow."""

    active: tuple[bool, ...]
    delegates: dict[int, int | None]
    members: tuple[frozenset[int], ...]
    fallbacks: tuple[int | None, ...]
    owners: int | None

    @property
    def away(self):
        return {
            person: Leave(
                person,
                str(person),
                str(person),
                UNTIL,
                to if to is not None and self.active[to] else None,
            )
            for person, to in self.delegates.items()
            if self.active[person]
        }

    def staffing(self, person):
        return {
            role: Staffing(
                fallback=self.fallbacks[role],
                staffed=any(self.active[m] and m not in self.away for m in members),
                mine=self.active[person] and person in members,
                slug="ops-owner" if role == self.owners else f"role-{role}",
                absent=tuple(sorted(m for m in members if m in self.away)),
            ).filled(self.away, person)
            for role, members in enumerate(self.members)
        }


@st.composite
def tangles(draw):
    people, roles = st.integers(0, PEOPLE - 1), st.integers(0, ROLES - 1)
    return Tangle(
        active=tuple(draw(st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE))),
        delegates=draw(st.dictionaries(people, st.none() | people, max_size=PEOPLE)),
        members=tuple(draw(st.lists(st.frozensets(people), min_size=ROLES, max_size=ROLES))),
        fallbacks=tuple(draw(st.lists(st.none() | roles, min_size=ROLES, max_size=ROLES))),
        owners=draw(st.none() | roles),
    )


def slow_filler(tangle, person):
    """Walk more steps than there are people; whoever is there by then fills the place."""
    current = person
    for _ in range(PEOPLE + 1):
        if current is None or not tangle.active[current]:
            return None
        if current not in tangle.delegates:
            return current
        current = tangle.delegates[current]
    return None


def slow_fillers(tangle, role):
    found = {slow_filler(tangle, member) for member in tangle.members[role]}
    return found - {None}


def slow_carrier(tangle, role):
    starts = [role] + ([tangle.owners] if tangle.owners is not None else [])
    for start in starts:
        current = start
        for _ in range(ROLES + 1):
            if current is None:
                break
            if slow_fillers(tangle, current):
                return current
            current = tangle.fallbacks[current]
    return None


class TestAnyTangle:
    @settings(max_examples=150, deadline=None)
    @given(tangles())
    def test_gives_a_place_to_somebody_who_is_there_or_to_nobody(self, tangle):
        for person in (each for each in range(PEOPLE) if tangle.active[each]):
            found = stand_in(person, tangle.away)

            assert found == slow_filler(tangle, person)
            assert found is None or (tangle.active[found] and found not in tangle.away)

    @settings(max_examples=150, deadline=None)
    @given(tangles())
    def test_gives_a_duty_to_the_first_role_with_somebody_on_the_way(self, tangle):
        staffing = tangle.staffing(person=0)
        for role in range(ROLES):
            assert last_carrier(role, staffing) == slow_carrier(tangle, role)
            assert len(list(way_of(role, staffing))) <= ROLES
            found = carrier(role, staffing)
            assert found is None or slow_fillers(tangle, found)

    @settings(max_examples=100, deadline=None)
    @given(tangles(), st.integers(0, PEOPLE - 1))
    def test_lends_places_to_exactly_the_one_who_stands_in(self, tangle, person):
        staffing = tangle.staffing(person)
        for role, members in enumerate(tangle.members):
            lent = {leave.person for leave in staffing[role].for_others}
            others = {each for each in members if each in tangle.away}
            assert lent == {each for each in others if slow_filler(tangle, each) == person}
