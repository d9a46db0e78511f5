"""`/__sim__/…`."""

import pytest
from starlette.testclient import TestClient

from tests.simulator.conftest import Api


class TestSeed:
    def test_keeps_the_dates_and_people_it_is_given(self, api: Api):
        made = api.seed(
            {
                "object": "Opportunity",
                "key": "old",
                "fields": {
                    "Name": "Old", "StageName": "Proposal", "CloseDate": "2026-10-01",
                    "AccountId": "@acme", "OwnerId": "@priya_nair", "CreatedById": "@helen_brandt",
                    "CreatedDate": "2026-01-05T09:00:00Z", "LastModifiedById": "@tom_okafor",
                    "LastModifiedDate": "2026-09-01T10:00:00Z",
                    "LastStageChangeDate": "2026-08-01T10:00:00Z",
                },
            }
        )  # fmt: skip

        old = api.record("Opportunity", made["old"])
        people = api.control("GET", "keys")["ids"]
        assert old["CreatedDate"] == "2026-01-05T09:00:00.000+0000"
        assert old["LastModifiedDate"] == old["SystemModstamp"] == "2026-09-01T10:00:00.000+0000"
        assert old["LastStageChangeDate"] == "2026-08-01T10:00:00.000+0000"
        assert (old["CreatedById"], old["LastModifiedById"]) == (
            people["helen_brandt"], people["tom_okafor"],
        )  # fmt: skip
        assert old["AccountId"] == api.ids["acme"]

    def test_takes_history_rows(self, api: Api):
        api.seed(
            {
                "object": "OpportunityFieldHistory",
                "fields": {
                    "OpportunityId": "@deal", "Field": "StageName", "OldValue": "Prospecting",
                    "NewValue": "Proposal", "CreatedDate": "2026-05-01T10:00:00Z",
                    "CreatedById": "@maya_ruiz",
                },
            }
        )  # fmt: skip

        (row,) = api.query(
            "SELECT NewValue, CreatedDate FROM OpportunityFieldHistory WHERE Field = 'StageName'"
        )
        assert row["CreatedDate"] == "2026-05-01T10:00:00.000+0000"

    def test_keeps_nothing_if_one_record_is_wrong(self, api: Api):
        records = [
            {"object": "Account", "key": "new", "fields": {"Name": "New"}},
            {"object": "Contact", "fields": {"LastName": "x", "AccountId": "@nobody"}},
        ]

        answer = api.client.post("/__sim__/seed", json={"records": records})

        assert answer.status_code == 400
        assert "Record 1 of the seed" in answer.json()["error"]
        assert "new" not in api.control("GET", "keys")["ids"]
        assert len(api.query("SELECT Id FROM Account")) == 2


class TestReset:
    def test_leaves_only_people_and_keeps_sessions(self, api: Api):
        api.create("Account", Name="Gone")
        maya = api.control("GET", "keys")["ids"]["maya_ruiz"]

        ids = api.control(
            "POST", "reset",
            {"records": [{"object": "Account", "key": "only", "fields": {"Name": "Only"}}]},
        )["ids"]  # fmt: skip

        assert [row["Id"] for row in api.query("SELECT Id FROM Account")] == [ids["only"]]
        assert api.effects() == []
        assert api.control("GET", "keys")["ids"]["maya_ruiz"] == maya


class TestClock:
    def test_freezes_advances_and_becomes_real_again(self, client: TestClient):
        def set_clock(**change):
            return client.post("/__sim__/clock", json=change).json()

        assert set_clock(freeze="2026-03-01T08:00:00Z") == {
            "now": "2026-03-01T08:00:00.000+0000",
            "mode": "frozen",
        }
        assert set_clock(advance=3600)["now"] == "2026-03-01T09:00:00.000+0000"
        assert set_clock(real=True)["mode"] == "real"
        assert set_clock(advance=60)["mode"] == "shifted"


class TestSwitches:
    def test_are_turned_by_name(self, client: TestClient):
        turned = client.post("/__sim__/switches", json={"body_412": "PRECONDITION_FAILED"}).json()

        assert turned["body_412"] == "PRECONDITION_FAILED"
        assert client.get("/__sim__/switches").json() == turned

    @pytest.mark.parametrize("body", [{"unknown": 1}, {"body_412": "teapot"}])
    def test_refuse_what_they_do_not_know(self, client: TestClient, body):
        assert client.post("/__sim__/switches", json=body).status_code == 400


class TestSurface:
    def test_answers_this_machine_only(self, client: TestClient):
        far = TestClient(client.app, client=("203.0.113.9", 50000))

        assert far.get("/__sim__/stats").status_code == 403
        assert far.get("/healthz").status_code == 200

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("edit", {"id": "001Sm0000009999IAA", "fields": {}}),
            ("edit", {"fields": {}}),
            ("edit", {"id": "maya_ruiz", "fields": {"Nothing": 1}}),
            ("undelete", {"id": "maya_ruiz"}),
            ("clock", {"freeze": "soon"}),
            ("seed", {"records": ["text"]}),
        ],
    )
    def test_says_what_is_wrong(self, client: TestClient, name, body):
        answer = client.post(f"/__sim__/{name}", json=body)

        assert answer.status_code == 400
        assert answer.json()["error"]

    def test_names_its_commands(self, client: TestClient):
        answer = client.get("/__sim__/nonsense")

        assert answer.status_code == 404
        assert "POST reset" in answer.json()["error"]

    def test_purges_for_good(self, api: Api):
        api.control("POST", "purge", {"id": api.ids["anna"]})

        answer = api.delete(f"sobjects/Contact/{api.ids['anna']}")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")
