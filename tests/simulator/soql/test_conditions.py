# ruff: noqa: S608 - the queries are SOQL over rows in memory; nothing speaks SQL here
import pytest

from tests.simulator.soql.org import ADA, ask, names

N, S, E = "Northwind Metering", "southgate labs", "Eastmark O'Dell"


class TestWhere:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("Name = 'NORTHWIND METERING'", [N]),
            ("Name != 'Northwind Metering'", [S, E]),
            ("Name <> 'Northwind Metering'", [S, E]),
            ("Name > 'm'", [N, S]),
            (r"Name = 'Eastmark O\'Dell'", [E]),
            ("NumberOfEmployees >= 35", [N, S]),
            ("NumberOfEmployees > 35", [N]),
            ("NumberOfEmployees < 420", [S]),
            ("NumberOfEmployees <= 420.0", [N, S]),
            ("NumberOfEmployees != 35", [N, E]),
            ("AnnualRevenue = 1500000.5", [N]),
            ("AnnualRevenue = 1.5000005e6", [N]),
            ("Industry = null", [E]),
            ("Industry != null", [N, S]),
            ("Industry = ''", [E]),
            ("Industry IN ('energy', 'Biotech')", [N, S]),
            ("Industry IN (null, 'Energy')", [N, E]),
            ("Industry NOT IN ('Energy')", [S, E]),
            ("Owner.Name = 'Ada Holm'", [N, E]),
            ("Owner.Manager.Name = null", [S]),
            ("IsDeleted = false", [N, S, E]),
            ("IsDeleted = TRUE", []),
        ],
    )
    def test_compares_by_type(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE {condition}") == expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("NumberOfEmployees > 1 AND Industry = 'Energy'", [N]),
            ("Industry = null OR Industry = 'Biotech' OR Industry = 'x'", [S, E]),
            ("NOT Industry = 'Energy'", [S, E]),
            ("(NOT Name LIKE 'n%') AND (Industry = null OR Industry = 'Energy')", [E]),
            ("NOT (Industry = 'Energy' OR Industry = null)", [S]),
            ("((((Industry = 'Energy'))))", [N]),
        ],
    )
    def test_joins_conditions(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE {condition}") == expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("Name LIKE 'north%'", [N]),
            ("Name LIKE '%LABS'", [S]),
            ("Name LIKE '%e%n%'", [N]),
            ("Name LIKE '_astmark%'", [E]),
            ("Name LIKE 'Northwind'", []),
            (r"Tier__c LIKE '50\% off\_site'", [N]),
            (r"Tier__c LIKE '50\% off\_s_te'", [N]),
            (r"Tier__c LIKE '5\_% off%'", []),
            ("Tier__c LIKE '%'", [N]),
            ("Name LIKE '.*'", []),
        ],
    )
    def test_matches_like_with_escapes(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE {condition}") == expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("INCLUDES ('EMEA')", [N]),
            ("INCLUDES ('APAC;EMEA', 'AMER')", [N, S]),
            ("INCLUDES ('EMEA;AMER')", []),
            ("EXCLUDES ('EMEA')", [S, E]),
        ],
    )
    def test_looks_into_multi_select_picklists(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE Regions__c {condition}") == expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("Id IN (SELECT AccountId FROM Contact)", [N]),
            ("Id NOT IN (SELECT AccountId FROM Contact)", [S, E]),
            ("Id IN (SELECT AccountId FROM Opportunity WHERE Amount = null)", [S]),
            ("OwnerId IN (SELECT Id FROM User WHERE Name LIKE 'A%') AND Industry = null", [E]),
        ],
    )
    def test_joins_with_a_subselect(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE {condition}") == expected

    def test_compares_ids_by_their_case(self):
        assert names(f"SELECT Name FROM Account WHERE OwnerId = '{ADA[:15]}'") == [N, E]


class TestMoments:
    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("= TODAY", [N]),
            ("= YESTERDAY", [S]),
            ("!= TODAY", [S, E]),
            ("< TODAY", [S, E]),
            ("<= YESTERDAY", [S, E]),
            ("> YESTERDAY", [N]),
            (">= YESTERDAY", [N, S]),
            ("= LAST_N_DAYS:1", [N, S]),
            ("= N_DAYS_AGO:1", [S]),
            ("= THIS_WEEK", [N, S]),
            ("= LAST_YEAR", [E]),
            ("< THIS_YEAR", [E]),
            ("= LAST_N_MONTHS:3", [E]),
            (">= 2026-03-18T00:00:00Z", [N]),
            ("= 2026-03-18T01:00:00+01:00", [N]),
            ("> 2026-03-17T23:59:58.999+0000", [N, S]),
            ("= null", []),
        ],
    )
    def test_compares_datetimes(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Account WHERE CreatedDate {condition}") == expected

    @pytest.mark.parametrize(
        ("condition", "expected"),
        [
            ("= THIS_MONTH", ["Deal"]),
            ("= NEXT_MONTH", ["Small"]),
            ("= NEXT_N_DAYS:14", ["Deal", "Small"]),
            ("= NEXT_N_DAYS:13", ["Deal"]),
            ("= THIS_QUARTER", ["Deal", "Lost"]),
            ("= NEXT_QUARTER", ["Small"]),
            ("= 2026-03-31", ["Deal"]),
            ("> 2026-03-31", ["Small"]),
            ("IN (2026-03-31, 2026-04-01)", ["Deal", "Small"]),
        ],
    )
    def test_compares_dates(self, condition: str, expected: list[str]):
        assert names(f"SELECT Name FROM Opportunity WHERE CloseDate {condition}") == expected


class TestCount:
    def test_counts_without_records(self):
        found = ask("SELECT COUNT() FROM Account WHERE NumberOfEmployees != null")

        assert (found.total_size, found.records) == (2, [])

    def test_counts_within_the_limit(self):
        assert ask("SELECT count() FROM Account LIMIT 1").total_size == 1
