"""`/composite/tree`: parents with their children, inserted together or not at all."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of


def record(kind: str, reference: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


def below(*records: dict[str, Any]) -> dict[str, Any]:
    return {"records": list(records)}


def plant(api: Api, *records: dict[str, Any], kind: str = "Account") -> Any:
    return api.post(f"composite/tree/{kind}", below(*records))


def nested(levels: int) -> dict[str, Any]:
    tree = record("Account", f"a{levels}", Name=f"Level {levels}")
    for level in reversed(range(1, levels)):
        tree = record("Account", f"a{level}", Name=f"Level {level}", ChildAccounts=below(tree))
    return tree


class TestInsert:
    def test_makes_children_with_their_parents(self, api: Api):
        answer = plant(
            api,
            record(
                "Account", "parent", Name="Ostermark",
                Contacts=below(record("Contact", "child", LastName="Reyes")),
            ),
            record("Account", "other", Name="Palisade"),
        )  # fmt: skip

        body = answer.json()
        ids = {one["referenceId"]: one["id"] for one in body["results"]}
        assert (answer.status_code, body["hasErrors"]) == (201, False)
        assert set(ids) == {"parent", "child", "other"}
        assert api.record("Contact", ids["child"])["AccountId"] == ids["parent"]

    def test_shows_the_rows_that_failed_and_keeps_none(self, api: Api):
        before = api.effects()

        answer = plant(
            api,
            record("Account", "good", Name="Good"),
            record("Account", "bad", Name="Bad", Contacts=below(record("Contact", "worse"))),
            record("Account", "nameless"),
        )

        body = answer.json()
        assert (answer.status_code, body["hasErrors"]) == (400, True)
        assert [one["referenceId"] for one in body["results"]] == ["worse", "nameless"]
        assert body["results"][0]["errors"] == [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [LastName]",
                "fields": ["LastName"],
            }
        ]
        assert len(api.query("SELECT Id FROM Account")) == 2
        assert api.effects() == before

    def test_takes_the_names_of_objects_and_relationships_in_any_case(self, api: Api):
        contact = record("contact", "c", LastName="Reyes")

        answer = plant(api, record("ACCOUNT", "a", Name="A", contacts=below(contact)),
                       kind="account")  # fmt: skip

        assert answer.status_code == 201, answer.text

    def test_does_not_update(self, api: Api):
        answer = plant(api, record("Account", "a", Id=api.ids["acme"], Name="Changed"))

        assert answer.status_code == 400
        assert answer.json()["results"][0]["errors"][0]["statusCode"] == "INVALID_FIELD"
        assert api.record("Account", "acme")["Name"] == "Acme"

    def test_is_one_api_call(self, api: Api):
        used = api.control("GET", "stats")["api_used"]

        plant(api, *(record("Account", f"r{n}", Name=f"A {n}") for n in range(200)))

        stats = api.control("GET", "stats")
        assert (stats["api_used"], stats["calls"]["tree"]) == (used + 1, 1)
        assert stats["records"]["Account"] == 202


class TestLimits:
    @pytest.mark.parametrize(
        ("records", "culprit", "code"),
        [
            ([record("Account", f"r{n}", Name="A") for n in range(201)], "", "LIMIT_EXCEEDED"),
            ([nested(6)], "", "LIMIT_EXCEEDED"),
            ([record("Account", "r", Name="A"), record("Account", "r", Name="B")], "r",
             "INVALID_INPUT"),
            ([{"attributes": {"type": "Account"}, "Name": "A"}], "", "INVALID_INPUT"),
            ([record("Contact", "r", LastName="A")], "r", "INVALID_INPUT"),
        ],
        ids=["201 rows", "6 levels", "referenceId twice", "no referenceId", "another type"],
    )  # fmt: skip
    def test_refuse_the_whole_tree(self, api: Api, records, culprit, code):
        answer = plant(api, *records)

        (result,) = answer.json()["results"]
        assert answer.status_code == 400
        assert (result["referenceId"], result["errors"][0]["statusCode"]) == (culprit, code)
        assert len(api.query("SELECT Id FROM Account")) == 2

    def test_let_five_levels_through(self, api: Api):
        answer = plant(api, nested(5))

        assert answer.status_code == 201, answer.text
        assert len(answer.json()["results"]) == 5

    @pytest.mark.parametrize("body", [None, [], {}, {"records": []}, {"records": ["x"]}])
    def test_refuse_a_body_without_records(self, api: Api, body):
        assert error_of(api.post("composite/tree/Account", body))[0] == 400

    def test_know_no_other_method_or_object(self, api: Api):
        assert error_of(api.get("composite/tree/Account")) == (405, "METHOD_NOT_ALLOWED")
        assert error_of(api.post("composite/tree/Nothing", {})) == (404, "NOT_FOUND")
