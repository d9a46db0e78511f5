"""`/search` and `/parameterizedSearch`."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of


@pytest.fixture
def org(api: Api) -> Api:
    api.seed(
        {"object": "Account", "fields": {"Name": "Acme Bakery", "Description": "Pays late"}},
        {"object": "Account", "fields": {"Name": "O'Hara & Sons", "Industry": "Energy"}},
        {"object": "Lead", "fields": {
            "LastName": "Acmeson", "Company": "Acme", "Email": "lee@acme.example"}},
    )  # fmt: skip
    return api


def find(api: Api, statement: str) -> Any:
    answer = api.get("search", params={"q": statement})
    assert answer.status_code == 200, answer.text
    return answer.json()["searchRecords"]


def names(api: Api, statement: str) -> list[str]:
    return [record["Name"] for record in find(api, statement)]


class TestStatements:
    def test_find_whole_words_in_any_text(self, org: Api):
        found = find(org, "FIND {acme} RETURNING Account(Id, Name ORDER BY Name), Lead(Company)")

        assert [record.get("Name") or record["Company"] for record in found] == [
            "Acme", "Acme Bakery", "Acme",
        ]  # fmt: skip
        assert found[0]["attributes"]["type"] == "Account"
        assert found[0]["Id"] == org.ids["acme"]
        assert "Id" not in found[2]

    @pytest.mark.parametrize(
        ("term", "expected"),
        [
            ("acm", []),
            ("acm*", ["Acme", "Acme Bakery"]),
            ("acm?", ["Acme", "Acme Bakery"]),
            ("late", ["Acme Bakery"]),
            ("acme late", ["Acme Bakery"]),
            ('"acme bakery"', ["Acme Bakery"]),
            ('"bakery acme"', []),
            ("bakery OR globex", ["Acme Bakery", "Globex"]),
            ("acme AND bakery", ["Acme Bakery"]),
            (r"O'Hara \& Sons", ["O'Hara & Sons"]),
        ],
    )
    def test_read_terms(self, org: Api, term, expected):
        assert names(org, f"FIND {{{term}}} RETURNING Account(Name ORDER BY Name)") == expected

    def test_look_at_names_only_when_told_to(self, org: Api):
        assert names(org, "FIND {late} IN NAME FIELDS RETURNING Account(Name)") == []
        assert len(names(org, "FIND {late} IN ALL FIELDS RETURNING Account(Name)")) == 1

    def test_narrow_down_by_conditions_and_limits(self, org: Api):
        narrow = "FIND {acme*} RETURNING Account(Name WHERE Name LIKE '%Bak, y%' OR Name = 'Acme')"

        assert names(org, narrow) == ["Acme"]
        assert names(org, "FIND {acme} RETURNING Account(Name ORDER BY Name LIMIT 1)") == ["Acme"]
        assert len(find(org, "FIND {acme} RETURNING Account(Id), Lead(Id) LIMIT 2")) == 2

    def test_search_every_object_when_none_is_named(self, org: Api):
        found = find(org, "FIND {acme}")

        kinds = {record["attributes"]["type"] for record in found}
        assert kinds == {"Account", "Lead"}
        assert all(set(record) == {"attributes", "Id"} for record in found)

    def test_do_not_find_what_is_in_the_recycle_bin(self, org: Api):
        org.delete(f"sobjects/Account/{org.ids['acme']}")

        assert names(org, "FIND {acme} RETURNING Account(Name)") == ["Acme Bakery"]

    @pytest.mark.parametrize(
        ("statement", "code"),
        [
            ("", "MALFORMED_SEARCH"),
            ("SELECT Id FROM Account", "MALFORMED_SEARCH"),
            ("FIND acme", "MALFORMED_SEARCH"),
            ("FIND {a}", "MALFORMED_SEARCH"),
            ("FIND {*}", "MALFORMED_SEARCH"),
            ("FIND {acme} RETURNING Account()", "MALFORMED_SEARCH"),
            ("FIND {acme} RETURNING Nothing(Id)", "INVALID_TYPE"),
            ("FIND {acme} RETURNING Account(Nothing)", "INVALID_FIELD"),
            ("FIND {acme} RETURNING Account(Id WHERE Nothing = 1)", "INVALID_FIELD"),
        ],
    )
    def test_are_refused_when_they_make_no_sense(self, org: Api, statement, code):
        answer = org.get("search", params={"q": statement})

        assert error_of(answer) == (400, code)

    def test_are_read_only(self, org: Api):
        assert error_of(org.post("search", {}))[0] == 405


class TestParameters:
    def test_of_an_address_name_several_objects(self, org: Api):
        answer = org.get(
            "parameterizedSearch?q=acme&sobject=Account&Account.fields=Id,Name"
            "&Account.limit=1&sobject=Lead&Lead.fields=Company"
        )

        found = answer.json()["searchRecords"]
        assert [record["attributes"]["type"] for record in found] == ["Account", "Lead"]
        assert found[1]["Company"] == "Acme"

    def test_of_a_body_narrow_down(self, org: Api):
        answer = org.post(
            "parameterizedSearch/",
            {
                "q": "acme*", "in": "ALL", "fields": ["Name"], "defaultLimit": 5,
                "sobjects": [{"name": "Account", "where": "Name != 'Acme'"}],
            },
        )  # fmt: skip

        assert [one["Name"] for one in answer.json()["searchRecords"]] == ["Acme Bakery"]

    @pytest.mark.parametrize(
        "body", [{}, {"q": "acme", "sobjects": "Account"}, {"q": "acme", "overallLimit": "many"}]
    )
    def test_of_a_body_must_be_readable(self, org: Api, body):
        assert error_of(org.post("parameterizedSearch", body))[0] == 400
