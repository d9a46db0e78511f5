"""Why is this record as it is? Found within a minute, by whoever has the right to know."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow
from tests.commits.scene import drain, opportunity
from tests.factories import create_draft, create_proposal, create_user, get_user, vote_on
from tests.pages import shown, signed_in, text_of
from tests.sight import keep

pytestmark = [pytest.mark.django_db, pytest.mark.req("C2")]
MOST_QUERIES = 16


@pytest.fixture
def address(crm) -> str:
    """Return the page of a record with one change written and another denied."""
    key = opportunity(crm, 1)
    create_proposal(state="approved", draft=create_draft(record_id=key.record_id, run="run-7"))
    drain()
    second = create_draft(record_id=key.record_id, fields={"NextStep": "Call the board"})
    denied = create_proposal(draft=second)
    vote_on(proposal=denied, vote="deny", text="The board was called last week.")
    return f"/records/Opportunity/{key.record_id}/"


def auditor() -> User:
    """Return somebody who reads the ledger and has no role."""
    person = create_user(username="arthur")
    person.user_permissions.add(Permission.objects.get(codename="view_entry"))
    return person


def test_says_who_changed_a_field_why_on_what_evidence_and_how_it_is_undone(address):
    page = text_of(signed_in("dora").get(address))

    for words in (
        "Prospecting Qualification",
        "stalled_30d No activity for 42 days.",
        "Call notes",
        "Ben, Deal desk",
        "deal-hygiene , version 1, agent hygiene-agent, run run-7",
        "See what taking it back would do",
    ):
        assert words in page


def test_says_what_was_asked_for_and_not_written_and_why(address):
    page = text_of(signed_in("dora").get(address))

    assert "Asked for, and not written" in page
    assert "The board was called last week." in page


def test_narrows_to_one_field(address):
    page = text_of(signed_in("dora").get(address, {"field": "NextStep"}))

    assert "Nothing was written to this field" in page
    assert "The board was called last week." in page
    assert "Prospecting" not in page


def test_shows_an_auditor_everything_written_and_no_way_back(address):
    page = text_of(signed_in(auditor()).get(address))

    assert "Prospecting Qualification" in page
    assert "Whoever administers the workflow can take it back." in page


def test_shows_an_approver_what_their_workflows_did(address):
    assert "Of the workflows that you may see." in text_of(signed_in("ben").get(address))


def test_is_closed_to_whoever_has_no_right_at_all(address):
    assert signed_in(get_user("eve")).get(address).status_code == 403


def test_hides_a_kept_field_from_an_auditor_without_the_right(address):
    keep(Workflow.objects.get(), StageName="sensitive")

    page = shown(signed_in(auditor()), address)

    assert "Prospecting" not in page
    assert "Qualification" not in page


def test_of_a_record_that_was_never_touched_says_so(address):
    page = text_of(signed_in("dora").get("/records/Account/001000000000009AAA/"))

    assert "Nothing was written to this record" in page


def test_costs_as_much_for_many_changes_as_for_one(address, crm):
    client = signed_in("dora")
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)

    assert len(captured) <= MOST_QUERIES
