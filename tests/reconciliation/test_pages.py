"""The page of reconciliation, the run on demand and the export, through the web's own doors."""

import csv
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from orchestrator.commits.models import Commit
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import queries, running
from orchestrator.reconciliation.exporting import safe_cell
from orchestrator.reconciliation.models import Finding, Reconciliation
from orchestrator.reconciliation.queries import PAGE_SIZE
from tests.factories import AT, create_org, create_workflow, get_user
from tests.pages import signed_in
from tests.reconciliation.scene import LATER, committed, reconcile

pytestmark = [pytest.mark.django_db, pytest.mark.req("D3")]
PAGE = "/reconciliation/"
EVIL = "<script>alert(1)</script>\u202e"


def shown(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def run(crm) -> Reconciliation:
    key = committed(crm, StageName="Qualification", NextStep="Call")
    crm.edit(key, StageName="Prospecting", NextStep=EVIL)
    return reconcile()


def add_findings(run: Reconciliation, count: int, kind: str = "missing") -> None:
    """Add findings to a run, each of a record of its own."""
    commit = Commit.objects.select_related("proposal").latest("created_at")
    Finding.objects.bulk_create(
        Finding(
            run=run,
            kind=kind,
            object_name="Lead",
            record_id=f"00Q{number:012d}AAA",
            label=f"Lead {number:03d}",
            commit=commit,
            proposal=commit.proposal,
            workflow=commit.proposal.workflow,
        )
        for number in range(count)
    )
    Reconciliation.objects.filter(pk=run.pk).update(missing=count)


class TestThePage:
    def test_shows_then_and_now_with_who_and_links(self, run):
        page = shown(signed_in("dora"))

        assert "Changed by a person" in page
        for value in ("Qualification", "Prospecting", "taken back"):
            assert value in page
        assert "/records/Opportunity/006000000000001AAA/" in page
        assert f"/proposals/{Finding.objects.first().proposal_id}/" in page

    def test_shows_text_from_the_crm_as_text(self, run):
        page = shown(signed_in("dora"))

        assert "<script>alert(1)" not in page
        assert "\u202e" not in page

    def test_keeps_filters_in_the_address(self, run):
        page = shown(signed_in("dora"), f"{PAGE}?field=NextStep&reverted=")

        assert "NextStep" in page
        assert "taken back</span>" not in page
        assert "No difference fits" in shown(signed_in("dora"), f"{PAGE}?kind=missing")

    def test_pages_through_kinds_without_losing_one(self, run):
        add_findings(run, PAGE_SIZE + 7)
        client = signed_in("dora")
        address, seen = PAGE, []
        while address:
            context = client.get(address).context
            seen += [each.pk for group in context["groups"] for each in group.findings]
            address = context["next_href"]

        assert len(seen) == len(set(seen)) == Finding.objects.count()

    def test_shows_the_trend_and_an_older_run(self, run, crm):
        reconcile(at=LATER + dt.timedelta(days=1))

        assert "The last 2 runs" in shown(signed_in("dora"))
        assert "Show the latest" in shown(signed_in("dora"), f"{PAGE}?run={run.pk}")

    def test_makes_the_same_few_queries_however_much_was_found(self, run):
        client = signed_in("dora")
        client.get(PAGE)
        counts = []
        for extra in (1, 40):
            add_findings_of(run, extra)
            with CaptureQueriesContext(connection) as captured:
                client.get(PAGE)
            counts.append(len(captured))

        assert counts[0] == counts[1] <= 20

    def test_survives_a_nonsense_address(self, run):
        for query in ("run=x", "after=%27", "kind=odd", "org=%00", "field=" + "x" * 200):
            assert signed_in("dora").get(f"{PAGE}?{query}").status_code == 200

    def test_says_that_a_run_is_put_off_and_why(self, crm):
        committed(crm, StageName="Qualification")
        run = reconcile()
        Reconciliation.objects.filter(pk=run.pk).update(
            state="running", finished_at=None, trouble_code="crm_unavailable", trouble_text="Busy."
        )

        page = shown(signed_in("dora"))

        assert "Put off; the next try is due" in page
        assert "Busy." in page


def add_findings_of(run: Reconciliation, count: int) -> None:
    Finding.objects.filter(run=run, kind="missing").delete()
    add_findings(run, count)


class TestWhoMaySee:
    def test_strangers_see_no_org(self, run):
        page = shown(signed_in("eve"))

        assert "Nothing here is yours to see" in page
        assert "Qualification" not in page

    def test_strangers_do_not_find_a_run_by_its_number(self, run):
        assert signed_in("eve").get(f"{PAGE}?run={run.pk}").status_code == 404
        assert signed_in("eve").post(f"{PAGE}{run.pk}.csv").status_code == 404

    def test_people_see_the_differences_of_their_workflows_only(self, run):
        other = create_workflow(slug="other-flow")
        Finding.objects.filter(field="NextStep").update(workflow=other)
        staffed = get_user("ben")
        visible = {run.findings.get(field="StageName").workflow_id}

        page = queries.findings(run, workflow_ids=visible, filters=queries.Filters())

        assert [each.field for each in page.findings] == ["StageName"]
        assert not queries.sees_all(run, workflow_ids=visible)
        assert staffed.is_active

    def test_staff_sees_everything(self, run):
        root = get_user("root")
        root.is_staff = True
        root.save()

        assert "Prospecting" in shown(signed_in("root"))


class TestReconcileNow:
    @pytest.fixture(autouse=True)
    def org(self, crm):
        create_workflow()
        return create_org()

    def test_begins_a_run_for_an_administrator(self, org):
        answer = signed_in("dora").post(f"{PAGE}start/", {"org": org.slug})

        assert answer.status_code == 302
        begun = Reconciliation.objects.get()
        assert (begun.state, begun.cause) == ("running", "demand")
        assert "Under way since" in shown(signed_in("dora"))

    def test_says_so_if_one_is_under_way(self, org):
        signed_in("dora").post(f"{PAGE}start/", {"org": org.slug})

        answer = signed_in("dora").post(f"{PAGE}start/", {"org": org.slug})

        assert answer.status_code == 409
        assert "reconciliation_running" in answer.content.decode()

    def test_is_refused_to_who_only_decides(self, org):
        assert signed_in("ben").post(f"{PAGE}start/", {"org": org.slug}).status_code == 403
        assert "Reconcile now" not in shown(signed_in("ben"))

    def test_does_not_tell_strangers_which_orgs_there_are(self, org):
        for slug in (org.slug, "nothing"):
            assert signed_in("eve").post(f"{PAGE}start/", {"org": slug}).status_code == 404


class TestTheExport:
    def test_streams_what_the_page_lists_and_records_that(self, run):
        answer = signed_in("dora").post(f"{PAGE}{run.pk}.csv?field=StageName")

        assert answer.streaming
        rows = list(csv.DictReader(answer.getvalue().decode().splitlines()))
        assert [(row["expected"], row["actual"], row["reverted_by_hand"]) for row in rows] == [
            ("Qualification", "Prospecting", "true")
        ]
        entry = Entry.objects.get(event="reconciliation.exported")
        assert (entry.actor_id, entry.detail["field"]) == ("dora", "StageName")

    def test_takes_a_form_because_it_leaves_a_trace(self, run):
        assert signed_in("dora").get(f"{PAGE}{run.pk}.csv").status_code == 405

    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
    def test_hands_no_formula_to_a_spreadsheet(self, first):
        assert safe_cell(f"{first}cmd()") == f"'{first}cmd()"

    def test_leaves_numbers_and_plain_text_as_they_are(self):
        assert [safe_cell(each) for each in (-5, 1.5, True, None, "plain", {"a": 1})] == [
            -5, 1.5, "true", "", "plain", '{"a": 1}',
        ]  # fmt: skip


def test_a_run_is_worked_off_by_the_sweep(crm):
    committed(crm, StageName="Qualification")
    signed_in("dora").post(f"{PAGE}start/", {"org": Org.objects.get().slug})
    due = Reconciliation.objects.get().due_at

    assert running.advance_due(at_clock=lambda: due) == 1
    assert Reconciliation.objects.get().state == "finished"
    assert due > AT
