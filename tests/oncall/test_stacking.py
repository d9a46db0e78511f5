"""Layers, swaps, absences and overrides laid on one another."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.oncall import stacking
from orchestrator.oncall.plans import LayerPlan, Plan, lanes, lay_out
from orchestrator.oncall.rotations import Span
from orchestrator.oncall.stacking import How, Substitution

ADA, BEN, CLEO = 1, 2, 3
START = dt.datetime(2026, 11, 16, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def hour(number: int) -> dt.datetime:
    return START + number * HOUR


def span(starts: int, ends: int, person: int) -> Span:
    return Span(hour(starts), hour(ends), person)


def layer(number: int, *spans: Span) -> LayerPlan:
    return LayerPlan(number, f"Layer {number}", START - 1000 * HOUR, None, imported=spans)


def told(plan: Plan, since: int = 0, until: int = 100) -> list[tuple[int, int, int, str]]:
    """Return the final schedule as (from, until, person, how)."""
    return [
        (
            int((each.starts_at - START) / HOUR),
            int((each.ends_at - START) / HOUR),
            each.person,
            each.how.value,
        )
        for each in lay_out(plan, hour(since), hour(until)).final
    ]


@pytest.mark.req("I2")
class TestTheFinalSchedule:
    def test_asks_layer_one_first(self):
        plan = Plan(layers=(layer(1, span(0, 10, ADA)), layer(2, span(0, 10, BEN))))

        assert told(plan) == [(0, 10, ADA, "turn")]

    def test_fills_a_hole_of_one_layer_from_the_next(self):
        first = layer(1, span(0, 4, ADA), span(6, 10, ADA))
        plan = Plan(layers=(first, layer(2, span(0, 10, BEN))))

        assert told(plan) == [(0, 4, ADA, "turn"), (4, 6, BEN, "turn"), (6, 10, ADA, "turn")]

    def test_keeps_two_shifts_of_one_person_apart(self):
        plan = Plan(layers=(layer(1, span(0, 4, ADA), span(4, 8, ADA)),))

        assert told(plan) == [(0, 4, ADA, "turn"), (4, 8, ADA, "turn")]

    def test_has_an_override_above_every_layer(self):
        plan = Plan(layers=(layer(1, span(0, 10, ADA)),), overrides=(span(3, 5, BEN),))

        assert told(plan) == [(0, 3, ADA, "turn"), (3, 5, BEN, "override"), (5, 10, ADA, "turn")]

    def test_gives_each_the_shift_of_the_other_after_a_swap(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA), span(10, 20, BEN)),),
            substitutions=(
                Substitution(1, hour(0), hour(10), ADA, BEN),
                Substitution(1, hour(10), hour(20), BEN, ADA),
            ),
        )

        assert told(plan) == [(0, 10, BEN, "swap"), (10, 20, ADA, "swap")]

    def test_swaps_a_part_of_a_shift(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA)),),
            substitutions=(Substitution(1, hour(2), hour(4), ADA, BEN),),
        )

        assert told(plan) == [(0, 2, ADA, "turn"), (2, 4, BEN, "swap"), (4, 10, ADA, "turn")]

    def test_hands_on_what_was_swapped_and_swapped_again(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA)),),
            substitutions=(
                Substitution(1, hour(0), hour(10), ADA, BEN),
                Substitution(1, hour(0), hour(10), BEN, CLEO),
            ),
        )

        assert told(plan) == [(0, 10, CLEO, "swap")]

    def test_takes_out_whoever_is_away(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA)), layer(2, span(0, 10, BEN))),
            away={ADA: [(hour(2), hour(5))]},
        )

        assert told(plan) == [(0, 2, ADA, "turn"), (2, 5, BEN, "turn"), (5, 10, ADA, "turn")]

    def test_lets_an_override_of_somebody_away_fall_back_to_the_layers(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA)),),
            overrides=(span(0, 10, BEN),),
            away={BEN: [(hour(0), hour(10))]},
        )

        assert told(plan) == [(0, 10, ADA, "turn")]

    def test_keeps_what_was_in_force_before_an_edit(self):
        before = LayerPlan(1, "Before", hour(0), hour(5), imported=(span(0, 10, ADA),))
        after = LayerPlan(1, "After", hour(5), None, imported=(span(0, 10, BEN),))

        assert told(Plan(layers=(before, after))) == [(0, 5, ADA, "turn"), (5, 10, BEN, "turn")]


class TestSeats:
    def test_hold_the_override_first_and_the_layers_below_the_one_it_stands_for(self):
        plan = Plan(
            layers=(layer(1, span(0, 10, ADA)), layer(2, span(0, 10, BEN))),
            overrides=(span(0, 10, CLEO),),
        )
        seats = lay_out(plan, hour(0), hour(10)).seats(hour(1))

        assert [(seat.person, seat.layer) for seat in seats] == [(CLEO, 0), (BEN, 2)]

    def test_hold_each_person_once(self):
        plan = Plan(layers=(layer(1, span(0, 10, ADA)), layer(2, span(0, 10, ADA))))

        assert len(lay_out(plan, hour(0), hour(10)).seats(hour(1))) == 1

    def test_are_empty_where_nobody_stands(self):
        assert lay_out(Plan(), hour(0), hour(10)).seats(hour(1)) == []


class TestLanes:
    def test_put_people_who_are_on_call_at_once_side_by_side(self):
        one, two, three = span(0, 10, ADA), span(5, 15, BEN), span(10, 20, CLEO)

        assert lanes([two, three, one]) == [[one, three], [two]]


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(1, 3)), max_size=8
).map(lambda found: [span(start, start + length, person) for start, length, person in found])


class TestWhateverTheLayers:
    @given(SPANS, SPANS, SPANS, SPANS, st.integers(0, 95))
    def test_the_final_schedule_says_at_every_moment_who_has_the_first_seat(
        self, one, two, overriding, away, moment
    ):
        overrides = lanes(overriding)[0] if overriding else []
        plan = Plan(
            layers=(layer(1, *one), layer(2, *two)),
            overrides=tuple(overrides),
            away={each.person: [(each.starts_at, each.ends_at)] for each in away},
        )
        layout = lay_out(plan, hour(0), hour(100))
        seats = layout.seats(hour(moment))
        standing = [piece for piece in layout.final if stacking.covers(piece, hour(moment))]

        assert standing == list(seats[:1])
        people = [
            piece.person
            for strand in (layout.overrides, *(strand.pieces for strand in layout.strands))
            for piece in strand
            if stacking.covers(piece, hour(moment))
        ]
        assert [piece.person for piece in standing] == people[:1]

    @given(SPANS, SPANS)
    def test_the_final_schedule_and_its_holes_fill_the_time_without_overlap(self, one, two):
        plan = Plan(layers=(layer(1, *one), layer(2, *two)))
        final = stacking.cut(lay_out(plan, hour(0), hour(100)).final, hour(0), hour(100))
        edges = [(piece.starts_at, piece.ends_at) for piece in final]
        together = sorted([*edges, *stacking.holes(final, hour(0), hour(100))])

        assert together[0][0] == hour(0)
        assert together[-1][1] == hour(100)
        assert all(a[1] == b[0] for a, b in pairwise(together))

    @given(SPANS, st.integers(0, 60), st.integers(1, 30))
    def test_a_swap_moves_hours_and_neither_adds_nor_loses_any(self, spans, start, length):
        rows = lanes(spans)[0] if spans else []
        pieces = stacking.pieces_of(rows, layer=1)
        change = Substitution(1, hour(start), hour(start + length), ADA, BEN)
        changed = stacking.exchanged(pieces, [change])

        total = sum((each.ends_at - each.starts_at for each in pieces), dt.timedelta())
        assert sum((each.ends_at - each.starts_at for each in changed), dt.timedelta()) == total
        inside = stacking.cut(changed, change.starts_at, change.ends_at)
        assert all(each.person != ADA for each in inside)
        assert {each.how for each in changed} <= {How.TURN, How.SWAP}
