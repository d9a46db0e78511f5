"""What the tests of workflows share: load a file, look into the ledger."""

from audit import queries as ledger
from audit.queries import Filters, Line
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import operations
from orchestrator.workflows.models import WorkflowVersion
from tests.registry_factories import AT, SETUP


def add(source: str, note: str = "") -> WorkflowVersion:
    """Load a workflow file."""
    return operations.add_version(
        source=source, by=SETUP, at=AT, note=note, check_condition=compile_condition
    )


def events(*names: str) -> list[Line]:
    """Return the entries of these events, oldest first."""
    lines = ledger.search(filters=Filters(lane="config")).lines
    return [line for line in reversed(lines) if line.event in names]
