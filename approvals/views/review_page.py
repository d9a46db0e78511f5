"""The review page, for looking at a proposal and for saying why a decision did not count."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.template.response import TemplateResponse

from approvals import (
    altered_view,
    narration,
    pulse,
    reading,
    reversing,
    snooze_choices,
    undo_window,
    weighing,
)
from approvals.choices import Takers, takers
from approvals.detail import Detail, detail, record_links
from approvals.evidence import exhibits
from approvals.forms import REASON_WORDS
from approvals.live_records.telling import LIVE
from approvals.models import Proposal, Review
from approvals.sla_words import due_words, pause_words
from approvals.states import ProposalState, Purpose
from approvals.viewer import Viewer, viewer_of, waiting_review
from approvals.views import rounds
from approvals.views.rounds import NO_ROUND, Round, round_of
from approvals.visibility import mask_lines
from audit import queries as ledger
from orchestrator.identity.recent import authenticated_at
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.people.permissions import may_read_ledger
from orchestrator.people.rights import Right
from orchestrator.web.local_time import zone_named
from orchestrator.web.request import Request

TEMPLATE = "approvals/proposal.html"
SHOWN = ("fields", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person had typed when they were refused: never lost."""

    # Which panel it was typed into: approve, deny, send_back, reassign, withdraw.
    panel: str = ""
    reason_code: str = ""
    text: str = ""
    to: str = ""
    problem: DomainError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the person came here: reviewing one after the other, or not."""

    reviewing: bool
    shown: str = field(default="fields")
    going: Round = NO_ROUND

    @property
    def query(self) -> str:
        """Return what keeps the way in an address."""
        return f"?{self.going.query}" if self.reviewing else ""


def way_of(values: Mapping[str, Any]) -> Way:
    """Return the way from an address or a form."""
    shown = values.get("show", "")
    going = round_of(values)
    return Way(
        reviewing=going.position > 0, shown=shown if shown in SHOWN else SHOWN[0], going=going
    )


def page(
    request: Request, proposal_id: str, *, way: Way, at: dt.datetime, typed: Typed | None = None
) -> TemplateResponse:
    """
    Return the page; with something typed, under the status of what refused it.

    :raises NotFound: if the person may not know of the proposal
    """
    found = detail(proposal_id=proposal_id, person=request.user, at=at)
    said = typed or Typed()
    viewer = viewer_of(found, request.user, at=at, authenticated_at=authenticated_at(request))
    context = {
        "at": at,
        "way": way,
        "typed": said,
        **_content(found, way, at),
        **_decision(found, request.user, viewer, at),
        **rounds.ways_on(way.going, found.open_review),
        "viewer": viewer,
        "may_read_ledger": may_read_ledger(request.user),
    }
    status = said.problem.status if said.problem else 200
    return TemplateResponse(request, TEMPLATE, context, status=status)


def _content(found: Detail, way: Way, at: dt.datetime) -> dict[str, Any]:
    proposal, revision = found.proposal, found.revision
    story = mask_lines(found.mask, ledger.timeline(proposal.pk))
    written = narration.written(story) if proposal.closed_at else []
    links = record_links(org=proposal.workflow.org, changes=found.changes)
    action = reversing.action_of(proposal, revision.content, at=at)
    return {
        "proposal": proposal,
        "revision": revision,
        "content": revision.content,
        "heading": reading.heading(found),
        "records": reading.records(found, links=links, written=written),
        "evidence": exhibits(revision.content, crm=proposal.workflow.org.base_url, at=at),
        "checks": reading.checks(found.verdict),
        "stages": reading.stages(found.current_reviews),
        "exchanges": reading.exchanges(found),
        "progress": weighing.progress(found.current_reviews),
        "follows": weighing.what_follows(found, action),
        "compares_live": proposal.state in LIVE,
        # A comment that is sent twice is said once.
        "comment_key": uuid4().hex,
        "steps": narration.steps(story),
        "standing": reading.standing(found, written, story),
        "seen": pulse.seen(proposal, entry=story[-1].id if story else 0),
        "way_back": reading.way_back(found, action),
        "policy": action.policy if action else "",
        "raw": reading.as_json(revision) if way.shown == "json" else "",
        "conflict": reading.open_conflict(found) or {},
        "conflict_undecided": reading.is_undecided(found),
        "alterations": altered_view.altered(found),
        "columns": reading.column_words(proposal),
        "field_count": sum(len(change.fields) for change in found.changes),
    }


def _decision(found: Detail, person: User, viewer: Viewer, at: dt.datetime) -> dict[str, Any]:
    proposal = found.proposal
    waiting = waiting_review(found, at=at)
    return {
        "review": waiting,
        "clock_words": _clock_words(proposal, waiting, at),
        "may_decide": found.may_decide,
        "may_part": viewer.may_approve_part,
        "may_edit": viewer.may_edit,
        "stands_for": found.mandate.stands_for if found.mandate else None,
        "refusal": found.refusal.detail if found.refusal and waiting else "",
        "needs_text": bool(waiting and waiting.policy.get("approve_needs_text")),
        "questions_left": viewer.questions_left,
        "reasons": [(code.value, words) for code, words in REASON_WORDS.items()],
        "takers": (
            takers(proposal=proposal, review=waiting, but=person, at=at)
            if waiting is not None and viewer.may_hand_on
            else Takers()
        ),
        "may_hand_on": viewer.may_hand_on,
        "later": snooze_choices.choices(
            at=at, due_at=waiting.due_at if waiting else None, zone=zone_named(person.time_zone)
        ),
        "undo": undo_window.offer_to(
            person, proposal=proposal, reviews=found.current_reviews, at=at
        ),
        "may_take_back": (
            proposal.state == ProposalState.COMMITTED
            and proposal.purpose == Purpose.CHANGE
            and Right.ADMINISTER in found.rights
        ),
        "may_withdraw": viewer.may_withdraw,
    }


def _clock_words(proposal: Proposal, review: Review | None, at: dt.datetime) -> str:
    if review is not None and review.due_at is not None:
        return due_words(review.policy, due=review.due_at, at=at)
    paused = proposal.state == ProposalState.REVISION_REQUESTED
    return pause_words(proposal) if paused else ""
