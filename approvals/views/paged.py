"""A proposal for somebody who is called about it: one screen, one thumb."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals import paged, reading
from approvals.detail import Detail, detail
from approvals.forms import REASON_WORDS
from approvals.states import ProposalState
from approvals.views.review_page import Typed, Way
from orchestrator.kernel.clock import now
from orchestrator.paging import permissions, queries, whom
from orchestrator.paging.lines import line
from orchestrator.paging.subjects import PROPOSAL
from orchestrator.people.models import User
from orchestrator.web.request import Request


@never_cache
@require_safe
def show_paged(request: Request, proposal_id: str) -> HttpResponse:
    """Show what somebody has to know at night; looking acknowledges nothing."""
    at, reader = now(), request.user
    found = detail(proposal_id=proposal_id, person=reader, at=at)
    context = {
        "at": at,
        "proposal": found.proposal,
        "revision": found.revision,
        "screen": paged.screen(found),
        "reasons": [(code.value, words) for code, words in REASON_WORDS.items()],
        # What the ballot of the whole page expects.
        "typed": Typed(),
        "way": Way(reviewing=False),
        **_decision(found, at),
        **_calling(found, reader, at),
    }
    return TemplateResponse(request, "approvals/paged.html", context)


def _decision(found: Detail, at: dt.datetime) -> dict[str, Any]:
    proposal, review = found.proposal, found.open_review
    in_review = proposal.state == ProposalState.IN_REVIEW and review is not None
    waiting = review if in_review and at < proposal.deadline_at else None
    return {
        "review": waiting,
        "may_decide": waiting is not None and found.may_decide,
        "refusal": found.refusal.detail if found.refusal and waiting else "",
        "needs_text": bool(waiting and waiting.policy.get("approve_needs_text")),
        "standing": reading.standing(found, []),
    }


def _calling(found: Detail, reader: User, at: dt.datetime) -> dict[str, Any]:
    """Return the page that calls people about the proposal, if one is open."""
    page = queries.open_page(subject_kind=PROPOSAL, subject_id=found.proposal.pk)
    if page is None:
        return {"page": None, "line": None, "takers": [], "may_answer": False}
    answers = permissions.may_answer(reader, page, at=at)
    takers = [each for each in whom.order(page, at=at) if each != reader] if answers else []
    return {
        "page": page,
        "line": line(page, reader=reader),
        "takers": takers,
        "may_answer": answers,
    }
