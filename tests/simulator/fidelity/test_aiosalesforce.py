"""aiosalesforce: strict parsing of answers, and a retry policy of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from aiosalesforce import Salesforce
from aiosalesforce.auth import ClientCredentialsFlow, SoapLogin
from aiosalesforce.events import RestApiCallConsumptionEvent, RetryEvent
from aiosalesforce.exceptions import (
    AuthenticationError,
    DuplicatesDetectedError,
    MoreThanOneRecordError,
    NotFoundError,
    RequestLimitExceededError,
    SalesforceError,
    ServerError,
)
from aiosalesforce.retries import POLICY_DEFAULT, RetryPolicy

from tests.simulated_org import SimulatedOrg

Answer = TypeVar("Answer")
Work = Callable[[Salesforce], Awaitable[Answer]]

PATIENT = RetryPolicy(
    response_rules=POLICY_DEFAULT.response_rules,
    exception_rules=POLICY_DEFAULT.exception_rules,
    backoff_base=0.01,
)


class ToSimulator(httpx.AsyncHTTPTransport):
    """The client insists on a Salesforce host; send what it says there to the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._to = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(
            scheme=self._to.scheme, host=self._to.host, port=self._to.port
        )
        return await super().handle_async_request(request)


def ask(org: SimulatedOrg, work: Work[Answer], **options: Any) -> Answer:
    async def asked() -> Answer:
        async with httpx.AsyncClient(transport=ToSimulator(org.url)) as http:
            wanted = {
                "auth": ClientCredentialsFlow(org.client_id, org.client_secret),
                "version": "64.0",
                "retry_policy": PATIENT,
                **options,
            }
            return await work(Salesforce(http, "https://acme.my.salesforce.com", **wanted))

    return asyncio.run(asked())


def refused(org: SimulatedOrg, work: Work[Any], **options: Any) -> SalesforceError:
    with pytest.raises(SalesforceError) as caught:
        ask(org, work, **options)
    return caught.value


class Watch:
    """Counts what the client says it did."""

    def __init__(self) -> None:
        self.retries = 0
        self.usage: list[tuple[int | None, int | None]] = []

    def __call__(self, event: Any) -> None:
        if isinstance(event, RetryEvent):
            self.retries += 1
        if isinstance(event, RestApiCallConsumptionEvent):
            self.usage.append((event.consumed, event.remaining))


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


class TestComposite:
    def test_passes_ids_on_and_reads_back(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> tuple[Any, ...]:
            async with sf.composite(all_or_none=True, autoraise=True) as composite:
                account = composite.sobject.create("Account", {"Name": "Ostermark"})
                contact = composite.sobject.create(
                    "Contact", {"LastName": "Reyes", "AccountId": str(account.reference.id)}
                )
                found = composite.query("SELECT Id, Account.Name FROM Contact")
            return account.id, contact.id, found.records

        account, contact, (found,) = ask(org, work)

        assert found["Id"] == contact
        assert found["Account"]["Name"] == "Ostermark"
        assert found["Account"]["attributes"]["url"].endswith(account)

    def test_undoes_everything_and_raises_each_error(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> None:
            async with sf.composite(all_or_none=True, autoraise=True) as composite:
                composite.sobject.create("Account", {"Name": "Ostermark"})
                composite.sobject.create("Contact", {"FirstName": "Ana"})

        with pytest.raises(ExceptionGroup) as caught:
            ask(org, work)

        codes = [getattr(one, "error_code", None) for one in caught.value.exceptions]
        assert codes == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
        assert org.stats()["records"]["Account"] == 0

    def test_upserts_by_key_inside_one_call(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> list[tuple[str, bool]]:
            async with sf.composite(all_or_none=True, autoraise=True) as composite:
                made = [
                    composite.sobject.upsert("Account", "K-1", "Countersign_Id__c", {"Name": name})
                    for name in ("A", "B")
                ]
            return [(one.id, one.created) for one in made]

        (first, created), (second, again) = ask(org, work)

        assert (first == second, created, again) == (True, True, False)


class TestBatch:
    def test_keeps_what_went_well(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> list[bool]:
            async with sf.composite.batch() as batch:
                parts = [
                    batch.sobject.create("Account", {"Name": "Ostermark"}),
                    batch.sobject.create("Contact", {"FirstName": "Ana"}),
                    batch.query("SELECT Id FROM Account"),
                ]
            return [part.is_success for part in parts]

        assert ask(org, work) == [True, False, True]
        assert org.stats()["records"]["Account"] == 1

    def test_stops_at_the_first_failure_when_told_to(self, org: SimulatedOrg):
        async def work(sf: Salesforce) -> list[tuple[int, Any]]:
            async with sf.composite.batch(halt_on_error=True) as batch:
                parts = [
                    batch.sobject.create("Contact", {"FirstName": "Ana"}),
                    batch.sobject.create("Account", {"Name": "Ostermark"}),
                ]
            return [(part.status_code, part.result) for part in parts]

        (first, _), (second, halted) = ask(org, work)

        assert (first, second) == (400, 412)
        assert halted[0]["errorCode"] == "BATCH_PROCESSING_HALTED"
        assert org.stats()["records"]["Account"] == 0


class TestRetries:
    @pytest.mark.parametrize("kind", ["unavailable", "limit_concurrent", "drop_before_commit"])
    def test_get_through_what_passes(self, org: SimulatedOrg, kind: str):
        org.add("Account", Name="Ostermark")
        watch = Watch()

        async def work(sf: Salesforce) -> int:
            await sf.get_limits()
            await asyncio.to_thread(org.fault, kind, times=2)
            return len([one async for one in sf.query("SELECT Id FROM Account")])

        assert ask(org, work, event_hooks=[watch]) == 1
        assert watch.retries == 2

    def test_get_through_a_locked_row(self, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark")
        org.fault("lock_row", record_id=account, times=2)
        watch = Watch()

        ask(
            org,
            lambda sf: sf.sobject.update("Account", account, {"Rating": "Hot"}),
            event_hooks=[watch],
        )

        assert watch.retries == 2
        assert org.record("Account", account)["Rating"] == "Hot"

    def test_give_up_after_three(self, org: SimulatedOrg):
        org.fault("unavailable", times=10, path="limits")

        error = refused(org, lambda sf: sf.get_limits())

        assert isinstance(error, ServerError)

    def test_write_twice_when_the_answer_to_a_create_was_lost(self, org: SimulatedOrg):
        # What our connector must never do: repeat a POST whose outcome it cannot know.
        org.fault("drop_after_commit", method="POST", path="sobjects/Account")

        ask(org, lambda sf: sf.sobject.create("Account", {"Name": "Ostermark"}))

        assert org.stats()["records"]["Account"] == 2


class TestLimits:
    def test_are_counted_call_by_call(self, org: SimulatedOrg):
        watch = Watch()

        async def work(sf: Salesforce) -> dict[str, Any]:
            await sf.get_limits()
            return await sf.get_limits()

        limits = ask(org, work, event_hooks=[watch])["DailyApiRequests"]

        used = [consumed for consumed, _ in watch.usage if consumed is not None]
        assert used[-1] - used[-2] == 1
        assert limits["Max"] - limits["Remaining"] <= used[-1]

    def test_used_up_have_an_error_of_their_own(self, org: SimulatedOrg):
        org.fault("limit_total", times=10, path="limits")

        assert isinstance(refused(org, lambda sf: sf.get_limits()), RequestLimitExceededError)
