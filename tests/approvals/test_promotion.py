"""Going up is a proposal: one person asks, another decides, the control connector writes."""

import datetime as dt

import pytest
from django.test import Client

from approvals import decisions, preparation, promotion
from approvals.models import Change, Proposal, Review
from approvals.permissions import OwnProposal
from approvals.states import Vote
from audit import queries as ledger
from audit.queries import Filters
from orchestrator.commits import engine
from orchestrator.kernel.errors import NotAllowed
from orchestrator.orgs.models import Org
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.models import Workflow
from tests.factories import AT, SETUP, create_role, create_workflow, get_user
from tests.standard_workflow import WORKFLOW

pytestmark = [pytest.mark.django_db, pytest.mark.req("G6")]


@pytest.fixture
def workflow():
    made = create_workflow(mode="observe")
    # A second ops owner, so that somebody other than dora can decide.
    create_role(slug="ops-owner", members=[get_user("eve")])
    return made


def ask(workflow, to="propose", person="dora", reason="The figures are good."):
    return promotion.propose_mode(
        workflow=workflow, to=to, reason=reason, person=get_user(person), at=AT
    )


def prepared(proposal):
    preparation.prepare_due(limit=10, at=AT)
    return Proposal.objects.get(pk=proposal.pk)


def add_version(workflow):
    source = WORKFLOW.format(slug=workflow.slug, org="acme-prod", owner="dora")
    return operations.add_version(
        source=source.replace("max_change_pct: 40", "max_change_pct: 30"),
        by=SETUP,
        at=AT,
        note="",
        check_condition=compile_condition,
    )


def approve(proposal, person):
    return decisions.decide(
        proposal_id=proposal.pk,
        person=get_user(person),
        vote=Vote.APPROVE,
        digest=proposal.digest,
        reason_code="",
        text="I looked at the figures.",
        at=AT,
        authenticated_at=AT,
    )


class TestProposeMode:
    def test_asks_an_ops_owner_and_changes_nothing_yet(self, workflow):
        proposal = prepared(ask(workflow))

        assert proposal.state == "in_review"
        assert Review.objects.get(proposal=proposal, state="open").role.slug == "ops-owner"
        assert Workflow.objects.get(pk=workflow.pk).mode == "observe"

    def test_is_never_decided_by_whoever_asked(self, workflow):
        proposal = prepared(ask(workflow))

        with pytest.raises(OwnProposal):
            approve(proposal, "dora")

        assert approve(proposal, "eve").state == "approved"

    def test_goes_up_one_rung_only(self, workflow):
        for to in ("execute", "observe", "nonsense"):
            with pytest.raises(promotion.NotTheNextRung):
                ask(workflow, to=to)

        assert not Proposal.objects.exists()

    def test_is_for_people_who_administer_the_workflow(self, workflow):
        with pytest.raises(NotAllowed):
            ask(workflow, person="ben")

    def test_waits_for_the_first_proposal_before_a_second_one(self, workflow):
        first = ask(workflow)

        with pytest.raises(promotion.AlreadyProposed, match=first.pk):
            ask(workflow)


class TestProposeVersion:
    def test_asks_an_ops_owner_with_the_numbers_before_and_after(self, workflow):
        version = add_version(workflow)

        proposal = prepared(
            promotion.propose_version(
                version=version, reason="Stricter.", person=get_user("dora"), at=AT
            )
        )

        assert proposal.state == "in_review"
        change = Change.objects.get(revision__proposal=proposal)
        assert (change.base["version"], change.fields["version"]) == (1, 2)

    def test_refuses_the_version_in_force(self, workflow):
        version = workflow.current_version

        with pytest.raises(promotion.AlreadyInForce):
            promotion.propose_version(
                version=version, reason="Again.", person=get_user("dora"), at=AT
            )


@pytest.mark.django_db(transaction=True)
class TestCarryingOut:
    def drain(self):
        """Let one worker write what is due in our own configuration."""
        org = Org.objects.get(slug="countersign")
        return engine.drain(org_id=org.pk, at_clock=lambda: AT + dt.timedelta(minutes=1))

    def test_of_an_approved_promotion_switches_the_mode(self, workflow):
        proposal = prepared(ask(workflow))
        approve(proposal, "eve")

        assert self.drain() == 1

        assert Workflow.objects.get(pk=workflow.pk).mode == "propose"
        assert Proposal.objects.get(pk=proposal.pk).state == "committed"
        line = ledger.search(filters=Filters(event="workflow.mode_changed")).lines[0]
        assert line.detail["proposal"] == proposal.pk

    def test_of_an_approved_version_puts_it_in_force(self, workflow):
        version = add_version(workflow)
        proposal = prepared(
            promotion.propose_version(
                version=version, reason="Stricter.", person=get_user("dora"), at=AT
            )
        )
        approve(proposal, "eve")

        self.drain()

        assert Workflow.objects.get(pk=workflow.pk).current_version == version


class TestViews:
    def sign_in(self, username):
        client = Client()
        client.force_login(get_user(username))
        return client

    def test_lead_to_the_proposal_that_was_made(self, workflow):
        response = self.sign_in("dora").post(
            "/workflows/deal-hygiene/raise/", {"to": "propose", "reason": "Good figures."}
        )

        assert response["Location"] == f"/proposals/{Proposal.objects.get().pk}/"

    def test_make_a_proposal_of_a_version(self, workflow):
        add_version(workflow)

        response = self.sign_in("dora").post(
            "/workflows/deal-hygiene/publish/", {"version": 2, "reason": "Stricter."}
        )

        assert response["Location"] == f"/proposals/{Proposal.objects.get().pk}/"

    @pytest.mark.parametrize(("who", "status"), [("ben", 403), ("ada", 404)])
    def test_refuse_everybody_else(self, workflow, who, status):
        response = self.sign_in(who).post(
            "/workflows/deal-hygiene/raise/", {"to": "propose", "reason": "Good figures."}
        )

        assert response.status_code == status
        assert not Proposal.objects.exists()

    def test_ask_for_a_reason(self, workflow):
        client = self.sign_in("dora")

        client.post("/workflows/deal-hygiene/raise/", {"to": "propose"})
        client.post("/workflows/deal-hygiene/publish/", {"version": 1})

        assert not Proposal.objects.exists()
