"""Who decides: roles, fallbacks, and how many."""

import pytest

from approvals import directory, preparation, routing
from approvals.models import Review
from audit.models import Entry
from orchestrator.people.models import Role, User
from tests.factories import (
    AT,
    create_draft,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def roles():
    """Return deal desk → sales lead → ops owner, one person each."""
    owners = create_role(slug="ops-owner", members=[create_user(username="dora")])
    lead = create_role(slug="sales-lead", members=[create_user(username="lee")], fallback=owners)
    return create_role(
        slug="deal-desk",
        members=[create_user(username="ben"), create_user(username="bea")],
        fallback=lead,
    )


def place(quorum="1", barred=(), slug="deal-desk"):
    found = routing.place(directory.load(), slug, quorum, barred=barred)
    return found.role.slug, found.quorum


class TestPlace:
    def test_gives_a_stage_to_its_role(self, roles):
        assert place() == ("deal-desk", 1)

    def test_makes_a_number_of_all(self, roles):
        assert place("all") == ("deal-desk", 2)

    def test_leaves_out_who_may_not_decide(self, roles):
        assert place("all", barred=["ben"]) == ("deal-desk", 1)

    def test_falls_back_when_everybody_is_barred(self, roles):
        assert place("all", barred=["ben", "bea"]) == ("sales-lead", 1)

    def test_falls_back_along_the_chain(self, roles):
        assert place(barred=["ben", "bea", "lee"]) == ("ops-owner", 1)

    def test_falls_back_when_too_few_are_left_for_the_quorum(self, roles):
        User.objects.filter(username="lee").update(is_active=False)
        create_role(slug="ops-owner", members=[create_user()])

        assert place("2", barred=["ben"]) == ("ops-owner", 2)

    def test_passes_over_people_who_may_not_sign_in(self, roles):
        User.objects.filter(username__in=["ben", "bea"]).update(is_active=False)

        assert place() == ("sales-lead", 1)

    def test_ends_with_the_ops_owners_even_without_a_fallback(self, roles):
        Role.objects.update(fallback=None)

        assert place(barred=["ben", "bea"]) == ("ops-owner", 1)

    def test_gives_a_role_that_is_gone_to_the_ops_owners(self, roles):
        assert place(slug="long-gone") == ("ops-owner", 1)

    def test_stays_in_sight_where_it_was_meant_to_go_if_nobody_can(self, roles):
        User.objects.update(is_active=False)

        assert place("all") == ("deal-desk", 1)

    def test_ends_on_a_circle_of_fallbacks(self, roles):
        Role.objects.filter(slug="ops-owner").update(fallback=roles)
        User.objects.exclude(username="dora").update(is_active=False)

        assert place() == ("ops-owner", 1)

    def test_refuses_when_there_is_nobody_at_all(self):
        with pytest.raises(routing.NobodyToAsk):
            place()


@pytest.mark.req("A2", "A4")
class TestRouted:
    def test_keeps_why_with_the_review(self, crm, record):
        create_proposal()

        assert Review.objects.get().policy == {
            "role": "deal-desk",
            "quorum": "1",
            "why": "The action always asks this role.",
            "approve_needs_text": False,
            "sla": {
                "within": "4 hours",
                "calendar": "",
                "calendar_title": "",
                "zone": "UTC",
                "digest": "",
            },
        }

    def test_asks_for_words_in_a_human_only_review(self, crm, record):
        create_proposal(draft=create_draft(action="change_amount", fields={"Amount": 21000}))

        assert Review.objects.get().policy["approve_needs_text"] is True

    def test_notes_in_the_ledger_that_it_fell_back(self, crm, record):
        create_workflow()
        User.objects.filter(username="ben").update(is_active=False)
        create_proposal()

        assert Review.objects.get().role.slug == "ops-owner"
        fell = Entry.objects.get(event="review.fell_back")
        assert fell.detail == {"stage": 1, "role": "deal-desk", "to_role": "ops-owner"}

    def test_asks_the_ops_owners_where_no_stage_applies(self, crm, record):
        crm.add("Lead", "00Q000000000001AAA", Name="Ada")
        create_proposal(
            draft=create_draft(
                action="enrich_lead",
                object_name="Lead",
                record_id="00Q000000000001AAA",
                fields={"Industry": "Ships"},
            )
        )

        assert Review.objects.get().role.slug == "ops-owner"

    def test_waits_for_somebody_when_no_role_is_left(self, crm, record):
        proposal = create_proposal(state="received")
        _rename_roles()
        preparation.prepare_due(at=AT)

        proposal.refresh_from_db()
        assert (proposal.state, proposal.outcome_code) == ("received", "nobody_to_ask")
        assert Entry.objects.filter(event="preparation.postponed").exists()


def _rename_roles():
    for role in Role.objects.all():
        role.slug = f"old-{role.pk}"
        role.save()
