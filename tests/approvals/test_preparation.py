"""Reading the records, freezing what was read, judging, and moving on."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals import preparation, submission
from approvals.content import DraftChange
from approvals.models import Change, Proposal, Review, Revision
from approvals.signals import proposals_approved
from audit.models import Entry
from orchestrator.connectors.errors import QuotaExceeded, Rejected, Transient
from orchestrator.kernel.actors import Actor, ActorKind
from orchestrator.policy import evaluate as judgement
from orchestrator.workflows.models import Workflow
from tests.factories import (
    AT,
    create_agent,
    create_draft,
    create_grant,
    create_proposal,
    create_workflow,
)

pytestmark = pytest.mark.django_db
LEAD = "00Q000000000001AAA"
LATER = AT + dt.timedelta(minutes=10)


def prepare(at=AT):
    return preparation.prepare_due(at=at)


def received(**changes):
    return create_proposal(state="received", draft=create_draft(**changes))


def events(proposal):
    return list(
        Entry.objects.filter(proposal_id=proposal.pk).order_by("pk").values_list("event", flat=True)
    )


class TestPrepareDue:
    def test_freezes_the_values_that_we_read(self, crm, record):
        proposal = received()

        assert prepare() == 1

        change = Change.objects.get()
        assert change.base["StageName"] == "Prospecting"
        assert (change.record_label, change.parent_key) == (
            "Northwind renewal",
            "Account/001000000000001AAA",
        )
        assert change.base_modified_at == crm.stamps[record][0]
        assert Revision.objects.get().verdict["outcome"] == "review"
        proposal.refresh_from_db()
        assert (proposal.state, proposal.prepare_at, proposal.risk) == ("in_review", None, "low")
        assert proposal.headline["label"] == "Northwind renewal"
        assert proposal.headline["first"]["old"] == "Prospecting"

    def test_reads_the_fields_that_conditions_mention(self, crm, record):
        received()
        prepare()

        assert Change.objects.get().base["Amount"] == 20000.0

    def test_opens_the_first_review_and_says_so(self, crm, record):
        proposal = received()
        prepare()

        review = Review.objects.get()
        assert (review.role.slug, review.state, review.stage) == ("deal-desk", "open", 1)
        assert (review.opened_at, review.due_at) == (AT, AT + dt.timedelta(hours=4))
        assert events(proposal) == [
            "proposal.submitted",
            "proposal.prepared",
            "review.opened",
        ]

    def test_leaves_later_stages_waiting(self, crm, record):
        crm.edit(record, Amount=90000.0)
        received()
        prepare()

        first, second = Review.objects.order_by("stage")
        assert (first.state, second.state) == ("open", "waiting")
        assert second.policy["why"] == "The action asks this role when record.Amount > 50000.0."

    def test_lets_nobody_change_a_prepared_revision(self, crm, record):
        received()
        prepare()

        with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
            Revision.objects.update(verdict={"outcome": "automatic"})

    def test_prepares_nothing_twice(self, crm, record):
        received()

        assert [prepare(), prepare(), prepare(LATER)] == [1, 0, 0]

    def test_reads_all_records_of_a_batch_in_one_call(self, crm):
        create_workflow()
        for number in range(30):
            key = crm.add("Opportunity", f"006{number:012d}", Name=f"Deal {number}")
            create_proposal(state="received", draft=create_draft(record_id=key.record_id))

        assert prepare() == 30
        assert len(crm.reads) == 1
        assert Proposal.objects.filter(state="in_review").count() == 30

    def test_costs_the_same_statements_for_one_and_for_many(self, crm):
        create_workflow()
        counts = []
        for batch in (1, 40):
            for number in range(batch):
                key = crm.add("Opportunity", f"006{batch:02d}{number:010d}", Name="Deal")
                create_proposal(state="received", draft=create_draft(record_id=key.record_id))
            with CaptureQueriesContext(connection) as seen:
                assert prepare() == batch
            counts.append(len(seen))

        assert counts[0] == counts[1] <= 20

    def test_takes_no_more_than_asked(self, crm):
        create_workflow()
        for number in range(3):
            key = crm.add("Opportunity", f"006{number:012d}", Name="Deal")
            create_proposal(state="received", draft=create_draft(record_id=key.record_id))

        assert preparation.prepare_due(limit=2, at=AT) == 2
        assert Proposal.objects.filter(state="received").count() == 1


class TestVerdicts:
    def test_refuses_a_record_that_is_not_there(self, crm):
        proposal = create_proposal(state="refused")

        assert proposal.outcome_code == "record_not_found"
        assert proposal.closed_at == AT
        assert events(proposal)[-1] == "proposal.refused"

    def test_refuses_a_field_that_the_org_does_not_have(self, crm, record):
        draft = create_draft(changes=[wish(depends_on=["Nonsense__c"])])

        proposal = create_proposal(state="refused", draft=draft)

        assert proposal.outcome_code == "field_not_writable"
        assert "Nonsense__c" in proposal.outcome_text

    def test_refuses_what_the_org_refuses_to_describe(self, crm, record):
        create_workflow()
        del crm.objects["Opportunity"]

        proposal = create_proposal(state="refused")

        assert proposal.outcome_code == "crm_rejected"
        assert Revision.objects.get().verdict["findings"][0]["code"] == "crm_rejected"

    @pytest.mark.req("A3")
    def test_shows_an_expectation_that_differs_and_asks_people(self, crm, record):
        draft = create_draft(changes=[wish(expect={"StageName": "Negotiation"})])

        create_proposal(state="in_review", draft=draft)

        found = {f["code"]: f for f in Revision.objects.get().verdict["findings"]}
        assert "'Negotiation'" in found["expectation_differs"]["text"]
        assert "'Prospecting'" in found["expectation_differs"]["text"]

    def test_only_observes_in_observe_mode(self, crm, record):
        workflow = create_workflow(mode="observe")
        proposal = create_proposal(state="observed", workflow=workflow)

        assert not Review.objects.exists()
        assert proposal.mode == "observe"
        assert events(proposal)[-1] == "proposal.observed"

    @pytest.mark.req("A1", "A3")
    def test_approves_an_automatic_action_in_execute_mode_and_signals_it(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")
        create_workflow(mode="execute")
        sent = listen()

        proposal = create_proposal(state="approved", draft=lead_draft())

        assert not Review.objects.exists()
        assert (proposal.approved_at, proposal.execute_by) == (AT, AT + dt.timedelta(hours=24))
        assert sent == [[proposal.pk]]
        assert events(proposal)[-1] == "proposal.approved"

    @pytest.mark.req("A1")
    def test_asks_people_about_the_same_action_in_propose_mode(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")

        create_proposal(state="in_review", draft=lead_draft())

        assert Review.objects.get().role.slug == "ops-owner"

    def test_judges_a_create_without_reading_anything(self, crm):
        create = DraftChange(operation="create", object_name="Lead", fields={"Name": "Ada"})
        draft = create_draft(action="enrich_lead", changes=[create])

        create_proposal(state="in_review", draft=draft)

        assert crm.reads == []
        assert Change.objects.get().base is None

    def test_keeps_the_whole_record_that_is_to_be_deleted(self, crm):
        key = crm.add("Account", "001000000000009AAA", Name="Halden", Phone="1", Industry="Ships")
        delete = DraftChange(operation="delete", object_name="Account", record_id=key.record_id)

        create_proposal(draft=create_draft(action="fix_accounts", changes=[delete]))

        assert Change.objects.get().base == {"Name": "Halden", "Phone": "1", "Industry": "Ships"}

    @pytest.mark.req("B1")
    def test_refuses_a_record_outside_the_grants_filter(self, crm, record):
        workflow = create_workflow()
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, record_filter="record.Amount < 1000.0")

        proposal = create_proposal(state="refused", agent=agent)

        assert proposal.outcome_code == "not_granted"

    def test_asks_people_about_an_answer_however_sure_the_agent_is(self, crm):
        crm.add("Lead", LEAD, Name="Ada", Industry="Tech")
        workflow = create_workflow(mode="propose")
        proposal = create_proposal(state="revision_requested", draft=lead_draft())
        Workflow.objects.filter(pk=workflow.pk).update(mode="execute")

        answer(proposal, lead_draft(Industry="Ships"))
        prepare(LATER)

        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert Review.objects.filter(state="open").exists()

    def test_refuses_an_answer_once_the_workflow_only_observes(self, crm, record):
        proposal = create_proposal(state="revision_requested")
        Workflow.objects.update(mode="observe")

        answer(proposal, create_draft())
        prepare(LATER)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.outcome_code) == ("refused", "mode_observe")


LIMITED = """
workflow: {slug}
title: Leads
org: {org}
owner: {owner}
actions:
  enrich_lead:
    object: Lead
    operations: [update]
    fields: {{ Name: {{}}, Industry: {{}}, NumberOfEmployees: {{}}, Website: {{}} }}
    policy: automatic
    reversible: {{ how: restore_fields }}
limits: [{{ per: agent, writes: 3, window: 1 hour }}]
"""


@pytest.mark.req("A3")
class TestLimits:
    def test_ask_people_beyond_their_number_within_one_batch_too(self, crm):
        workflow = create_workflow(slug="leads", source=LIMITED, mode="execute")
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, object_name="Lead")
        for number in range(5):
            key = crm.add("Lead", f"00Q{number:012d}", Name="Ada", Industry="Tech")
            draft = create_draft(
                workflow="leads",
                action="enrich_lead",
                object_name="Lead",
                record_id=key.record_id,
                fields={"Industry": "Ships"},
            )
            create_proposal(state="received", agent=agent, draft=draft, workflow=workflow)
        prepare()

        assert Proposal.objects.filter(state="approved").count() == 3
        assert Proposal.objects.filter(state="in_review").count() == 2

    def test_count_only_their_window(self, crm):
        workflow = create_workflow(slug="leads", source=LIMITED, mode="execute")
        agent = create_agent()
        create_grant(agent=agent, workflow=workflow, object_name="Lead")
        states = []
        for number, minutes in enumerate([0, 1, 2, 30, 63]):
            key = crm.add("Lead", f"00Q{number:012d}", Name="Ada", Industry="Tech")
            draft = create_draft(
                workflow="leads",
                action="enrich_lead",
                object_name="Lead",
                record_id=key.record_id,
                fields={"Industry": "Ships"},
            )
            at = AT + dt.timedelta(minutes=minutes)
            proposal = create_proposal(
                state="received", agent=agent, draft=draft, workflow=workflow, at=at
            )
            prepare(at)
            states.append(Proposal.objects.get(pk=proposal.pk).state)

        assert states == ["approved", "approved", "approved", "in_review", "approved"]


@pytest.mark.req("L7")
class TestTrouble:
    def test_postpones_while_the_crm_is_down_and_says_so_once(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")

        prepare()
        proposal.refresh_from_db()
        assert proposal.state == "received"
        assert proposal.prepare_at > AT
        assert proposal.outcome_code == "crm_unavailable"
        prepare(LATER)

        assert events(proposal).count("preparation.postponed") == 1

    def test_says_it_again_when_the_reason_changes(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        prepare()
        crm.fail_reads = QuotaExceeded("No calls are left today.")
        prepare(LATER)

        assert events(proposal).count("preparation.postponed") == 2

    def test_waits_longer_each_time_and_never_longer_than_five_minutes(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        waits, at = [], AT
        for _ in range(9):
            prepare(at)
            proposal.refresh_from_db()
            waits.append((proposal.prepare_at - at).total_seconds())
            at = proposal.prepare_at

        assert waits[:3] == [2, 4, 8]
        assert waits == sorted(waits)
        assert waits[-1] == 300

    def test_goes_on_when_the_crm_is_back(self, crm, record):
        proposal = received()
        crm.fail_reads = Transient("The CRM does not answer.")
        prepare()
        crm.fail_reads = None
        prepare(LATER)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.outcome_code) == ("in_review", "")

    def test_keeps_the_others_going_when_the_org_refuses_one(self, crm, record, monkeypatch):
        create_workflow()
        bad = crm.add("Opportunity", "006000000000666AAA", Name="Bad")
        good = create_proposal(state="received")
        spoiled = create_proposal(state="received", draft=create_draft(record_id=bad.record_id))
        read = crm.read

        def refusing(wanted):
            if bad in wanted:
                raise Rejected("MALFORMED_QUERY", crm_code="MALFORMED_QUERY")
            return read(wanted)

        monkeypatch.setattr(crm, "read", refusing)
        prepare()

        good.refresh_from_db()
        spoiled.refresh_from_db()
        assert (good.state, spoiled.state) == ("in_review", "refused")
        assert spoiled.outcome_code == "crm_rejected"

    def test_keeps_the_others_going_when_one_cannot_be_judged(self, crm, record, monkeypatch):
        create_workflow()
        other = crm.add("Opportunity", "006000000000666AAA", Name="Bad")
        good = create_proposal(state="received")
        broken = create_proposal(state="received", draft=create_draft(record_id=other.record_id))
        evaluate = judgement.evaluate

        def failing(*, request, **rest):
            if request.changes[0].record_id == other.record_id:
                raise ZeroDivisionError
            return evaluate(request=request, **rest)

        monkeypatch.setattr(preparation, "evaluate", failing)
        prepare()

        good.refresh_from_db()
        broken.refresh_from_db()
        assert (good.state, broken.state) == ("in_review", "received")
        assert broken.outcome_code == "not_judged"

    def test_takes_over_from_a_worker_that_died_while_reading(self, crm, record, monkeypatch):
        proposal, read = received(), crm.read
        monkeypatch.setattr(crm, "read", die)
        with pytest.raises(SystemExit):
            prepare()
        proposal.refresh_from_db()
        assert (proposal.state, proposal.prepare_at) == ("received", AT + preparation.LEASE)

        monkeypatch.setattr(crm, "read", read)
        assert prepare(AT) == 0
        assert prepare(AT + preparation.LEASE) == 1

    def test_drops_what_it_read_for_a_proposal_that_was_revised_meanwhile(
        self, crm, record, monkeypatch
    ):
        proposal = received()
        read = crm.read

        def slow(wanted):
            monkeypatch.setattr(crm, "read", read)
            revised = create_draft(fields={"NextStep": "Write"})
            answer(proposal, revised, at=AT + dt.timedelta(seconds=1))
            return read(wanted)

        monkeypatch.setattr(crm, "read", slow)
        prepare()
        proposal.refresh_from_db()
        assert (proposal.state, proposal.revision_number) == ("received", 2)
        assert not Revision.objects.filter(prepared_at__isnull=False).exists()

        prepare(LATER)
        proposal.refresh_from_db()
        assert proposal.state == "in_review"
        assert Revision.objects.get(number=2).prepared_at == LATER

    def test_leaves_a_proposal_alone_that_was_withdrawn_meanwhile(self, crm, record, monkeypatch):
        proposal = received()
        read = crm.read

        def slow(wanted):
            by = Actor(ActorKind.AGENT, proposal.requester_id, "x")
            submission.withdraw(proposal=proposal, reason="Wrong deal.", by=by, at=AT)
            return read(wanted)

        monkeypatch.setattr(crm, "read", slow)
        prepare()

        proposal.refresh_from_db()
        assert proposal.state == "withdrawn"
        assert not Review.objects.exists()


def wish(**more):
    return DraftChange(
        operation="update",
        object_name="Opportunity",
        record_id="006000000000001AAA",
        fields={"StageName": "Qualification"},
        **more,
    )


def lead_draft(**fields):
    return create_draft(
        action="enrich_lead",
        object_name="Lead",
        record_id=LEAD,
        fields=fields or {"Website": "https://ada.example"},
    )


def answer(proposal, draft, at=LATER):
    by = Actor(ActorKind.AGENT, proposal.requester_id, proposal.requester_label)
    submission.submit_revision(proposal=proposal, draft=draft, answer="Yes.", by=by, at=at)


def die(wanted):
    raise SystemExit(1)


def listen():
    sent: list[list[str]] = []

    def hear(sender, proposals, **rest):
        sent.append([proposal.pk for proposal in proposals])

    proposals_approved.connect(hear, weak=False, dispatch_uid="test")
    return sent


@pytest.fixture(autouse=True)
def _deaf_again():
    yield
    proposals_approved.disconnect(dispatch_uid="test")
