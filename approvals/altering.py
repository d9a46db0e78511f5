"""Making a part or an edit of a proposal its next revision, on the base that people looked at."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from approvals import prepared
from approvals.acceptability import check_acceptable
from approvals.acceptance import Accepted, accept_in, grants_of, record_ids
from approvals.alteration import Alteration, Kept, altered
from approvals.alteration_terms import NotAlterable, Terms, terms
from approvals.bases import Reading
from approvals.content import content_of, draft_of
from approvals.exactness import text_problems
from approvals.facts import Usage, as_facts, request_of
from approvals.filing import file_revision
from approvals.fitting import Described, fitting
from approvals.models import Change, Proposal, Revision
from approvals.pending import Pending
from approvals.problems import InvalidProposal, Problem
from approvals.states import RevisionCause
from approvals.submission import LONGEST_TEXT, exactly
from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.canonical import digest
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User
from orchestrator.policy.evaluate import evaluate
from orchestrator.policy.verdict import Outcome, Verdict

ABOUT_A_CHANGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody who decides wants of a proposal instead, and why."""

    kept: Sequence[Kept]
    # Why something was left out: one of the reasons of a denial.
    reason_code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The next revision as it would be stored, judged on the base of the one before."""

    alteration: Alteration
    accepted: Accepted
    content: dict[str, Any]
    verdict: Verdict
    terms: Terms
    readings: Sequence[Reading]
    reason_code: str

    @property
    def digest(self) -> str:
        """Return what a vote on it names."""
        return digest(self.content)

    def as_json(self) -> dict[str, Any]:
        """Return what was altered, as it is kept with the revision and told to the agent."""
        made = self.alteration
        return {
            "from": self.content["revision"] - 1,
            "reason": {"code": self.reason_code, "text": self.content["answer"]},
            "left_out": [_plain(each) for each in made.left_out],
            "edited": [_plain(each) for each in made.edits],
        }


def locked(proposal_id: str) -> Proposal:
    """
    Return the whole proposal with its row locked, and everybody who may not decide on it.

    :raises NotFound: if there is no such proposal
    """
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("workflow__org", "version", "agent__owner")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if proposal.agent is not None:
        # Also who answers for the agent since: it may have been asked before they were noted.
        owner = proposal.agent.owner.username
        proposal.barred = list(dict.fromkeys([*proposal.barred, owner]))
    return proposal


def found(proposal_id: str) -> Proposal:
    """
    Return a proposal with what says where its records are.

    :raises NotFound: if there is no such proposal
    """
    proposal = Proposal.objects.select_related("workflow__org").filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound("There is no such proposal.")
    return proposal


def done_before(proposal: Proposal, *, person: User, checked: str) -> bool:
    """Say whether the person has made exactly this of the proposal already."""
    return proposal.revisions.filter(
        digest=checked,
        cause=RevisionCause.EDITED,
        author_kind=person.actor.kind,
        author_id=person.actor.id,
    ).exists()


def described(proposal: Proposal) -> Described:
    """
    Return how the org describes the objects of a proposal; kept for minutes, else it is asked.

    :raises ConnectorError: if the org cannot be asked
    """
    rows = Change.objects.filter(
        revision__proposal=proposal, revision__number=proposal.revision_number
    )
    connector = connector_for(proposal.workflow.org)
    names = sorted(set(rows.order_by().values_list("object_name", flat=True)))
    return {name: connector.describe(name) for name in names}


def draw_up(*, proposal: Proposal, wish: Wish, described: Described, at: dt.datetime) -> Drawn:
    """
    Return the revision that a wish would make, judged; nothing is stored.

    :raises InvalidProposal: if a value does not fit, or it is not an alteration at all
    :raises NotGranted: if the agent's grants do not cover what is left
    :raises NotAcceptable: if policy refuses the values
    :raises NotAlterable: if the action does not allow it
    """
    if unkeepable := text_problems(wish.text, "/answer", longest=LONGEST_TEXT):
        raise InvalidProposal(unkeepable)
    revision = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    rows = list(Change.objects.filter(revision=revision).order_by("position"))
    ids = record_ids(proposal.workflow.org_id)
    kept = fitting(revision.content, wish.kept, described, ids)
    made = altered(revision.content, kept)
    accepted = _accepted(proposal, revision, made, at)
    readings = [_carried(rows[origin], described) for origin in made.origins]
    verdict = _verdict(proposal, accepted, readings, at)
    action = accepted.definition.actions[proposal.action]
    content = content_of(
        accepted.draft,
        proposal_id=proposal.pk,
        revision=proposal.revision_number + 1,
        version=proposal.version.number,
        answer=wish.text,
    )
    return Drawn(
        alteration=made,
        accepted=accepted,
        content=content,
        verdict=verdict,
        terms=terms(action, made, risk=verdict.risk, by_agent=proposal.agent is not None),
        readings=readings,
        reason_code=wish.reason_code if made.left_out else "",
    )


def store(proposal: Proposal, drawn: Drawn, *, person: User, at: dt.datetime) -> None:
    """
    Make it the current revision of the locked proposal, with its base and its reviews.

    The base is the one people looked at: the same records and no field more. Whether it is still
    true is asked before the write, as always.

    :raises NobodyToAsk: if a stage can be given to no role at all
    """
    file_revision(
        proposal,
        drawn.accepted,
        drawn.content,
        cause=RevisionCause.EDITED,
        by=person.actor,
        at=at,
        alteration=drawn.as_json(),
        bars=not drawn.terms.counts,
    )
    revision = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
    pending = Pending(
        proposal=proposal,
        revision=revision,
        draft=drawn.accepted.draft,
        definition=drawn.accepted.definition,
        grants=grants_of(proposal.agent, proposal.workflow, at),
        changes=list(Change.objects.filter(revision=revision).order_by("position")),
        readings=list(drawn.readings),
        verdict=drawn.verdict,
    )
    # Filed with this moment as its due time, so it is ours to prepare.
    prepared.store([pending], lease=at, at=at)
    if isinstance(pending.trouble, DomainError):
        raise pending.trouble


def bar(proposal: Proposal, person: User) -> None:
    """Note that the person edited it, so that they do not decide on it again."""
    if person.username not in proposal.barred:
        proposal.amend(barred=[*proposal.barred, person.username])


def _accepted(
    proposal: Proposal, revision: Revision, made: Alteration, at: dt.datetime
) -> Accepted:
    draft = replace(draft_of(revision.content), changes=list(made.changes))
    try:
        return accept_in(
            draft=exactly(draft),
            workflow=proposal.workflow,
            version=proposal.version,
            agent=proposal.agent,
            at=at,
        )
    except InvalidProposal as refused:
        raise type(refused)(
            [_at_its_origin(each, made.origins) for each in refused.extra["problems"]]
        ) from refused


def _at_its_origin(problem: Mapping[str, str], origins: Sequence[int]) -> Problem:
    """Name the change as it stood in the proposal: that is what people have before them."""
    parts = problem["path"].split("/")
    if len(parts) >= ABOUT_A_CHANGE and parts[1] == "changes" and parts[2].isdigit():
        parts[2] = str(origins[int(parts[2])])
    return Problem(problem["code"], "/".join(parts), problem["text"])


def _carried(row: Change, described: Described) -> Reading:
    """Return what was read for the change before, for what is left of it."""
    description = described[row.object_name]
    if row.base is None:
        return Reading(description, None, [])
    key = RecordKey(row.object_name, row.record_id)
    snapshot = Snapshot(
        key=key,
        label=row.record_label,
        values=row.base,
        modified_at=row.base_modified_at,  # type: ignore[arg-type]  # a base has its times
        modstamp=row.base_modstamp,  # type: ignore[arg-type]  # a base has its times
        modified_by="",
        parent_key=row.parent_key,
    )
    return Reading(description, key, list(row.base), {}, snapshot, exists=True)


def _verdict(
    proposal: Proposal, accepted: Accepted, readings: Sequence[Reading], at: dt.datetime
) -> Verdict:
    usage = Usage(at)
    facts = as_facts(
        at=at,
        mode=proposal.workflow.mode,
        agent=proposal.agent,
        grants=grants_of(proposal.agent, proposal.workflow, at),
        prepared=True,
        question_asked=proposal.send_backs > 0,
        altered=True,
        writes_used=usage.of(
            accepted.definition, workflow_id=proposal.workflow_id, agent_id=proposal.agent_id
        ),
    )
    request = request_of(accepted.draft, readings)
    verdict = evaluate(request=request, facts=facts, definition=accepted.definition)
    check_acceptable(verdict)
    if verdict.outcome != Outcome.REVIEW:
        raise NotAlterable("The workflow only observes now: nothing of it can be approved.")
    return verdict


def _plain(part: Any) -> dict[str, Any]:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(part).items()}
