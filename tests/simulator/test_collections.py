"""`/composite/sobjects`: reads with nulls, writes judged row by row."""

from typing import Any

from tests.simulator.conftest import Api, error_of

UNKNOWN = "001000000000000AAA"


def row(name: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": name}, **fields}


def write(api: Api, method: str, *records: dict[str, Any], all_or_none: bool = False) -> Any:
    body = {"allOrNone": all_or_none, "records": list(records)}
    answer = api.call(method, "composite/sobjects", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestRead:
    def test_keeps_the_order_and_puts_null_for_what_is_not_there(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['acme']}")
        ids = [UNKNOWN, api.ids["globex"][:15], api.ids["acme"], api.ids["globex"], "nonsense"]

        rows = api.post("composite/sobjects/account", {"ids": ids, "fields": ["name"]}).json()

        assert [one and one["Name"] for one in rows] == [None, "Globex", None, "Globex", None]
        assert rows[1]["Id"] == api.ids["globex"]

    def test_works_with_get(self, api: Api):
        answer = api.get(
            "composite/sobjects/Account", params={"ids": api.ids["acme"], "fields": "Id,Name"}
        )

        assert answer.json()[0]["Name"] == "Acme"

    def test_takes_2000_ids_and_no_more(self, api: Api):
        def ask(count: int) -> Any:
            return api.post(
                "composite/sobjects/Account", {"ids": [UNKNOWN] * count, "fields": ["Name"]}
            )

        assert ask(2000).json() == [None] * 2000
        assert ask(2001).status_code == 400

    def test_refuses_an_unknown_field_and_no_fields(self, api: Api):
        unknown = api.post("composite/sobjects/Account", {"ids": [UNKNOWN], "fields": ["Foo__c"]})
        none = api.get("composite/sobjects/Account", params={"ids": UNKNOWN})

        assert error_of(unknown) == (400, "INVALID_FIELD")
        assert none.status_code == 400


class TestWrite:
    def test_creates_rows_of_several_types(self, api: Api):
        first, second = write(api, "POST", row("Account", Name="A"), row("Task", Subject="B"))

        assert first == {"id": first["id"], "success": True, "errors": []}
        assert second["id"].startswith("00T")

    def test_shows_errors_with_a_status_code_and_goes_on(self, api: Api):
        bad, good = write(api, "POST", row("Account", Name="A", Foo__c=1), row("Account", Name="B"))

        assert bad == {
            "success": False,
            "errors": [
                {
                    "statusCode": "INVALID_FIELD",
                    "message": "No such column 'Foo__c' on sobject of type Account",
                    "fields": [],
                }
            ],
        }
        assert good["success"] is True

    def test_rolls_back_all_if_asked(self, api: Api):
        good, bad = write(api, "POST", row("Account", Name="A"), row("Account"), all_or_none=True)

        assert good["success"] is False
        assert good["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
        assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
        assert len(api.query("SELECT Id FROM Account")) == 2

    def test_updates_by_id(self, api: Api):
        done, unknown, none, wrong = write(
            api, "PATCH",
            row("Account", id=api.ids["acme"], Industry="Banking"),
            row("Account", Id=UNKNOWN, Industry="Banking"),
            row("Account", Industry="Banking"),
            row("Contact", id=api.ids["acme"], LastName="x"),
        )  # fmt: skip

        assert done["success"] is True
        assert unknown["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"
        assert none["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
        assert wrong["errors"][0]["statusCode"] == "MALFORMED_ID"
        assert api.record("Account", "acme")["Industry"] == "Banking"

    def test_has_no_guard(self, api: Api):
        body = {"records": [row("Account", id=api.ids["acme"], Industry="Banking")]}

        answer = api.patch(
            "composite/sobjects", body,
            headers={"If-Unmodified-Since": "Sat, 21 Nov 2026 11:00:00 GMT"},
        )  # fmt: skip

        assert answer.json()[0]["success"] is True

    def test_deletes_by_ids_in_the_address(self, api: Api):
        answer = api.delete(
            "composite/sobjects",
            params={"ids": f"{api.ids['acme']},{UNKNOWN}", "allOrNone": "true"},
        )

        assert [one["success"] for one in answer.json()] == [False, False]
        assert api.record("Account", "acme")["Name"] == "Acme"

    def test_says_that_a_row_is_deleted(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['globex']}")

        (result,) = write(api, "PATCH", row("Account", id=api.ids["globex"], Name="x"))

        assert result["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"

    def test_takes_200_rows_and_no_more(self, api: Api):
        assert len(write(api, "POST", *[row("Task", Subject="s")] * 200)) == 200

        body = {"records": [row("Task", Subject="s")] * 201}
        assert error_of(api.post("composite/sobjects", body))[0] == 400

    def test_takes_ten_runs_of_types_and_no_more(self, api: Api):
        eleven = [row("Task" if n % 2 else "Account", Name="n") for n in range(11)]

        answer = api.post("composite/sobjects", {"records": eleven})

        assert error_of(answer)[0] == 400

    def test_is_locked_as_a_whole_if_one_row_is(self, api: Api):
        rule = {"kind": "lock_row", "record_id": api.ids["globex"]}
        api.control("POST", "faults", rule)

        results = write(
            api, "PATCH",
            row("Account", id=api.ids["acme"], Industry="Banking"),
            row("Account", id=api.ids["globex"], Industry="Banking"),
        )  # fmt: skip

        codes = {one["errors"][0]["statusCode"] for one in results}
        assert codes == {"UNABLE_TO_LOCK_ROW"}
        assert api.record("Account", "acme")["Industry"] is None


class TestUpsert:
    def test_says_of_each_row_whether_it_was_created(self, api: Api):
        api.create("Account", Name="Old", Countersign_Id__c="a")
        records = [
            row("Account", Countersign_Id__c="a", Name="A"),
            row("Account", Countersign_Id__c="b", Name="B"),
            row("Account", Name="C"),
        ]

        answer = api.patch("composite/sobjects/Account/Countersign_Id__c", {"records": records})

        old, new, keyless = answer.json()
        assert (old["created"], new["created"]) == (False, True)
        assert keyless["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
