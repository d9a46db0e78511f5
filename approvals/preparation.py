"""Preparation: read the records of many proposals at once, freeze their base, judge, route."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F

from approvals import bases, prepared, reversing
from approvals.content import draft_of
from approvals.facts import Usage, as_facts, lock_limits, request_of
from approvals.models import Change, Proposal, Revision
from approvals.pending import Pending, Refusal
from approvals.states import Purpose, RevisionCause
from orchestrator.agents.queries import grants_in_force
from orchestrator.connectors.base import Connector
from orchestrator.connectors.errors import ConnectorError, Rejected
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.actors import ActorKind
from orchestrator.kernel.errors import DomainError
from orchestrator.policy.evaluate import evaluate
from orchestrator.policy.verdict import Outcome
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.queries import definition_of

logger = logging.getLogger(__name__)

BATCH = 200
# While a batch is being read it is nobody else's; a worker that dies gives it back after this.
LEASE = dt.timedelta(seconds=60)
# An answer that no contract foresees: the reader stumbles over it somewhere.
NONSENSE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
TROUBLE = (DomainError, *NONSENSE)
INTERNAL = "An internal error; the log of the worker has it."


def prepare_due(*, limit: int = BATCH, at: dt.datetime) -> int:
    """Prepare the proposals whose time has come; return how many were looked at."""
    lease = at + LEASE
    pending = _load(_claim(limit, at, lease), at)
    pending.sort(key=lambda each: each.proposal.workflow.org_id)
    for _, of_org in groupby(pending, key=lambda each: each.proposal.workflow.org_id):
        _read(list(of_org))
    with transaction.atomic():
        lock_limits(each.proposal.workflow_id for each in pending if each.definition.limits)
        _judge(pending, at)
        _store(pending, lease, at)
    return len(pending)


@transaction.atomic
def _claim(limit: int, at: dt.datetime, lease: dt.datetime) -> list[Proposal]:
    """Push the due time of the batch forward, so that no lock is held while the CRM is read."""
    due = list(
        Proposal.objects.filter(prepare_at__lte=at)
        .order_by("prepare_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("workflow__org", "agent")[:limit]
    )
    if due:
        Proposal.objects.filter(pk__in=[each.pk for each in due]).update(
            prepare_at=lease, prepare_attempts=F("prepare_attempts") + 1
        )
    return due


def _load(proposals: Sequence[Proposal], at: dt.datetime) -> list[Pending]:
    if not proposals:
        return []
    by_id = {each.pk: each for each in proposals}
    # As they came: what is judged first may take the last of a limit.
    revisions = list(
        Revision.objects.filter(
            proposal__in=list(by_id), number=F("proposal__revision_number"), prepared_at=None
        ).order_by("pk")
    )
    asked = {by_id[each.proposal_id]: each.content for each in revisions}
    taking_back = _taking_back(asked, at)
    grants = grants_in_force(
        agent_ids={each.agent_id for each in proposals if each.agent_id},
        workflow_ids={each.workflow_id for each in proposals},
        at=at,
    )
    pending = {}
    for revision in revisions:
        proposal = by_id[revision.proposal_id]
        agent = proposal.agent_id
        try:
            pending[revision.pk] = Pending(
                proposal=proposal,
                revision=revision,
                draft=draft_of(revision.content),
                definition=(
                    taking_back[proposal.pk]
                    if proposal.purpose == Purpose.ROLLBACK
                    else definition_of(proposal.version_id)
                ),
                grants=grants.get((agent, proposal.workflow_id), []) if agent else None,
            )
        except Exception:
            # It comes back when its lease is over; the others go on now.
            logger.exception("proposal %s could not be loaded", proposal.pk)
    for change in Change.objects.filter(revision__in=list(pending)).order_by("position"):
        pending[change.revision_id].changes.append(change)
    return list(pending.values())


def _taking_back(
    asked: Mapping[Proposal, Mapping[str, Any]], at: dt.datetime
) -> dict[str, WorkflowDefinition]:
    """Return what governs the rollbacks among them; one that breaks stays out, and comes back."""
    try:
        return reversing.definitions_for(asked, at=at)
    except Exception:
        if len(asked) < 2:
            logger.exception("what governs a rollback could not be found")
            return {}
    found: dict[str, WorkflowDefinition] = {}
    for proposal, content in asked.items():
        found |= _taking_back({proposal: content}, at)
    return found


def _read(pending: Sequence[Pending]) -> None:
    """Read all records of one org; what cannot be read is noted where it belongs."""
    try:
        connector = connector_for(pending[0].proposal.workflow.org)
    except TROUBLE as trouble:
        _put_off(pending, trouble)
        return
    ready = [each for each in pending if _planned(each, connector)]
    try:
        _read_together(ready, connector)
    except (Rejected, *NONSENSE):
        # What the org refuses or answers with nonsense must not spoil the others: ask for each.
        for each in ready:
            _read_alone(each, connector)
    except TROUBLE as trouble:
        _put_off(ready, trouble)


def _put_off(pending: Sequence[Pending], trouble: Exception) -> None:
    """Try again later what an org did not answer, or answered in a way that nobody expected."""
    for each in pending:
        if isinstance(trouble, ConnectorError):
            each.trouble = trouble
        else:
            logger.error("proposal %s could not be read", each.proposal.pk, exc_info=trouble)
            each.trouble = Refusal("not_read", INTERNAL)


def _planned(each: Pending, connector: Connector) -> bool:
    try:
        each.readings = bases.plan(
            each.draft,
            action=each.definition.actions.get(each.draft.action),
            grants=each.grants,
            connector=connector,
        )
    except Rejected as refusal:
        each.refusal = Refusal(refusal.code, refusal.detail)
    except TROUBLE as trouble:
        _put_off([each], trouble)
    return bool(each.readings)


def _read_together(pending: Sequence[Pending], connector: Connector) -> None:
    readings = [reading for each in pending for reading in each.readings]
    records = bases.wanted(readings)
    if records:
        bases.keep(readings, connector.read(records))


def _read_alone(each: Pending, connector: Connector) -> None:
    try:
        _read_together([each], connector)
    except Rejected as refusal:
        each.refusal = Refusal(refusal.code, refusal.detail)
    except TROUBLE as trouble:
        _put_off([each], trouble)


def _judge(pending: Sequence[Pending], at: dt.datetime) -> None:
    usage = Usage(at)
    for each in pending:
        if each.trouble is not None or each.refusal is not None:
            continue
        try:
            _judge_one(each, usage, at)
        except Exception:
            # What is wrong with one proposal must not keep 199 others from their people.
            logger.exception("proposal %s could not be judged", each.proposal.pk)
            each.trouble = Refusal("not_judged", INTERNAL)


def _judge_one(each: Pending, usage: Usage, at: dt.datetime) -> None:
    proposal = each.proposal
    facts = as_facts(
        at=at,
        mode=proposal.workflow.mode,
        agent=proposal.agent,
        grants=each.grants,
        record_moved=each.revision.cause == RevisionCause.RECORD_MOVED,
        question_asked=proposal.send_backs > 0,
        approval_undone=each.revision.cause == RevisionCause.UNDONE,
        corrected=_by_a_person(each.revision),
        rollback=proposal.purpose == Purpose.ROLLBACK,
        prepared=True,
        writes_used=usage.of(
            each.definition, workflow_id=proposal.workflow_id, agent_id=proposal.agent_id
        ),
    )
    each.verdict = evaluate(
        request=request_of(each.draft, each.readings), facts=facts, definition=each.definition
    )
    if each.verdict.outcome == Outcome.AUTOMATIC:
        usage.add(
            workflow_id=proposal.workflow_id,
            agent_id=proposal.agent_id,
            changes=len(each.changes),
        )


def _by_a_person(revision: Revision) -> bool:
    corrected = revision.cause == RevisionCause.CORRECTED
    return corrected and revision.author_kind == ActorKind.PERSON


def _store(pending: Sequence[Pending], lease: dt.datetime, at: dt.datetime) -> None:
    """Store the batch, or each on its own if one of them cannot be stored."""
    try:
        prepared.store(pending, lease=lease, at=at)
    except OperationalError:
        raise
    except Exception:
        if len(pending) > 1:
            for each in pending:
                _store([each], lease, at)
            return
        if pending[0].trouble is not None:
            raise
        logger.exception("proposal %s could not be stored", pending[0].proposal.pk)
        pending[0].trouble = Refusal("not_stored", INTERNAL)
        prepared.store(pending, lease=lease, at=at)
