"""Add versions, put them in force, switch modes; each is written to the ledger."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from audit import ledger
from orchestrator.calendars.models import Calendar
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.canonical import digest
from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.states import StaleState
from orchestrator.orgs.models import Org, OrgKind
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.people.rights import Right
from orchestrator.workflows.consistency import CheckCondition
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.loader import BadWorkflowFile, Document, load_document
from orchestrator.workflows.models import Workflow, WorkflowVersion
from orchestrator.workflows.modes import LADDER, Mode, is_down
from orchestrator.workflows.queries import definition_of
from orchestrator.workflows.staffing import DEFAULT_ROLE, unstaffed


class NotAStepDown(DomainError):
    """The mode asked for is not below the present one."""

    code, status, title = "not_a_step_down", 409, "Not a step down"


class NotOneRungUp(DomainError):
    """The mode asked for is not the next one up."""

    code, status, title = "not_one_rung_up", 409, "One step at a time"


class AlwaysAsks(DomainError):
    """The configuration's own workflow stays in propose mode: there would be no way back up."""

    code, status, title = "always_asks", 409, "This workflow keeps its mode"


class UnknownCalendar(DomainError):
    """The version goes by a calendar that does not exist."""

    code, status, title = "unknown_calendar", 409, "There is no such calendar"


class ReasonMissing(DomainError):
    """Nothing changes without a reason."""

    code, status, title = "reason_missing", 422, "Say why"


@transaction.atomic
def add_version(
    *, source: str, by: Actor, at: dt.datetime, note: str, check_condition: CheckCondition
) -> WorkflowVersion:
    """
    Store a workflow file as a new version; the same content again gives the version it has.

    The first version of a workflow is put in force at once, in observe mode, where nothing can be
    written; every later one waits for `publish`.

    :raises BadWorkflowFile: with every problem and its line
    """
    document = load_document(source, check_condition)
    definition = document.definition
    org, owner = _org_and_owner(document)
    workflow, created = Workflow.objects.get_or_create(
        slug=definition.workflow,
        defaults={
            "title": definition.title,
            "description": definition.description,
            "org": org,
            "owner": owner,
            "created_at": at,
        },
    )
    _lock(workflow)
    if workflow.org_id != org.pk:
        message = "A workflow keeps its org; give the file another name in 'workflow'."
        raise BadWorkflowFile([document.problem(("org",), message)])
    content = definition.model_dump(mode="json", exclude_defaults=True)
    same = WorkflowVersion.objects.filter(workflow=workflow, digest=digest(content)).first()
    if same is not None:
        return same
    if created:
        _record_created(workflow, org, owner, by, at)
    version = _store(workflow, content, source, note, by, at)
    if created:
        _put_in_force(workflow, version, "First version.", by, at)
    return version


@transaction.atomic
def publish(*, version: WorkflowVersion, reason: str, by: Actor, at: dt.datetime) -> bool:
    """
    Put a version in force for proposals to come; say whether it was not in force already.

    :raises ReasonMissing: if no reason is given
    :raises UnknownCalendar: if the version goes by a calendar that does not exist
    """
    _check_reason(reason)
    workflow = _lock(version.workflow)
    if workflow.current_version_id == version.pk:
        return False
    _put_in_force(workflow, version, reason, by, at)
    return True


@transaction.atomic
def lower_mode(*, workflow: Workflow, to: str, reason: str, by: Actor, at: dt.datetime) -> None:
    """
    Take freedom away from agents, at once.

    :raises NotAStepDown: if the mode asked for is not below the present one
    :raises AlwaysAsks: if this is the workflow through which modes go up again
    :raises ReasonMissing: if no reason is given
    """
    _check_reason(reason)
    locked = _lock(workflow)
    if locked.org.kind == OrgKind.CONTROL:
        raise AlwaysAsks("Configuration is always decided by people; its mode stays as it is.")
    left, wanted = Mode(locked.mode), Mode(to)
    if not is_down(left=left, to=wanted):
        raise NotAStepDown(
            f"{locked.title} is in {left} mode; {wanted} is not below it. Going up is a proposal."
        )
    _switch(workflow, left, wanted, {"reason": reason}, by, at)


@transaction.atomic
def raise_mode(
    *, workflow: Workflow, to: str, reason: str, proposal: str, by: Actor, at: dt.datetime
) -> None:
    """
    Carry out an approved promotion; the control connector alone calls this.

    :raises NotOneRungUp: if the mode asked for is not the next one up
    :raises ReasonMissing: if no reason is given
    """
    _check_reason(reason)
    locked = _lock(workflow)
    left, wanted = Mode(locked.mode), Mode(to)
    if LADDER.index(wanted) != LADDER.index(left) + 1:
        raise NotOneRungUp(
            f"{locked.title} is in {left} mode; the way up is {', then '.join(LADDER)}."
        )
    _switch(workflow, left, wanted, {"reason": reason, "proposal": proposal}, by, at)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why; it stands in the ledger beside your name.")


def _lock(workflow: Workflow) -> Workflow:
    return Workflow.objects.select_for_update().get(pk=workflow.pk)


def _org_and_owner(document: Document) -> tuple[Org, User]:
    """Return who the file names, and refuse it if anything it names is not there."""
    definition = document.definition
    org = Org.objects.filter(slug=definition.org).first()
    owner = User.objects.filter(username=definition.owner, is_active=True).first()
    problems = [document.problem(*finding) for finding in unstaffed(definition)]
    if not _has_calendar(definition):
        problems.append(document.problem(("sla", "calendar"), _no_calendar(definition)))
    if org is None:
        message = f"There is no org {definition.org!r}; connect it first."
        problems.append(document.problem(("org",), message))
    if owner is None:
        message = f"There is no active person with the user name {definition.owner!r}."
        problems.append(document.problem(("owner",), message))
    if problems or org is None or owner is None:
        raise BadWorkflowFile(problems)
    return org, owner


def _has_calendar(definition: WorkflowDefinition) -> bool:
    named = definition.sla.calendar
    return not named or Calendar.objects.filter(slug=named).exists()


def _no_calendar(definition: WorkflowDefinition) -> str:
    return f"There is no calendar {definition.sla.calendar!r}; make it under Calendars first."


def _store(
    workflow: Workflow, content: object, source: str, note: str, by: Actor, at: dt.datetime
) -> WorkflowVersion:
    last = WorkflowVersion.objects.filter(workflow=workflow).order_by("-number").first()
    version = WorkflowVersion.objects.create(
        workflow=workflow,
        number=last.number + 1 if last else 1,
        definition=content,
        source=source,
        digest=digest(content),
        created_at=at,
        created_by=by.id,
        note=note,
    )
    detail = {"number": version.number, "digest": version.digest, "note": note}
    _record(workflow, "workflow.version_added", detail, by, at)
    return version


def _put_in_force(
    workflow: Workflow, version: WorkflowVersion, reason: str, by: Actor, at: dt.datetime
) -> None:
    definition = definition_of(version.pk)
    if not _has_calendar(definition):
        raise UnknownCalendar(_no_calendar(definition))
    previous = workflow.current_version
    owner = User.objects.get(username=definition.owner)
    rows = Workflow.objects.filter(pk=workflow.pk, current_version=previous)
    moved = rows.update(
        current_version=version,
        title=definition.title,
        description=definition.description,
        owner=owner,
    )
    if moved != 1:
        raise StaleState(f"Another version of {workflow.slug} was just put in force; look again.")
    detail = {
        "number": version.number,
        "digest": version.digest,
        "previous": previous.number if previous else None,
        "reason": reason,
    }
    _record(workflow, "workflow.version_published", detail, by, at)
    _give_rights(workflow, definition, by, at)


def _give_rights(
    workflow: Workflow, definition: WorkflowDefinition, by: Actor, at: dt.datetime
) -> None:
    """Let the roles that a version asks and their fallbacks decide, and ops owners run it."""
    asked = {stage.role for action in definition.actions.values() for stage in action.stages}
    for role in _with_fallbacks(asked | {DEFAULT_ROLE}):
        people.grant_right(role=role, workflow=workflow, right=Right.DECIDE, by=by, at=at)
        if role.slug == DEFAULT_ROLE:
            people.grant_right(role=role, workflow=workflow, right=Right.ADMINISTER, by=by, at=at)


def _with_fallbacks(slugs: set[str]) -> list[Role]:
    """Return these roles and, once each, those that stand in for them."""
    roles = {role.pk: role for role in Role.objects.select_related("group")}
    found: dict[int, Role] = {}
    for asked in (role for role in roles.values() if role.slug in slugs):
        role: Role | None = asked
        while role is not None and role.pk not in found:
            found[role.pk] = role
            role = roles.get(role.fallback_id) if role.fallback_id else None
    return list(found.values())


def _switch(
    workflow: Workflow, left: Mode, to: Mode, detail: dict[str, str], by: Actor, at: dt.datetime
) -> None:
    if Workflow.objects.filter(pk=workflow.pk, mode=left).update(mode=to) != 1:
        raise StaleState(f"{workflow.title} is no longer in {left} mode; look again.")
    workflow.mode = to
    _record(workflow, "workflow.mode_changed", {"left": left, "to": to, **detail}, by, at)


def _record_created(workflow: Workflow, org: Org, owner: User, by: Actor, at: dt.datetime) -> None:
    detail = {"title": workflow.title, "org": org.slug, "owner": owner.username}
    _record(workflow, "workflow.created", detail, by, at)


def _record(
    workflow: Workflow, event: str, detail: Mapping[str, object], by: Actor, at: dt.datetime
) -> None:
    ledger.record(
        event=event,
        by=by,
        at=at,
        subject_kind="workflow",
        subject_id=workflow.slug,
        workflow=workflow.slug,
        detail=dict(detail),
    )
