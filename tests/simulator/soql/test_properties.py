# ruff: noqa: S608 - the queries are SOQL over rows in memory; nothing speaks SQL here
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.simulator.soql import FieldInfo, QueryResult, SoqlError, run_query
from orchestrator.simulator.soql.nodes import DateLiteral
from orchestrator.simulator.soql.periods import UNITS, period
from orchestrator.simulator.soql.values import full_id
from tests.simulator.soql.org import ACCOUNT, AT, DELETED, ID, Org, account, ask, entity, sf_id

Test = Callable[[dict[str, Any]], bool]

ESCAPED = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
# Casefold and the regular expressions' own folding agree on these; Unicode's rest is not the point.
LETTERS = st.text(alphabet="aAbB%_ '\\.", max_size=6)
INDUSTRIES = st.sampled_from(["Energy", "Biotech", None])
SIZES = st.integers(-5, 5) | st.none()


def quoted(text: str) -> str:
    return "'" + "".join(ESCAPED.get(letter, letter) for letter in text) + "'"


def asked(rows: list[dict[str, Any]], text: str) -> QueryResult:
    return run_query(text, source=Org({"Account": rows}), at=AT)


def ids(rows: list[dict[str, Any]], text: str) -> list[str]:
    return [record["Id"] for record in asked(rows, text).records]


@st.composite
def orgs(draw: st.DrawFn) -> list[dict[str, Any]]:
    drawn = draw(st.lists(st.tuples(LETTERS, INDUSTRIES, SIZES), max_size=8))
    return [
        account(sf_id("001", n), name, Industry=industry, NumberOfEmployees=size)
        for n, (name, industry, size) in enumerate(drawn, 1)
    ]


def compared(operator: str, value: Any, wanted: Any) -> bool:
    if operator in ("=", "!="):
        return bool((value == wanted) == (operator == "="))
    if value is None:
        return False
    tests = {"<": value < wanted, "<=": value <= wanted, ">": value > wanted}
    return bool(tests.get(operator, value >= wanted))


@st.composite
def size_tests(draw: st.DrawFn) -> tuple[str, Test]:
    operator = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    wanted = draw(st.integers(-5, 5))
    return (
        f"NumberOfEmployees {operator} {wanted}",
        lambda row: compared(operator, row["NumberOfEmployees"], wanted),
    )


@st.composite
def industry_tests(draw: st.DrawFn) -> tuple[str, Test]:
    wanted = draw(st.sets(INDUSTRIES, min_size=1))
    negated = draw(st.booleans())
    literals = ", ".join(
        "null" if each is None else quoted(each) for each in sorted(wanted, key=str)
    )
    return (
        f"Industry {'NOT IN' if negated else 'IN'} ({literals})",
        lambda row: (row["Industry"] in wanted) != negated,
    )


def joined(inner: st.SearchStrategy[tuple[str, Test]]) -> st.SearchStrategy[tuple[str, Test]]:
    pairs = st.tuples(inner, inner)
    return (
        pairs.map(
            lambda p: (f"({p[0][0]} AND {p[1][0]})", lambda row: p[0][1](row) and p[1][1](row))
        )
        | pairs.map(
            lambda p: (f"({p[0][0]} OR {p[1][0]})", lambda row: p[0][1](row) or p[1][1](row))
        )
        | inner.map(lambda each: (f"(NOT {each[0]})", lambda row: not each[1](row)))
    )


CONDITIONS = st.recursive(size_tests() | industry_tests(), joined, max_leaves=6)


class TestConditions:
    @given(rows=orgs(), condition=CONDITIONS)
    def test_select_exactly_the_rows_that_meet_them(
        self, rows: list[dict[str, Any]], condition: tuple[str, Test]
    ):
        text, meets = condition

        expected = [row["Id"] for row in rows if meets(row)]

        assert ids(rows, f"SELECT Id FROM Account WHERE {text}") == expected

    @given(rows=orgs(), condition=CONDITIONS)
    def test_part_the_rows_with_their_negation(
        self, rows: list[dict[str, Any]], condition: tuple[str, Test]
    ):
        inside = asked(rows, f"SELECT COUNT() FROM Account WHERE {condition[0]}").total_size
        outside = asked(rows, f"SELECT COUNT() FROM Account WHERE NOT {condition[0]}").total_size

        assert inside + outside == len(rows)


class TestStrings:
    @given(name=st.text(st.characters(codec="utf-8"), min_size=1))
    def test_every_name_can_be_asked_for(self, name: str):
        rows = [account(sf_id("001", 1), name)]

        assert ids(rows, f"SELECT Id FROM Account WHERE Name = {quoted(name)}") == [sf_id("001", 1)]

    @given(name=LETTERS.filter(bool), pattern=LETTERS)
    def test_like_agrees_with_a_matcher_written_by_hand(self, name: str, pattern: str):
        rows = [account(sf_id("001", 1), name)]
        # A backslash before a wildcard would escape it; here every backslash stands for itself.
        expected = matches(pattern.lower(), name.lower())

        found = ids(rows, f"SELECT Id FROM Account WHERE Name LIKE {quoted(pattern)}")

        assert bool(found) == expected

    def test_many_percent_signs_cost_no_more_than_a_search(self):
        rows = [account(sf_id("001", 1), "a" * 20_000)]

        assert ids(rows, f"SELECT Id FROM Account WHERE Name LIKE '{'%a' * 40}b'") == []


def matches(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(matches(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and matches(pattern[1:], text[1:])


class TestOrder:
    @given(
        rows=orgs(),
        descending=st.booleans(),
        nulls_last=st.booleans(),
        limit=st.integers(0, 9),
        offset=st.integers(0, 9),
    )
    def test_pages_through_the_sorted_rows(
        self,
        rows: list[dict[str, Any]],
        descending: bool,
        nulls_last: bool,
        limit: int,
        offset: int,
    ):
        text = (
            f"SELECT Id FROM Account ORDER BY NumberOfEmployees {'DESC' if descending else ''} "
            f"NULLS {'LAST' if nulls_last else 'FIRST'}, Id LIMIT {limit} OFFSET {offset}"
        )
        sign = -1 if descending else 1

        def key(row: dict[str, Any]) -> tuple[bool, int, str]:
            size = row["NumberOfEmployees"]
            return ((size is None) == nulls_last, sign * (size or 0), row["Id"])

        expected = [row["Id"] for row in sorted(rows, key=key)]
        assert ids(rows, text) == expected[offset : offset + limit]


class TestGroups:
    @given(rows=orgs())
    def test_add_up_to_the_rows(self, rows: list[dict[str, Any]]):
        found = asked(
            rows,
            "SELECT Industry, COUNT(Id) n, SUM(NumberOfEmployees) total, "
            "MIN(NumberOfEmployees) least FROM Account GROUP BY Industry",
        ).records

        assert {r["Industry"] for r in found} == {row["Industry"] for row in rows}
        for record in found:
            members = [row for row in rows if row["Industry"] == record["Industry"]]
            sizes = [r["NumberOfEmployees"] for r in members if r["NumberOfEmployees"] is not None]
            assert record["n"] == len(members)
            assert record["total"] == (sum(sizes) if sizes else None)
            assert record["least"] == min(sizes, default=None)

    def test_over_two_thousand_are_refused(self):
        rows = [account(sf_id("001", n), f"Account {n}") for n in range(2001)]

        with pytest.raises(SoqlError, match="does not support queryMore"):
            asked(rows, "SELECT Name FROM Account GROUP BY Name")
        assert asked(rows, "SELECT Name FROM Account GROUP BY Name LIMIT 2000").total_size == 2000


class TestAnyText:
    WORDS = st.sampled_from(
        [
            "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "GROUP BY", "HAVING",
            "ORDER BY", "DESC", "NULLS", "FIRST", "LIMIT", "OFFSET", "COUNT", "SUM", "FIELDS",
            "ALL", "Account", "Contacts", "Name", "Id", "Owner.Name", "CreatedDate", "Industry",
            "NumberOfEmployees", "(", ")", ",", "=", "!=", "<", ">=", "'x'", "'%a_'", "'", "5",
            "-1.5", "1e999", "null", "true", "TODAY", "LAST_N_DAYS:3", "N_YEARS_AGO:9999",
            "2026-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "INCLUDES",
        ]
    )  # fmt: skip

    CODES = frozenset(
        {
            "", "MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE", "NUMBER_OUTSIDE_VALID_RANGE",
            "INVALID_QUERY_FILTER_OPERATOR", "QUERY_TOO_COMPLICATED",
        }
    )  # fmt: skip

    @given(words=st.lists(WORDS, max_size=12))
    def test_is_answered_or_refused(self, words: list[str]):
        self.is_answered_or_refused(" ".join(words))

    @given(words=st.lists(WORDS, max_size=8))
    def test_is_answered_or_refused_after_a_good_beginning(self, words: list[str]):
        self.is_answered_or_refused(f"SELECT Id FROM Account WHERE {' '.join(words)}")

    @given(text=st.text(max_size=40))
    def test_is_answered_or_refused_even_without_words(self, text: str):
        self.is_answered_or_refused(text)

    def is_answered_or_refused(self, text: str) -> None:
        try:
            code = "" if ask(text).total_size <= 3 else "more rows than there are"
        except SoqlError as refusal:
            code = refusal.error_code
        assert code in self.CODES


class TestPeriods:
    DAYS = st.dates(dt.date(1000, 1, 1), dt.date(3000, 1, 1))

    @given(today=DAYS, unit=st.sampled_from(sorted(UNITS)))
    def test_last_this_and_next_follow_one_another(self, today: dt.date, unit: str):
        last, this, after = (
            period(DateLiteral(f"{which}_{unit}"), today=today)
            for which in ("LAST", "THIS", "NEXT")
        )

        assert last[0] < last[1] == this[0] <= today < this[1] == after[0] < after[1]

    @given(today=DAYS, unit=st.sampled_from(sorted(UNITS)), count=st.integers(1, 60))
    def test_n_of_them_reach_as_far_as_the_nth_one_ago(self, today: dt.date, unit: str, count: int):
        several = period(DateLiteral(f"LAST_N_{unit}S", count), today=today)
        single = period(DateLiteral(f"N_{unit}S_AGO", count), today=today)
        this = period(DateLiteral(f"THIS_{unit}"), today=today)

        assert several == (single[0], this[0])

    @given(today=DAYS, count=st.integers(1, 400))
    def test_days_count_from_midnight(self, today: dt.date, count: int):
        def days(name: str) -> list[int]:
            first, end = period(DateLiteral(name, count), today=today)
            return [(first - today).days, (end - today).days]

        assert days("LAST_N_DAYS") == [-count, 1]
        assert days("NEXT_N_DAYS") == [1, count + 1]
        assert days("N_DAYS_AGO") == [-count, 1 - count]

    def test_weeks_begin_on_sunday(self):
        assert period(DateLiteral("THIS_WEEK"), today=AT.date()) == (
            dt.date(2026, 3, 15),
            dt.date(2026, 3, 22),
        )


class TestFullId:
    def test_adds_the_suffix_that_tells_cases_apart(self):
        assert full_id("001R00000066cnd") == "001R00000066cndIAA"
        assert full_id("001R00000066cndIAA") == "001R00000066cndIAA"


class TestSource:
    def test_may_hold_objects_without_rows(self):
        empty = entity("Empty__c", [ID, DELETED, FieldInfo("Name", "string")])
        org = Org({})
        org._objects["empty__c"] = empty

        found = run_query("SELECT Name FROM empty__C", source=org, at=AT)

        assert (found.total_size, found.records) == (0, [])
        assert org.object_named("ACCOUNT") is ACCOUNT
