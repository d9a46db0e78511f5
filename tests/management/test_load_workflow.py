"""The command that loads a workflow file."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit import queries as ledger
from audit.queries import Filters
from orchestrator.workflows.models import Workflow, WorkflowVersion
from tests.registry_factories import create_cast, create_org
from tests.workflows.test_loader import SMALL

pytestmark = [pytest.mark.django_db, pytest.mark.req("G1")]


@pytest.fixture
def file(tmp_path):
    create_cast()
    create_org()
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def load(file, **options):
    said = StringIO()
    call_command("load_workflow", str(file), stdout=said, **options)
    return said.getvalue()


class TestLoadWorkflow:
    def test_puts_a_first_version_in_force_and_says_so(self, file):
        said = load(file, by="dora", note="A start.")

        assert "small version 1" in said
        assert "in force in observe mode" in said
        assert WorkflowVersion.objects.get().note == "A start."
        line = ledger.search(filters=Filters(event="workflow.created")).lines[0]
        assert line.actor_id == "dora"

    def test_lets_a_later_version_wait_unless_told_otherwise(self, file):
        load(file)
        file.write_text(SMALL.replace("title: Small", "title: Smaller"))

        assert "--publish" in load(file)
        assert Workflow.objects.get().current_version.number == 1
        assert "in force" in load(file, publish="Better title.")
        assert Workflow.objects.get().current_version.number == 2

    def test_prints_every_problem_with_its_line_and_stores_nothing(self, file):
        file.write_text(SMALL.replace("title:", "titel:").replace("dora", "nobody"))

        with pytest.raises(CommandError) as refusal:
            load(file)

        lines = str(refusal.value).splitlines()
        assert [line.split(": ")[1] for line in lines] == ["line 1", "line 2"]
        assert all(line.startswith(str(file)) for line in lines)
        assert refusal.value.returncode == 1
        assert not Workflow.objects.exists()

    @pytest.mark.parametrize("content", [None, b"\xff\xfe"])
    def test_says_that_a_file_cannot_be_read(self, file, content):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)

        with pytest.raises(CommandError, match="Cannot read"):
            load(file)

    def test_refuses_to_act_for_somebody_unknown(self, file):
        with pytest.raises(CommandError, match="no active person"):
            load(file, by="nobody")
