"""The description of the contract is true: every call that it allows is answered as it says."""

from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import checks

from orchestrator.wsgi import application
from tests.factories import create_granted_agent, create_workflow, issue_key

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture
def kept_connection(db):
    """Keep the test's own database connection open over requests, as Django's client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def contract(kept_connection, crm):
    agent = create_granted_agent(workflow=create_workflow(), slug="hygiene-agent")
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    schema.config.headers = {"Authorization": f"Bearer {issue_key(agent=agent)}"}
    return schema


@pytest.mark.req("K12")
def test_every_answer_is_as_described(contract):
    """Draw calls for every operation, legal and illegal, and check each answer."""
    seen: Counter[int] = Counter()
    for operation in contract.get_all_operations():
        _try(operation.ok(), seen)
    assert seen[200], "no call got past the door"
    assert seen[401] == 0, "the key was not shown"


def _try(operation, seen):
    @given(case=operation.as_strategy())
    @hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def calls(case):
        response = case.call_and_validate(checks=CHECKS)
        seen[response.status_code] += 1

    calls()
