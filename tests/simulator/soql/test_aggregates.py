import pytest

from orchestrator.simulator.soql import SoqlError
from tests.simulator.soql.org import ask

RESULT = {"attributes": {"type": "AggregateResult"}}


class TestAggregates:
    def test_answer_one_record_without_grouping(self):
        found = ask(
            "SELECT COUNT(Amount), COUNT_DISTINCT(StageName) stages, SUM(Amount), AVG(Amount) mean,"
            " MIN(CloseDate), MAX(CloseDate) latest FROM Opportunity"
        )

        assert found.total_size == 1
        assert found.records == [
            {
                **RESULT,
                "expr0": 2,
                "stages": 2,
                "expr1": 150.0,
                "mean": 75.0,
                "expr2": "2026-01-15",
                "latest": "2026-04-01",
            }
        ]

    def test_answer_null_for_a_sum_of_nothing(self):
        assert ask("SELECT SUM(Amount), COUNT(Id) n FROM Opportunity WHERE Name = 'x'").records == [
            {**RESULT, "expr0": None, "n": 0}
        ]

    def test_group_by_fields_of_the_object_and_its_parents(self):
        found = ask(
            "SELECT StageName stage, Account.Name, COUNT(Id) FROM Opportunity "
            "GROUP BY StageName, Account.Name ORDER BY COUNT(Id) DESC"
        )

        assert found.records == [
            {**RESULT, "stage": "Negotiation", "Name": "Northwind Metering", "expr0": 2},
            {**RESULT, "stage": "Closed Lost", "Name": "southgate labs", "expr0": 1},
        ]

    def test_keep_the_group_of_nulls(self):
        found = ask("SELECT Industry, COUNT(Id) n FROM Account GROUP BY Industry ORDER BY Industry")

        assert [(r["Industry"], r["n"]) for r in found.records] == [
            (None, 1),
            ("Biotech", 1),
            ("Energy", 1),
        ]

    def test_leave_out_the_groups_that_having_leaves_out(self):
        found = ask(
            "SELECT StageName FROM Opportunity GROUP BY StageName "
            "HAVING COUNT(Id) > 1 AND StageName LIKE 'N%'"
        )

        assert found.records == [{**RESULT, "StageName": "Negotiation"}]

    def test_limit_the_groups(self):
        found = ask("SELECT StageName FROM Opportunity GROUP BY StageName LIMIT 1 OFFSET 1")

        assert found.records == [{**RESULT, "StageName": "Closed Lost"}]

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("SELECT Name, COUNT(Id) FROM Account", "grouped or aggregated: Name"),
            ("SELECT Name FROM Account GROUP BY Industry", "grouped or aggregated: Name"),
            (
                "SELECT Industry FROM Account GROUP BY Industry ORDER BY Name",
                "grouped or aggregated: Name",
            ),
            ("SELECT SUM(Name) FROM Account", "field Name does not support aggregate operator SUM"),
            ("SELECT MAX(Id) FROM Account", "does not support aggregate operator MAX"),
            ("SELECT COUNT(Id) n, MAX(Name) N FROM Account", "duplicate alias: N"),
            ("SELECT COUNT(), Name FROM Account GROUP BY Name", "use COUNT"),
            ("SELECT FIELDS(ALL), COUNT(Id) FROM Account LIMIT 2", "cannot stand beside"),
            ("SELECT COUNT() FROM Account ORDER BY Name", "cannot be ordered"),
            ("SELECT Id FROM Account WHERE COUNT(Id) > 1", "Aggregate COUNT cannot be used here"),
            ("SELECT Id x FROM Account", "only aggregate expressions use field aliasing"),
        ],
    )
    def test_are_refused_where_they_make_no_sense(self, text: str, complaint: str):
        with pytest.raises(SoqlError, match=complaint) as caught:
            ask(text)
        assert caught.value.error_code == "MALFORMED_QUERY"
