# ruff: noqa: S608 - the queries are SOQL over rows in memory; nothing speaks SQL here
import pytest

from orchestrator.simulator.soql import SoqlError
from tests.simulator.soql.org import ask


def refused(text: str) -> SoqlError:
    with pytest.raises(SoqlError) as caught:
        ask(text)
    return caught.value


class TestRefusal:
    def test_shows_the_place(self):
        error = refused("SELECT Id,\n  Nmae FROM Account")

        assert error.error_code == "INVALID_FIELD"
        assert error.message.startswith(
            "\n  Nmae FROM Account\n  ^\nERROR at Row:2:Column:3\n"
            "No such column 'Nmae' on entity 'Account'. If you are attempting to use a custom field"
        )

    def test_shows_only_the_surroundings_in_a_long_query(self):
        error = refused(f"SELECT Id FROM Account WHERE Name = '{'x' * 500}' AND Nmae = 'y'")

        _, line, caret, place, _ = error.message.split("\n")
        assert len(line) <= 80
        assert line[caret.index("^") :].startswith("Nmae")
        assert place == "ERROR at Row:1:Column:544"

    @pytest.mark.parametrize(
        ("text", "token"),
        [
            ("", "<EOF>"),
            ("UPDATE Account", "UPDATE"),
            ("SELECT FROM Account", "FROM"),
            ("SELECT Id FORM Account", "Account"),
            ("SELECT Id, FROM Account", "FROM"),
            ("SELECT Id FROM Account WHERE", "<EOF>"),
            ("SELECT Id FROM Account WHERE Name", "<EOF>"),
            ("SELECT Id FROM Account WHERE Name = ", "<EOF>"),
            ("SELECT Id FROM Account WHERE Name = Bob", "Bob"),
            ("SELECT Id FROM Account WHERE Name = :bind", ":"),
            ("SELECT Id FROM Account WHERE Name IN 'x'", "x"),
            ("SELECT Id FROM Account WHERE Name IN ()", ")"),
            ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "OR"),
            ("SELECT Id FROM Account WHERE (Name = 'a'", "<EOF>"),
            ("SELECT Id FROM Account WHERE Name LIKE 5", "5"),
            ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS", "<EOF>"),
            ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:-1", "-1"),
            ("SELECT Id FROM Account LIMIT x", "x"),
            ("SELECT Id FROM Account LIMIT 1.5", "1.5"),
            ("SELECT Id FROM Account LIMIT 99999999999", "99999999999"),
            ("SELECT Id FROM Account ORDER BY Name NULLS", "<EOF>"),
            ("SELECT Id FROM Account ORDER BY Name, LIMIT 1", "1"),
            ("SELECT Id FROM Account FOR UPDATE", "FOR"),
            ("SELECT FIELDS(SOME) FROM Account", "SOME"),
            ("SELECT toLabel(Industry) FROM Account", "toLabel"),
            ("SELECT TYPEOF What WHEN Account THEN Phone END FROM Task", "WHEN"),
        ],
    )
    def test_names_the_token_that_cannot_stand_there(self, text: str, token: str):
        error = refused(text)

        assert error.error_code == "MALFORMED_QUERY"
        assert error.message.endswith(f"unexpected token: '{token}'")

    @pytest.mark.parametrize(
        ("text", "code", "complaint"),
        [
            ("SELECT Id FROM Akkount", "INVALID_TYPE", "sObject type 'Akkount' is not supported."),
            ("SELECT Owner.Nmae FROM Account", "INVALID_FIELD", "'Nmae' on entity 'User'"),
            ("SELECT Ownr.Name FROM Account", "INVALID_FIELD", "understand relationship 'Ownr'"),
            ("SELECT What.Phone FROM Task", "INVALID_FIELD", "'Phone' on entity 'Name'"),
            ("SELECT Name, name FROM Account", "MALFORMED_QUERY", "duplicate field selected: Name"),
            (
                "SELECT Id FROM Account WHERE NumberOfEmployees = '5'",
                "INVALID_FIELD",
                "'NumberOfEmployees' must be of type int and should not be enclosed in quotes",
            ),
            (
                "SELECT Id FROM Account WHERE Name = 5",
                "INVALID_FIELD",
                "'Name' must be of type string and should be enclosed in quotes",
            ),
            (
                "SELECT Id FROM Account WHERE CreatedDate = 2026-01-01",
                "INVALID_FIELD",
                "must be of type dateTime",
            ),
            (
                "SELECT Id FROM Opportunity WHERE CloseDate = 2026-01-01T00:00:00Z",
                "INVALID_FIELD",
                "must be of type date ",
            ),
            ("SELECT Id FROM Account WHERE Name = TODAY", "INVALID_FIELD", "type string"),
            ("SELECT Id FROM Opportunity WHERE IsWon = 'x'", "INVALID_FIELD", "type boolean"),
            (
                "SELECT Id FROM Account WHERE Id = 'x'",
                "INVALID_QUERY_FILTER_OPERATOR",
                "invalid ID field: x",
            ),
            (
                "SELECT Id FROM Account WHERE Id LIKE '001%'",
                "INVALID_QUERY_FILTER_OPERATOR",
                "invalid operator on id field",
            ),
            (
                "SELECT Id FROM Opportunity WHERE IsWon > true",
                "INVALID_QUERY_FILTER_OPERATOR",
                "invalid operator on boolean field",
            ),
            (
                "SELECT Id FROM Account WHERE Name INCLUDES ('x')",
                "INVALID_QUERY_FILTER_OPERATOR",
                "invalid operator on string field",
            ),
            (
                "SELECT Id FROM Account WHERE CreatedDate > 2026-13-01T00:00:00Z",
                "INVALID_QUERY_FILTER_OPERATOR",
                "invalid date: 2026-13-01T00:00:00Z",
            ),
            (
                "SELECT Id FROM Account WHERE CreatedDate > LAST_N_DAYS:999999999",
                "NUMBER_OUTSIDE_VALID_RANGE",
                "LAST_N_DAYS is too far away",
            ),
            (
                "SELECT Id FROM Account WHERE Name = 'x' OR Id IN (SELECT AccountId FROM Contact)",
                "MALFORMED_QUERY",
                "only allowed at the top level",
            ),
            (
                "SELECT Id FROM Account WHERE Id IN (SELECT LastName FROM Contact)",
                "MALFORMED_QUERY",
                "should be an id field, cannot use: 'LastName'",
            ),
            (
                "SELECT Id FROM Account WHERE Name IN (SELECT AccountId FROM Contact)",
                "MALFORMED_QUERY",
                "cannot use: 'Name'",
            ),
            (
                "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Id IN "
                "(SELECT Id FROM Contact))",
                "MALFORMED_QUERY",
                "Nesting of semi join sub-selects is not supported",
            ),
            ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "unterminated string"),
            (
                r"SELECT Id FROM Account WHERE Name = '\q'",
                "MALFORMED_QUERY",
                "invalid string escape",
            ),
            (
                r"SELECT Id FROM Account WHERE Name = '\%'",
                "MALFORMED_QUERY",
                "invalid string escape",
            ),
            ("SELECT Id; FROM Account", "MALFORMED_QUERY", "unexpected character: ';'"),
            (
                "SELECT ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.ReportsTo.LastName "
                "FROM Contact",
                "MALFORMED_QUERY",
                "at most 5 parents",
            ),
        ],
    )
    def test_has_the_documented_code(self, text: str, code: str, complaint: str):
        error = refused(text)

        assert error.error_code == code
        assert complaint in error.message

    def test_bounds_the_length_of_a_query(self):
        error = refused(f"SELECT Id FROM Account WHERE Name = '{'x' * 100_000}'")

        assert error.error_code == "MALFORMED_QUERY"
        assert "100,000" in error.message

    def test_bounds_the_depth_of_a_query(self):
        error = refused(f"SELECT Id FROM Account WHERE {'(' * 5000}Name = 'x'{')' * 5000}")

        assert error.error_code == "QUERY_TOO_COMPLICATED"
