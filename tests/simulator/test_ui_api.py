"""`/ui-api/records`: the shape of a record, its conflict check, and idempotency keys."""

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.simulated_org import running_simulator
from tests.simulator.conftest import PASSWORD, SECRET, Api, error_of

EARLY, LATE = "Sat, 21 Nov 2026 11:00:00 GMT", "Sat, 21 Nov 2026 13:00:00 GMT"
# A random UUID without its dashes.
UNDASHED = "e9b0529ed5ed4fa1958f7de177927c64"


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}


def create(api: Api, name: str = "New", **more: Any) -> Any:
    body = {"apiName": "Account", "fields": {"Name": name, "Industry": "Banking"}}
    return api.post("ui-api/records", body, **more)


def rename(api: Api, name: str = "Changed", record: str = "acme", **more: Any) -> Any:
    return api.patch(f"ui-api/records/{api.ids[record]}", {"fields": {"Name": name}}, **more)


def accounts(api: Api) -> int:
    return len(api.query("SELECT Id FROM Account"))


class TestRecords:
    def test_are_created_and_shown(self, api: Api):
        answer = create(api)

        body = answer.json()
        assert (answer.status_code, body["apiName"]) == (201, "Account")
        assert body["fields"] == {
            "Industry": {"displayValue": "Banking", "value": "Banking"},
            "Name": {"displayValue": None, "value": "New"},
        }
        assert api.record("Account", body["id"])["Name"] == "New"

    def test_are_read_by_fields_with_their_object(self, api: Api):
        path = f"ui-api/records/{api.ids['deal'][:15]}/"

        answer = api.get(f"{path}?fields=Opportunity.Amount&optionalFields=Opportunity.No,X.Id")

        body = answer.json()
        assert body["id"] == api.ids["deal"]
        assert body["fields"] == {
            "Amount": {"displayValue": "1000.0", "value": 1000.0},
            "Name": {"displayValue": None, "value": "Renewal"},
        }
        assert body["lastModifiedDate"] == "2026-11-21T12:00:00.000Z"
        assert error_of(api.get(f"{path}?fields=Opportunity.No")) == (400, "INVALID_FIELD")
        assert error_of(api.get(path)) == (400, "MISSING_ARGUMENT")

    def test_are_changed_and_deleted(self, api: Api):
        changed = rename(api)
        gone = api.delete(f"ui-api/records/{api.ids['globex']}")

        assert (changed.status_code, changed.json()["fields"]["Name"]["value"]) == (200, "Changed")
        assert (gone.status_code, gone.content) == (204, b"")
        assert accounts(api) == 1

    def test_are_refused_as_elsewhere(self, api: Api):
        nameless = api.post("ui-api/records", {"apiName": "Account", "fields": {}})

        assert error_of(nameless) == (400, "REQUIRED_FIELD_MISSING")
        assert error_of(api.patch("ui-api/records/001000000000001", {"fields": {}}))[0] == 404
        assert error_of(api.get("ui-api/records"))[0] == 405
        assert error_of(api.get("ui-api/layout"))[0] == 404


class TestConflictCheck:
    @pytest.mark.parametrize(
        ("since", "status"),
        [(LATE, 200), (EARLY, 412), ("2026-11-21T12:00:00.000Z", 200), ("yesterday", 400)],
    )
    def test_refuses_a_change_to_what_changed_since(self, api: Api, since, status):
        answer = rename(api, headers={"If-Modified-Since": since})

        assert answer.status_code == status
        assert (api.record("Account", "acme")["Name"] == "Changed") is (status == 200)


class TestIdempotencyKey:
    def test_makes_a_repeated_create_one(self, api: Api):
        headers = key()

        first, second = create(api, headers=headers), create(api, headers=headers)

        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert accounts(api) == 3

    def test_makes_a_repeated_change_or_delete_one(self, api: Api):
        path, change, removal = f"ui-api/records/{api.ids['globex']}", key(), key()

        rename(api, headers=change)
        effects = api.effects()
        rename(api, headers=change)
        assert api.effects() == effects

        statuses = [api.delete(path, headers=removal).status_code for _ in "ab"]
        assert statuses == [204, 204]

    def test_is_not_spent_by_a_request_that_was_refused(self, api: Api):
        headers = key()

        refused = rename(api, "", headers=headers)
        again = rename(api, "", headers=headers)

        assert (refused.status_code, again.status_code) == (400, 400)
        assert rename(api, headers=headers).status_code == 200

    def test_of_another_request_is_refused(self, api: Api):
        headers = key()
        create(api, headers=headers)

        assert create(api, "Other", headers=headers).status_code == 422
        assert accounts(api) == 3

    def test_of_another_user_is_refused(self, api: Api):
        headers = key()
        create(api, headers=headers)
        form = {
            "grant_type": "password", "client_id": "countersign-client", "client_secret": SECRET,
            "username": "maya.ruiz@northwind-labs.example", "password": PASSWORD,
        }  # fmt: skip
        other = api.client.post("/services/oauth2/token", data=form).json()["access_token"]

        answer = create(api, headers={**headers, "Authorization": f"Bearer {other}"})

        assert answer.status_code == 409
        assert accounts(api) == 3

    @pytest.mark.parametrize("bad", ["", "1", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", UNDASHED])
    def test_must_be_a_random_uuid(self, api: Api, bad):
        answer = create(api, headers={"Idempotency-Key": bad})

        assert error_of(answer) == (400, "INVALID_IDEMPOTENCY_KEY")

    def test_needs_the_feature(self, api: Api):
        api.control("POST", "switches", {"idempotent_writes": False})

        answer = create(api, headers=key())

        assert error_of(answer) == (400, "IDEMPOTENCY_FEATURE_NOT_ENABLED")

    def test_is_forgotten_after_thirty_days(self, api: Api):
        headers = key()
        create(api, headers=headers)
        api.control("POST", "clock", {"advance": 31 * 24 * 3600})

        assert create(api, headers=headers).status_code == 201
        assert accounts(api) == 4

    def test_has_no_meaning_for_other_resources(self, api: Api):
        headers = key()

        for _ in "ab":
            api.post("sobjects/Account", {"Name": "Twice"}, headers=headers)

        assert accounts(api) == 4


BODY = {"apiName": "Account", "fields": {"Name": "New"}}


class TestRetries:
    def test_get_the_answer_that_was_lost_even_after_the_server_died(self, tmp_path: Path):
        data, headers = tmp_path / "org.sqlite3", key()
        with running_simulator(data=data) as org:
            session = org.sign_in()
            org.fault("drop_after_commit", path="ui-api")
            with pytest.raises(requests.ConnectionError):
                session.post(org.path("ui-api/records"), json=BODY, headers=headers, timeout=10)
            org.kill()

        with running_simulator(data=data) as org:
            answer = session.post(
                org.path("ui-api/records"), json=BODY, headers=headers, timeout=10
            )

            assert answer.status_code == 201
            assert org.stats()["records"]["Account"] == 1

    def test_are_done_when_nothing_was_kept(self):
        headers = key()
        with running_simulator() as org:
            session = org.sign_in()
            org.fault("drop_before_commit", path="ui-api")
            with pytest.raises(requests.ConnectionError):
                session.post(org.path("ui-api/records"), json=BODY, headers=headers, timeout=10)

            answer = session.post(
                org.path("ui-api/records"), json=BODY, headers=headers, timeout=10
            )

            assert answer.status_code == 201
            assert org.stats()["records"]["Account"] == 1

    def test_have_to_wait_while_the_first_is_in_flight(self):
        headers, answers = key(), []
        with running_simulator() as org:
            sessions = [org.sign_in() for _ in "ab"]
            org.fault("latency", milliseconds=1500, when="before", path="ui-api")

            def ask(session: requests.Session) -> None:
                answers.append(
                    session.post(org.path("ui-api/records"), json=BODY, headers=headers, timeout=10)
                )

            threads = [threading.Thread(target=ask, args=(one,)) for one in sessions]
            for one in threads:
                one.start()
            for one in threads:
                one.join()

            early, late = answers
            assert (early.status_code, late.status_code) == (409, 201)
            assert early.headers["Retry-After"] == "1"
            assert org.stats()["records"]["Account"] == 1
