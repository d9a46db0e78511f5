"""aiosalesforce composes, batches, tries again by its own policy, and counts calls."""

import asyncio
from typing import Any

import pytest
from aiosalesforce import Salesforce
from aiosalesforce.exceptions import RequestLimitExceededError, ServerError

from tests.simulated_org import SimulatedOrg
from tests.simulator.fidelity.aio import Watch, ask, refused


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
