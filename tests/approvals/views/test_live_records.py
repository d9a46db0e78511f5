"""The page looks at the CRM once it is there, and an approval counts only on what is there."""

import datetime as dt

import pytest
import time_machine

from approvals.content import DraftChange
from approvals.models import Decision, Proposal
from orchestrator.connectors.base import FieldDescription, ObjectDescription
from orchestrator.connectors.errors import Transient
from tests.factories import AT, OPPORTUNITY, create_draft, create_proposal
from tests.pages import text_of
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
LATER = AT + dt.timedelta(minutes=30)
PARTIAL = {"HX-Request": "true", "HX-Target": "records"}
OWNER = "005000000000007AAA"


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def now_of(client, proposal):
    return text_of(client.get(f"/proposals/{proposal.pk}/now/", headers=PARTIAL))


def send(client, proposal, vote="approve", **more):
    values = {"digest": proposal.digest, "vote": vote, **more}
    return client.post(f"/proposals/{proposal.pk}/decide/", values)


def described(name, kind, **more):
    return FieldDescription(
        name=name, label=more.pop("label", name), type=kind, nillable=True, createable=True,
        updateable=True, **more,
    )  # fmt: skip


@pytest.fixture
def rich(crm, record):
    """Return the CRM with a currency, labels of choices and people to name."""
    old = crm.objects["Opportunity"]
    fields = {
        **old.fields,
        "StageName": described(
            "StageName", "picklist", label="Stage", labels=(("Qualification", "Qualified lead"),)
        ),
        "NextStep": described("NextStep", "multipicklist", label="Next steps"),
        "OwnerId": described("OwnerId", "reference", references=("User",)),
        "CurrencyIsoCode": described("CurrencyIsoCode", "picklist"),
    }
    crm.objects["Opportunity"] = ObjectDescription(
        name="Opportunity", label="Opportunity", fields=fields, name_field="Name", parent_field=None
    )
    crm.objects["User"] = ObjectDescription(
        name="User", label="User", fields={"Name": described("Name", "string")},
        name_field="Name", parent_field=None,
    )  # fmt: skip
    crm.add("User", OWNER, Name="Mina Kovač")
    crm.add("User", "005000000000002AAA", Name="Pavel Novák")
    crm.edit(record, CurrencyIsoCode="EUR", NextStep="Call;Visit", OwnerId=OWNER)
    return crm


class TestWhatIsThereNow:
    def test_is_fetched_by_the_page_with_a_plain_link_for_who_has_no_script(
        self, record, signed_in
    ):
        proposal = create_proposal()

        html = signed_in("ben").get(f"/proposals/{proposal.pk}/").content.decode()

        address = f"/proposals/{proposal.pk}/now/"
        slot = next(found for _, found in read(html).elements if found.get("id") == "records")
        assert (slot["hx-get"], slot["hx-trigger"]) == (address, "load")
        assert f'href="{address}"' in html

    def test_says_that_nothing_has_changed(self, record, signed_in):
        text = now_of(signed_in("ben"), create_proposal())

        assert "Still as we read it compared 18 Nov 2026, 10:30 UTC" in text

    def test_puts_three_values_beside_one_another_and_says_who_moved_it(
        self, rich, record, signed_in
    ):
        proposal = create_proposal()
        rich.edit(record, StageName="Negotiation")

        text = now_of(signed_in("ben"), proposal)

        assert "Changed in the CRM: StageName, since we read it" in text
        assert "Last edited there by Pavel Novák." in text
        assert "Stage StageName moved Prospecting Negotiation" in text
        assert "Take it up now" in text

    def test_offers_to_take_it_up_only_to_who_decides(self, crm, record, signed_in):
        proposal = create_proposal()
        crm.edit(record, StageName="Negotiation")

        assert "Take it up now" not in now_of(signed_in("dora"), proposal)

    def test_is_a_page_of_its_own(self, record, signed_in):
        proposal = create_proposal()

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/now/"))

        assert "What is there now" in text
        assert "Back to deciding" in text

    def test_says_what_it_means_that_the_crm_does_not_answer(self, crm, record, signed_in):
        proposal = create_proposal()
        crm.fail_reads = Transient("down")

        text = now_of(signed_in("ben"), proposal)

        assert "The CRM does not answer" in text
        assert "You may decide: it is compared again before anything is written" in text
        assert "Prospecting" in text

    def test_is_nobodys_but_who_may_see_the_proposal(self, record, signed_in):
        proposal = create_proposal()

        assert signed_in("eve").get(f"/proposals/{proposal.pk}/now/").status_code == 404


class TestTheWordsOfTheCrm:
    def test_are_labels_names_and_the_currency(self, rich, record, signed_in):
        change = DraftChange(
            operation="update",
            object_name="Opportunity",
            record_id=OPPORTUNITY,
            fields={"Amount": 25000.0, "CloseDate": "2027-01-10"},
        )
        draft = create_draft(action="change_amount", changes=[change])
        amount, stage = create_proposal(draft=draft), create_proposal(key="stage")

        text = now_of(signed_in("dora"), amount).replace("\N{NO-BREAK SPACE}", " ")

        assert "EUR 20,000 EUR 25,000 +25% +5,000" in text
        assert "+26 days past the end of Q4 2026" in text
        assert "Stage StageName" not in text
        assert "Qualified lead Qualification" in now_of(signed_in("dora"), stage)

    def test_cost_two_calls_however_many_people_look(self, rich, record, signed_in):
        proposal = create_proposal()
        rich.reads.clear()

        for person in ("ben", "dora", "ada", "ben", "dora", "ada"):
            now_of(signed_in(person), proposal)

        # One for the record, one for the names of everybody in it.
        assert [sorted({key.object_name for key in wanted}) for wanted in rich.reads] == [
            ["Opportunity"],
            ["User"],
        ]

    def test_name_records_given_as_evidence_in_the_same_breath(self, crm, record, signed_in):
        link = f"https://crm.example.com/lightning/r/Opportunity/{OPPORTUNITY}/view"
        foreign = link.replace("crm.example.com", "crm.example.org")
        evidence = [
            {"kind": "salesforce", "title": "The deal", "href": link},
            {"kind": "salesforce", "title": "Elsewhere", "href": foreign},
        ]
        proposal = create_proposal(draft=create_draft(evidence=evidence))

        html = signed_in("ben").get(f"/proposals/{proposal.pk}/now/", headers=PARTIAL).content
        swapped = [
            found["id"] for _, found in read(html.decode()).elements if "hx-swap-oob" in found
        ]

        assert swapped == ["exhibit-1-record"]
        assert "Northwind renewal" in read(html.decode()).text()


class TestAnApproval:
    def test_of_what_moved_does_not_count_and_is_prepared_again(self, crm, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")
        crm.edit(record, StageName="Negotiation")

        response = send(client, proposal)

        assert response.status_code == 409
        assert "Somebody changed StageName in the CRM" in read(response.content.decode()).text()
        assert not Decision.objects.exists()
        assert Proposal.objects.get(pk=proposal.pk).revision_number == 2

    def test_counts_while_the_crm_is_silent_and_the_page_says_so(self, crm, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")
        crm.fail_reads = Transient("down")

        response = client.post(
            f"/proposals/{proposal.pk}/decide/",
            {"digest": proposal.digest, "vote": "approve"},
            follow=True,
        )

        assert Proposal.objects.get(pk=proposal.pk).state == "approved"
        assert "The CRM did not answer just now." in text_of(response)

    def test_costs_no_second_call_right_after_the_page_looked(self, crm, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")
        crm.reads.clear()
        now_of(client, proposal)

        send(client, proposal)

        assert [key for wanted in crm.reads for key in wanted if key == record] == [record]

    def test_may_be_refused_without_asking_the_crm(self, crm, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")
        crm.reads.clear()

        send(client, proposal, "deny", reason_code="wrong_value", text="No.")

        assert crm.reads == []
        assert Proposal.objects.get(pk=proposal.pk).state == "denied"


class TestTakingItUp:
    def test_prepares_it_again_without_a_vote(self, crm, record, signed_in):
        proposal, client = create_proposal(), signed_in("ben")
        crm.edit(record, StageName="Negotiation")

        response = client.post(
            f"/proposals/{proposal.pk}/read-again/", {"digest": proposal.digest}, follow=True
        )

        assert "Read again: compare what changed." in text_of(response)
        assert Proposal.objects.get(pk=proposal.pk).revision_number == 2


class TestHostileText:
    def test_from_the_crm_never_becomes_markup(self, crm, record, signed_in):
        proposal = create_proposal()
        crm.edit(record, StageName='"><img src=x onerror=alert(1)>', Name="p\u0430ypal \u202eexe")

        html = signed_in("ben").get(f"/proposals/{proposal.pk}/now/", headers=PARTIAL).content

        reading = read(html.decode())
        assert "img" not in reading.tags
        assert '"><img src=x onerror=alert(1)>' in reading.text()
        assert "\u202e" not in reading.text()
