"""SLA adherence: who decides before things are due."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import expiry, sla_measures, submission
from approvals.models import Review
from approvals.sla_measures import Adherence, Window
from orchestrator.workflows.models import Workflow
from tests.approvals.clockwork import workflow_with
from tests.approvals.deciding import decide, send_back
from tests.factories import AT, create_draft, create_proposal, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("J3", "I1")]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
WINDOW = Window(AT - DAY, AT + DAY)
DENY_LATE = "escalation: [{{ at: 300%, do: deny }}]\n"


def deal(crm, number, *, amount=20000.0):
    draft = create_draft(record_id=f"006{number:012d}")
    crm.add("Opportunity", draft.changes[0].record_id, StageName="Prospecting", Amount=amount)
    return create_proposal(draft=draft)


@pytest.fixture
def decided(crm):
    """Two stages in time, one too late, one that ran out, one withdrawn, one open."""
    workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
    large = deal(crm, 1, amount=90000.0)
    decide(large, "ben", at=AT + HOUR)
    decide(large, "cleo", at=AT + 2 * HOUR)
    decide(deal(crm, 2), "ben", at=AT + 5 * HOUR)
    deal(crm, 3)
    expiry.expire_due(at=AT + 12 * HOUR)
    taken_back = deal(crm, 4)
    by = get_user("ada").actor
    submission.withdraw(proposal=taken_back, reason="Wrong.", by=by, at=AT + HOUR)
    deal(crm, 5)
    return Workflow.objects.get()


class TestAdherence:
    def test_is_the_share_that_was_closed_before_it_was_due(self, decided):
        found = sla_measures.adherence(window=WINDOW, workflow=decided)

        assert (found.closed, found.in_time, found.late) == (4, 2, 2)
        assert found.share == 0.5
        assert sla_measures.adherence(window=WINDOW) == found

    def test_counts_a_question_as_an_answer_of_people(self, crm, record):
        send_back(create_proposal(), at=AT + HOUR)

        assert sla_measures.adherence(window=WINDOW).share == 1.0

    def test_is_late_at_the_due_time_itself(self, crm, record):
        workflow_with("decide_within: 4 hours", escalation=DENY_LATE)
        decide(create_proposal(), at=AT + 4 * HOUR)

        assert sla_measures.adherence(window=WINDOW).in_time == 0

    def test_knows_no_share_of_nothing(self, crm, record):
        create_proposal()

        found = sla_measures.adherence(window=WINDOW)
        assert (found.closed, found.share) == (0, None)

    def test_keeps_to_its_window(self, decided):
        early = Window(AT - DAY, AT + HOUR)
        late = Window(AT + HOUR, AT + 2 * HOUR)

        assert [sla_measures.adherence(window=each).closed for each in (early, late)] == [0, 1]

    def test_is_told_by_role_by_stage_and_by_workflow_with_one_question_each(self, decided):
        questions = [
            lambda: sla_measures.adherence_by_role(window=WINDOW, workflow=decided),
            lambda: sla_measures.adherence_by_stage(window=WINDOW, workflow=decided),
            lambda: sla_measures.adherence_by_workflow(window=WINDOW),
        ]
        answers = []
        for ask in questions:
            with CaptureQueriesContext(connection) as seen:
                answers.append(ask())
            assert len(seen) == 1

        assert answers == [
            [Adherence("Ae manager", 1, 1), Adherence("Deal desk", 3, 1)],
            [Adherence("1", 3, 1), Adherence("2", 1, 1)],
            [Adherence("Deal hygiene", 4, 2)],
        ]

    def test_says_what_is_overdue_now(self, decided):
        open_one = Review.objects.get(state="open")

        for at, count in ((open_one.due_at, 1), (AT, 0)):
            assert sla_measures.overdue_now(workflow=decided, at=at) == count


class TestPage:
    @pytest.fixture
    def page(self, decided, client):
        client.force_login(get_user("ben"))
        return client

    def test_shows_share_roles_and_stages(self, page, monkeypatch):
        monkeypatch.setattr("approvals.views.adherence.clock.now", lambda: AT + DAY)

        shown = " ".join(page.get("/workflows/deal-hygiene/adherence/").content.decode().split())

        assert "50%</strong> of 4 reviews" in shown
        assert "2 late or not at all" in shown
        assert "1 overdue now" in shown
        assert "Deal desk" in shown

    def test_comes_alone_into_the_page_of_the_workflow(self, page):
        headers = {"HX-Request": "true", "HX-Target": "adherence"}

        fragment = page.get("/workflows/deal-hygiene/adherence/", headers=headers)

        assert fragment.content.decode().lstrip().startswith('<section class="card" id="adherence"')
        assert 'hx-get="/workflows/deal-hygiene/adherence/"' in (
            page.get("/workflows/deal-hygiene/").content.decode()
        )

    def test_is_for_people_who_may_see_the_workflow(self, page):
        create_role(slug="strangers", members=[get_user("eve")])
        page.force_login(get_user("eve"))

        assert page.get("/workflows/deal-hygiene/adherence/").status_code == 404
