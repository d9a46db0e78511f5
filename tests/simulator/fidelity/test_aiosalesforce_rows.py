"""aiosalesforce signs in, reads and writes single records, and queries."""

import asyncio
from typing import Any

import pytest
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow, SoapLogin
from aiosalesforce.exceptions import (
    AuthenticationError,
    DuplicatesDetectedError,
    MoreThanOneRecordError,
    NotFoundError,
)

from tests.simulated_org import SimulatedOrg
from tests.simulator.fidelity.aio import ask, refused


class TestLogin:
    def test_by_soap_acts_as_the_user(self, org: SimulatedOrg):
        username = org.record("User", org.user("maya_ruiz"))["Username"]

        account = ask(
            org,
            lambda sf: sf.sobject.create("Account", {"Name": "Ostermark"}),
            auth=SoapLogin(username, org.password, ""),
        )

        assert org.record("Account", account)["CreatedById"] == org.user("maya_ruiz")

    @pytest.mark.parametrize(
        ("auth", "code"),
        [
            (lambda org: ClientCredentialsFlow(org.client_id, "wrong"), "invalid_client"),
            (
                lambda org: ClientCredentialsFlow("nobody", org.client_secret),
                "invalid_client_id",
            ),
            (lambda _org: SoapLogin("nobody@acme.example", "wrong", ""), "INVALID_LOGIN"),
        ],
    )
    def test_that_is_wrong_says_how(self, org: SimulatedOrg, auth: Any, code: str):
        error = refused(org, lambda sf: sf.get_limits(), auth=auth(org))

        assert isinstance(error, AuthenticationError)
        assert error.error_code == code

    def test_is_repeated_when_the_session_has_ended(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> dict[str, Any]:
            await sf.get_limits()
            await asyncio.to_thread(org.expire_sessions)
            return await sf.get_limits()

        assert ask(org, work)["DailyApiRequests"]["Max"] > 0


class TestRecords:
    def test_live_from_create_to_delete(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> dict[str, Any]:
            account = await sf.sobject.create("Account", {"Name": "Ostermark"})
            await sf.sobject.update("Account", account, {"Rating": "Hot"})
            found = await sf.sobject.get("Account", account, fields=["Name", "Rating"])
            await sf.sobject.delete("Account", account)
            return found

        found = ask(org, work)

        assert (found["Name"], found["Rating"]) == ("Ostermark", "Hot")
        account = found["attributes"]["url"].rpartition("/")[2]
        error = refused(org, lambda sf: sf.sobject.get("Account", account))
        assert isinstance(error, NotFoundError)
        error = refused(org, lambda sf: sf.sobject.delete("Account", account))
        assert error.error_code == "ENTITY_IS_DELETED"

    def test_are_upserted_by_external_id(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> list[Any]:
            key = "Countersign_Id__c"
            first = await sf.sobject.upsert("Account", "K 1", key, {"Name": "A"})
            again = await sf.sobject.upsert("Account", "K 1", key, {"Name": "B", key: "K 1"})
            found = await sf.sobject.get("Account", "K 1", external_id_field=key)
            return [first, again, found]

        first, again, found = ask(org, work)

        assert (first.created, again.created) == (True, False)
        assert first.id == again.id == found["Id"]
        assert found["Name"] == "B"

    def test_with_a_shared_key_are_shown_and_left_alone(self, org: SimulatedOrg):
        twins = [org.add("Account", Name=name, Legacy_Key__c="L-1") for name in ("A", "B")]

        error = refused(
            org, lambda sf: sf.sobject.upsert("Account", "L-1", "Legacy_Key__c", {"Name": "C"})
        )

        assert isinstance(error, MoreThanOneRecordError)
        assert all(twin in str(error) for twin in twins)
        assert [org.record("Account", twin)["Name"] for twin in twins] == ["A", "B"]

    def test_that_look_alike_are_parsed_to_the_last_match(self, org: SimulatedOrg):
        org.switch(duplicate_rules=True)
        known = org.add("Lead", LastName="Reyes", Company="Ostermark", Email="r@ostermark.example")

        error = refused(
            org,
            lambda sf: sf.sobject.create(
                "Lead",
                {"LastName": "Reyes", "Company": "Ostermark", "Email": "R@ostermark.example"},
            ),
        )

        assert isinstance(error, DuplicatesDetectedError)
        (match,) = error.duplicates
        assert (match["id"], match["sobject"], match["match_confidence"]) == (known, "Lead", 100.0)
        assert match["rule"]
        assert match["match_engine"]


class TestQuery:
    def test_pages_to_the_end(self, org: SimulatedOrg):
        org.seed(*({"object": "Account", "fields": {"Name": f"A {n:04d}"}} for n in range(2005)))

        async def work(sf: Salesforce) -> list[str]:
            return [one["Name"] async for one in sf.query("SELECT Name FROM Account ORDER BY Name")]

        names = ask(org, work)

        assert names == [f"A {n:04d}" for n in range(2005)]

    def test_reads_the_recycle_bin_when_all_is_asked_for(self, org: SimulatedOrg):
        org.delete(org.add("Account", Name="Ostermark"))

        async def work(sf: Salesforce) -> tuple[int, int]:
            soql = "SELECT Id FROM Account"
            live = [one async for one in sf.query(soql)]
            every = [one async for one in sf.query(soql, include_all_records=True)]
            return len(live), len(every)

        assert ask(org, work) == (0, 1)

    def test_shows_where_it_is_malformed(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> list[Any]:
            return [one async for one in sf.query("SELECT Id FROM Account WHERE Name LIKE")]

        error = refused(org, work)

        assert error.error_code == "MALFORMED_QUERY"
        assert "ERROR at Row:1:Column:39" in str(error.error_message)
