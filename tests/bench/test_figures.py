"""Figures: percentiles, the table, the file."""

import re

import pytest

from orchestrator.bench.figures import Figure, WrongOutcome, as_json, check, p95, percentile, table

CYCLES = Figure(
    name="Cycles",
    value=330.0,
    unit="/s",
    floor=1500.0,
    floor_name="raw SQL cycle",
    aim="at least 0.20 x",
    met=True,
)
QUERIES = Figure(name="Queries", value=13, unit="", aim="at most 12", met=False)


class TestPercentile:
    def test_is_the_smallest_value_that_the_share_does_not_exceed(self):
        values = [float(n) for n in range(100, 0, -1)]

        assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
        assert p95([7.0]) == 7.0

    def test_of_nothing_is_refused(self):
        with pytest.raises(ValueError, match="nothing"):
            percentile([], 0.5)


class TestTable:
    def test_shows_figure_floor_ratio_aim_and_whether_it_is_met(self):
        lines = table([CYCLES, QUERIES]).splitlines()

        assert lines[0].split() == ["Figure", "Here", "Floor", "of", "this", "run", "Ratio", "Aim"]
        assert re.split(" {2,}", lines[2]) == [
            "Cycles", "330.0 /s", "1500 /s", "raw SQL cycle", "0.22 x", "at least 0.20 x", "met"
        ]  # fmt: skip
        assert lines[3].split() == ["Queries", "13.00", "at", "most", "12", "missed"]


class TestAsJson:
    def test_keeps_the_numbers_and_the_ratio(self):
        [cycles, queries] = as_json([CYCLES, QUERIES])

        assert cycles["ratio"] == pytest.approx(0.22)
        assert (cycles["value"], cycles["floor"], cycles["met"]) == (330.0, 1500.0, True)
        assert queries["ratio"] is None


class TestCheck:
    def test_lets_what_holds_pass_and_stops_at_what_does_not(self):
        check(True, "fine")
        with pytest.raises(WrongOutcome, match="every record once"):
            check(False, "every record once")
