"""`manage.py reconcile`: figures on the screen, an exit code for scripts, differences as CSV."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from orchestrator.connectors.errors import Transient
from orchestrator.orgs.models import Org
from orchestrator.reconciliation import schedule
from orchestrator.reconciliation.models import Reconciliation
from tests.factories import AT, SETUP
from tests.reconciliation.scene import committed

pytestmark = [pytest.mark.django_db, pytest.mark.req("D3")]


@pytest.fixture(autouse=True)
def wide_horizon(settings):
    """Reach back to what the tests wrote, whatever the day is."""
    settings.COUNTERSIGN = {**settings.COUNTERSIGN, "reconciliation_days": 20_000}


@pytest.fixture
def record(crm, monkeypatch):
    monkeypatch.setattr("orchestrator.kernel.clock.now", lambda: AT.replace(hour=20))
    return committed(crm, StageName="Qualification")


def reconcile(*arguments: str) -> tuple[int, str]:
    said = StringIO()
    try:
        call_command("reconcile", *arguments, stdout=said)
    except SystemExit as done:
        return int(done.code), said.getvalue()
    return 0, said.getvalue()


class TestReconcile:
    def test_says_that_everything_is_as_written_with_exit_code_0(self, record):
        code, said = reconcile()

        assert code == 0
        assert said.splitlines()[1].split() == ["acme-prod", "1", "1", "0", "0", "0", "0", "0"]

    def test_says_what_differs_with_exit_code_1(self, record, crm):
        crm.edit(record, StageName="Prospecting")

        code, said = reconcile("--org", "acme-prod")

        assert code == 1
        assert said.splitlines()[1].split() == ["acme-prod", "1", "0", "1", "0", "0", "0", "1"]

    def test_writes_the_differences_and_records_that(self, record, crm, tmp_path):
        crm.edit(record, StageName="=HYPERLINK(1)")

        reconcile("--csv", str(tmp_path / "found.csv"))

        with (tmp_path / "found.csv").open() as lines:
            (found,) = csv.DictReader(lines)
        assert (found["field"], found["actual"]) == ("StageName", "'=HYPERLINK(1)")
        assert Entry.objects.filter(event="reconciliation.exported").count() == 1

    def test_gives_up_with_exit_code_2_if_the_crm_does_not_answer(self, record, crm):
        crm.fail_reads = Transient("The CRM is busy.")

        with pytest.raises(CommandError, match="The CRM is busy") as refused:
            reconcile()

        assert refused.value.returncode == 2
        assert Reconciliation.objects.get().state == "failed"

    def test_does_not_disturb_a_run_under_way(self, record):
        schedule.start(org=Org.objects.get(), by=SETUP, at=AT)

        with pytest.raises(CommandError, match="being reconciled already") as refused:
            reconcile()
        assert refused.value.returncode == 2

    def test_refuses_an_unknown_org_with_exit_code_2(self, record):
        with pytest.raises(CommandError, match="Known: acme-prod") as refused:
            reconcile("--org", "acme")
        assert refused.value.returncode == 2

    def test_says_its_exit_codes_in_its_help(self, capsys):
        with pytest.raises(SystemExit):
            call_command("reconcile", "--help")

        assert "1 if something differs" in capsys.readouterr().out
