"""The systems of record of the contract tests."""

from typing import Any

import pytest

from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.control.connector import ControlConnector
from orchestrator.workflows.models import Workflow
from tests.connectors.systems import System
from tests.registry_factories import create_workflow


@pytest.fixture(params=["control"])
def system(request: pytest.FixtureRequest) -> Any:
    """Return one system of record after the other."""
    return request.getfixturevalue(f"{request.param}_system")


@pytest.fixture
def control_system(db: None) -> System:
    """Return our own configuration with three workflows in observe mode."""
    slugs = ["deal-hygiene", "lead-hygiene", "renewals"]
    rows = [create_workflow(slug=slug, mode="observe") for slug in slugs]
    return System(
        connector=ControlConnector(),
        keys=[RecordKey("Workflow", slug) for slug in slugs],
        field="mode",
        value="propose",
        bad_value={"mode": "full-throttle"},
        missing=RecordKey("Workflow", "no-such-workflow"),
        edit_elsewhere=lambda key: _lift(key.record_id),
        labels=[row.title for row in rows],
    )


def _lift(slug: str) -> None:
    Workflow.objects.filter(slug=slug).update(mode="execute")
