"""Going up and putting versions in force: proposals about our own configuration, made by people."""

import datetime as dt
import secrets

from approvals.content import Draft, DraftChange
from approvals.models import Change, Proposal
from approvals.requesters import person_requester
from approvals.states import OPEN
from approvals.submission import submit
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import DomainError, NotAllowed
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows import configuration
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import LADDER, Mode

OBJECT = "Workflow"


class NotTheNextRung(DomainError):
    """The mode asked for is not the next one up."""

    code, status, title = "not_one_rung_up", 409, "One step at a time"


class AlreadyInForce(DomainError):
    """The version asked for is in force."""

    code, status, title = "already_in_force", 409, "In force already"


class AlreadyProposed(DomainError):
    """The same change of the workflow waits for a decision."""

    code, status, title = "already_proposed", 409, "Somebody asked already"


def propose_mode(
    *, workflow: Workflow, to: str, reason: str, person: User, at: dt.datetime
) -> Proposal:
    """
    Ask people to let the workflow go up by one mode.

    :raises NotAllowed: if the person does not administer the workflow
    :raises NotTheNextRung: if the mode asked for is not the next one up
    :raises AlreadyProposed: if a change of this workflow's mode is open
    """
    _check_administrator(person, workflow)
    left = Mode(workflow.mode)
    if to not in LADDER or LADDER.index(Mode(to)) != LADDER.index(left) + 1:
        raise NotTheNextRung(
            f"{workflow.title} is in {left} mode; the way up is {', then '.join(LADDER)}."
        )
    draft = _draft(
        workflow,
        action="change_mode",
        code="promotion",
        reason=reason,
        title=f"Take {workflow.title} up to {to} mode",
        field="mode",
        values=(left.value, to),
    )
    return _submit(workflow, draft, person, at)


def propose_version(
    *, version: WorkflowVersion, reason: str, person: User, at: dt.datetime
) -> Proposal:
    """
    Ask people to put a version of a workflow in force.

    :raises NotAllowed: if the person does not administer the workflow
    :raises AlreadyInForce: if the version is in force
    :raises AlreadyProposed: if a change of this workflow's version is open
    """
    workflow = version.workflow
    _check_administrator(person, workflow)
    current = workflow.current_version
    if current is not None and current.pk == version.pk:
        raise AlreadyInForce(f"Version {version.number} of {workflow.title} is in force already.")
    draft = _draft(
        workflow,
        action="publish_version",
        code="new_version" if current is None or version.number > current.number else "way_back",
        reason=reason,
        title=f"Put version {version.number} of {workflow.title} in force",
        field="version",
        values=(current.number if current else None, version.number),
    )
    return _submit(workflow, draft, person, at)


def _check_administrator(person: User, workflow: Workflow) -> None:
    if not may_administer(person, workflow):
        raise NotAllowed("Only people who administer this workflow may ask for this.")


def _draft(
    workflow: Workflow,
    *,
    action: str,
    code: str,
    reason: str,
    title: str,
    field: str,
    values: tuple[str | int | None, str | int],
) -> Draft:
    before, after = values
    change = DraftChange(
        operation="update",
        object_name=OBJECT,
        record_id=workflow.slug,
        fields={field: after},
        expect={field: before},
    )
    return Draft(
        workflow=configuration.SLUG,
        action=action,
        reason_code=code,
        reason_text=reason,
        changes=[change],
        title=title[:200],
    )


def _submit(workflow: Workflow, draft: Draft, person: User, at: dt.datetime) -> Proposal:
    _check_not_asked(workflow, draft.action)
    configuration.ensure_configuration_workflow(
        owner=workflow.owner,
        by=system("configuration"),
        at=at,
        check_condition=compile_condition,
    )
    # A form that is sent twice meets the open proposal; the key only has to be new.
    submitted = submit(
        draft=draft,
        requester=person_requester(person),
        idempotency_key=f"page-{secrets.token_hex(16)}",
        at=at,
    )
    return submitted.proposal


def _check_not_asked(workflow: Workflow, action: str) -> None:
    open_change = Change.objects.filter(
        object_name=OBJECT,
        record_id=workflow.slug,
        revision__proposal__action=action,
        revision__proposal__state__in=OPEN,
    ).first()
    if open_change is not None:
        raise AlreadyProposed(
            f"Proposal {open_change.revision.proposal_id} asks for this already; decide it or "
            "withdraw it first."
        )
