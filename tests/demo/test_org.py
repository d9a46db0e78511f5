import datetime as dt
import json
import re
from collections import Counter, defaultdict
from typing import Any

import pytest

from orchestrator.demo.org import Ref, SeedRecord, as_json, seeded_records
from orchestrator.simulator.objects import BUSINESS
from orchestrator.simulator.objects.people import PEOPLE, QUEUES
from tests.simulated_org import running_simulator

AT = dt.datetime(2026, 11, 20, 14, 30, 12, 345678, tzinfo=dt.UTC)
OPEN = {"Prospecting", "Qualification", "Needs Analysis", "Proposal", "Negotiation"}
TYPES = {kind.name: kind for kind in BUSINESS}


@pytest.fixture(scope="module")
def records() -> list[SeedRecord]:
    return seeded_records(at=AT)


@pytest.fixture(scope="module")
def by_object(records: list[SeedRecord]) -> dict[str, list[SeedRecord]]:
    found: dict[str, list[SeedRecord]] = defaultdict(list)
    for record in records:
        found[record.object].append(record)
    return found


def refs(record: SeedRecord) -> list[str]:
    return [value.key for value in record.fields.values() if isinstance(value, Ref)]


class TestSeededRecords:
    def test_are_the_same_for_the_same_seed_and_moment(self, records: list[SeedRecord]):
        assert seeded_records(at=AT, seed=7) == records
        assert seeded_records(at=AT, seed=8) != records

    def test_refer_only_to_records_before_them(self, records: list[SeedRecord]):
        known = {person.key for person in PEOPLE} | {key for key, _ in QUEUES}
        for record in records:
            assert known.issuperset(refs(record)), record.key
            assert record.key not in known
            known.add(record.key)

    def test_fill_every_object_of_the_org(self, by_object: dict[str, list[SeedRecord]]):
        sizes = {name: len(found) for name, found in by_object.items()}

        assert sizes["Account"] >= 300
        assert 2 * sizes["Account"] <= sizes["Contact"] <= 4 * sizes["Account"]
        assert sizes["Opportunity"] >= 300
        for name in ("Lead", "Case", "Task", "EmailMessage", "Quote__c"):
            assert sizes[name] >= 100, name
        assert sizes["Campaign"] == 10

    def test_happened_before_now(self, records: list[SeedRecord]):
        for record in records:
            assert record.created_at <= record.last_modified_at <= AT, record.key

    def test_follow_what_they_belong_to(self, records: list[SeedRecord]):
        created = {record.key: record.created_at for record in records}
        for record in records:
            if record.object in ("Contact", "Opportunity", "Quote__c", "EmailMessage", "Task"):
                owners = [key for key in refs(record) if key.startswith(("account", "case", "opp"))]
                assert all(created[key] <= record.created_at for key in owners), record.key

    def test_use_no_address_and_no_domain_of_the_real_world(self, records: list[SeedRecord]):
        text = json.dumps(as_json(records))
        hosts = re.findall(r"[\w.-]+@([\w.-]+)", text) + re.findall(r"https?://([\w.-]+)", text)

        assert len(hosts) > 1000
        assert all(host.endswith(".example") for host in hosts)

    def test_leave_no_blank_unfilled(self, records: list[SeedRecord]):
        text = json.dumps(as_json(records), ensure_ascii=False)

        assert not re.search(r"[#@]{2}|[{](?!\"|})\w|lorem", text)

    def test_write_telephone_numbers_as_their_country_does(
        self, by_object: dict[str, list[SeedRecord]]
    ):
        codes = {
            "United States": "+1 ", "Canada": "+1 ", "United Kingdom": "+44 ", "Germany": "+49 ",
            "France": "+33 ", "Ireland": "+353 ", "Sweden": "+46 ",
        }  # fmt: skip
        countries = Counter(account.fields["BillingCountry"] for account in by_object["Account"])

        assert set(countries) == set(codes)
        for account in by_object["Account"]:
            assert account.fields["Phone"].startswith(codes[account.fields["BillingCountry"]])

    def test_give_each_account_and_company_one_name(self, by_object: dict[str, list[SeedRecord]]):
        names = [account.fields["Name"] for account in by_object["Account"]]

        assert len(set(names)) == len(names)

    @pytest.mark.req("L1")
    def test_hold_deals_in_every_stage_and_some_stuck_for_months(
        self, by_object: dict[str, list[SeedRecord]]
    ):
        stages = Counter(deal.fields["StageName"] for deal in by_object["Opportunity"])
        waits = [
            (AT - deal.fields["LastStageChangeDate"]).days
            for deal in by_object["Opportunity"]
            if deal.fields["StageName"] in OPEN
        ]

        assert set(stages) == OPEN | {"Closed Won", "Closed Lost"}
        assert min(stages.values()) >= 20
        assert 60 <= sum(30 <= days <= 121 for days in waits) <= len(waits) / 2
        assert max(waits) <= 121

    @pytest.mark.req("L1")
    def test_show_the_last_activity_of_a_deal_as_a_finished_task(
        self, by_object: dict[str, list[SeedRecord]]
    ):
        done = {
            task.fields["WhatId"].key: task.fields["ActivityDate"]
            for task in by_object["Task"]
            if task.fields["Status"] == "Completed"
        }
        for deal in by_object["Opportunity"]:
            if deal.fields["StageName"] in OPEN:
                assert done[deal.key] == deal.fields["LastActivityDate"]
                assert deal.fields["LastActivityDate"] >= deal.fields["LastStageChangeDate"].date()

    @pytest.mark.req("L6")
    def test_leave_gaps_and_odd_spellings_in_leads(self, by_object: dict[str, list[SeedRecord]]):
        leads = [lead.fields for lead in by_object["Lead"]]

        for field in ("Industry", "NumberOfEmployees", "Website", "Phone"):
            missing = sum(lead[field] is None for lead in leads)
            assert 0.15 * len(leads) <= missing <= 0.6 * len(leads), field
        assert {"UK", "Deutschland", "USA"} <= {lead["Country"] for lead in leads}

    def test_bring_leads_from_firms_we_do_not_sell_to_yet(
        self, by_object: dict[str, list[SeedRecord]]
    ):
        sites = {account.fields["Website"] for account in by_object["Account"]}
        hosts = {site.removeprefix("https://www.") for site in sites}
        known = [lead for lead in by_object["Lead"] if lead.fields["Email"].split("@")[1] in hosts]

        assert 3 <= len(known) <= 30

    def test_give_each_deal_the_owner_of_its_account(self, by_object: dict[str, list[SeedRecord]]):
        owners = {account.key: account.fields["OwnerId"] for account in by_object["Account"]}

        assert len(set(owners.values())) >= 4
        for deal in by_object["Opportunity"]:
            assert deal.fields["OwnerId"] == owners[deal.fields["AccountId"].key]

    def test_fit_the_fields_of_the_org(self, records: list[SeedRecord]):
        for record in records:
            kind = TYPES[record.object]
            for name, value in record.fields.items():
                field = kind.fields[name.lower()]
                assert field.name == name
                if value is not None and field.values and field.restricted:
                    assert value in field.values, (record.key, name)
                if isinstance(value, str) and field.length:
                    assert len(value) <= field.length, (record.key, name)

    def test_fill_what_the_org_requires(self, records: list[SeedRecord]):
        for record in records:
            for field in TYPES[record.object].fields.values():
                if field.required and field.default is None:
                    assert record.fields[field.name], (record.key, field.name)


class TestAsJson:
    def test_writes_references_and_moments_plainly(self, records: list[SeedRecord]):
        written: list[dict[str, Any]] = as_json(records)
        deal = next(each for each in written if each["object"] == "Opportunity")

        assert json.loads(json.dumps(written)) == written
        assert deal["fields"]["AccountId"].startswith("@account:")
        assert dt.datetime.fromisoformat(deal["fields"]["LastModifiedDate"]).tzinfo is not None
        assert dt.date.fromisoformat(deal["fields"]["CloseDate"])

    def test_is_what_the_simulator_takes_in(self, records: list[SeedRecord]):
        with running_simulator() as org:
            ids = org.reset(as_json(records))
            stats = org.stats()["records"]
            stuck = next(each for each in records if each.key.startswith("silence:"))
            deal_key = stuck.fields["RelatedToId"].key
            found = org.record("Opportunity", ids[deal_key])

        deal = next(record for record in records if record.key == deal_key)
        assert Counter(record.object for record in records).items() <= stats.items()
        assert found["LastStageChangeDate"] == written_moment(deal.fields["LastStageChangeDate"])
        assert found["LastModifiedDate"] == written_moment(deal.last_modified_at)
        assert found["LastActivityDate"] == deal.fields["LastActivityDate"].isoformat()
        assert found["StageName"] == deal.fields["StageName"]
        assert found["IsClosed"] is False


def written_moment(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
