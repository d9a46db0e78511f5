"""The agreement page of a workflow, and the figures on it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.kernel import clock
from orchestrator.observation import enrolment
from orchestrator.observation.measures import agreement, agreement_by
from orchestrator.observation.models import Observation
from orchestrator.observation.queries import PAGE_SIZE
from orchestrator.workflows.models import Workflow
from tests.factories import AT, create_draft, create_proposal, create_workflow
from tests.observation.scene import DAY, END, deal, look, observed
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("J7")]
PAGE = "/workflows/deal-hygiene/agreement/"
EVIL = "<script>alert(1)</script>\u202e"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: END + DAY)


def shown(address: str = PAGE) -> str:
    answer = signed_in("dora").get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def score(count: int, *outcomes: str) -> None:
    """Make many scored observations, with these results in turn."""
    create_workflow(mode="observe")
    for _ in range(count):
        create_proposal(state="observed", draft=create_draft())
    look_at_all(count)
    for number, row in enumerate(Observation.objects.order_by("pk")):
        result = outcomes[number % len(outcomes)]
        Observation.objects.filter(pk=row.pk).update(
            state="scored", result=result, scored_at=END + dt.timedelta(hours=1)
        )


def look_at_all(count: int) -> None:
    assert enrolment.enrol(at=AT) == count


class TestThePage:
    def test_shows_what_was_proposed_and_what_people_did(self, crm):
        key = deal(crm)
        observed(StageName="Qualification")
        crm.edit(key, StageName=EVIL)
        look(END)

        page = shown()

        assert "Prospecting" in page
        assert "Qualification" in page
        assert "Differed" in page
        assert "<script>alert(1)" not in page

    def test_says_the_agreement_with_the_untouched_beside_it(self, crm):
        deal(crm)
        score(10, "agreed", "agreed", "differed", "partly", "untouched")

        page = shown()

        assert "of 8 proposals agreed with what people did" in page
        assert "50%" in page

    def test_keeps_filters_in_the_address(self, crm):
        deal(crm)
        score(2, "agreed", "differed")

        assert shown(f"{PAGE}?result=agreed").count('class="observed"') == 1
        assert shown(f"{PAGE}?agent=hygiene-agent").count('class="observed"') == 2
        assert "No observed proposal fits" in shown(f"{PAGE}?version=9")
        assert shown(f"{PAGE}?result=odd&before=%27&version=x").count('class="observed"') == 2

    def test_pages_without_losing_one(self, crm):
        deal(crm)
        score(PAGE_SIZE + 3, "agreed")
        address, seen = PAGE, []
        while address:
            context = signed_in("dora").get(address).context
            seen += [row.observation.pk for row in context["rows"]]
            address = context["next_href"] and PAGE + context["next_href"]

        assert len(seen) == len(set(seen)) == PAGE_SIZE + 3

    def test_makes_the_same_few_queries_however_many_there_are(self, crm):
        deal(crm)
        client = signed_in("dora")
        counts: list[int] = []
        for count in (2, 20):
            Observation.objects.all().delete()
            score(count, "agreed") if not counts else _score_more(count)
            client.get(PAGE)
            with CaptureQueriesContext(connection) as captured:
                client.get(PAGE)
            counts.append(len(captured))

        assert counts[0] == counts[1] <= 22

    def test_is_empty_before_anything_was_observed(self, crm):
        create_workflow()

        assert "Nothing was observed yet" in shown()

    def test_is_not_there_for_strangers(self, crm):
        create_workflow()

        assert signed_in("eve").get(PAGE).status_code == 404

    def test_is_linked_from_the_workflow(self, crm):
        create_workflow()

        assert PAGE in shown("/workflows/deal-hygiene/")


def _score_more(count: int) -> None:
    for _ in range(count):
        create_proposal(state="observed", draft=create_draft())
    look_at_all(count + 2)
    Observation.objects.update(state="scored", result="agreed", scored_at=END)


class TestTheMeasure:
    def test_leaves_the_untouched_out_of_the_rate(self, crm):
        deal(crm)
        score(8, "agreed", "untouched", "differed", "gone")
        workflow = Workflow.objects.get(slug="deal-hygiene")

        found = agreement(workflow=workflow, since=AT, until=END + DAY)

        assert (found.agreed, found.compared, found.untouched, found.other) == (2, 4, 2, 2)
        assert found.share == 0.5

    @pytest.mark.parametrize(
        ("part", "name"),
        [("version", "1"), ("agent", "Hygiene agent"), ("action", "change_stage")],
    )
    def test_is_told_by_version_agent_and_action(self, crm, part, name):
        deal(crm)
        score(2, "agreed")
        workflow = Workflow.objects.get(slug="deal-hygiene")

        found = agreement_by(part, workflow=workflow, since=AT, until=END + DAY)

        assert {key: each.agreed for key, each in found.items()} == {name: 2}

    def test_looks_at_what_was_scored_in_the_period(self, crm):
        deal(crm)
        score(2, "agreed")
        workflow = Workflow.objects.get(slug="deal-hygiene")

        assert agreement(workflow=workflow, since=END + DAY, until=END + 2 * DAY).share is None
