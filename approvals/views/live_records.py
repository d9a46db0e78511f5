"""The records of one proposal as they are now; the review page fetches them once it is there."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import narration, reading
from approvals.detail import Detail, detail, record_links
from approvals.live_records import checking, surroundings
from approvals.visibility import mask_lines
from audit import queries as ledger
from orchestrator.kernel.clock import now
from orchestrator.people.permissions import may_read_ledger
from orchestrator.web.partials import partials
from orchestrator.web.request import Request


@never_cache
@require_safe
@partials("records")
def show_now(request: Request, proposal_id: str) -> HttpResponse:
    """Show what changes beside what is there now."""
    at = now()
    found = detail(proposal_id=proposal_id, person=request.user, at=at)
    context = {
        **_records(found, at),
        "proposal": found.proposal,
        "revision": found.revision,
        "may_decide": found.may_decide,
        "columns": reading.column_words(found.proposal),
        "may_read_ledger": may_read_ledger(request.user),
    }
    return TemplateResponse(request, "approvals/now.html", context)


@never_cache
@require_POST
def read_again(request: Request, proposal_id: str) -> HttpResponseBase:
    """Prepare it again where its records moved, without a vote that could not count."""
    moved = checking.read_again(
        proposal_id=proposal_id,
        person=request.user,
        digest=request.POST.get("digest", ""),
        at=now(),
    )
    said = "Read again: compare what changed." if moved else "Nothing has changed since we read it."
    messages.info(request, said)
    return redirect("approvals:show-proposal", proposal_id)


def _records(found: Detail, at: dt.datetime) -> dict[str, Any]:
    seen = surroundings.surroundings(found, at=at)
    story = ledger.timeline(found.proposal.pk) if found.proposal.closed_at else []
    links = record_links(org=found.proposal.workflow.org, changes=found.changes)
    written = narration.written(mask_lines(found.mask, story))
    return {
        "records": reading.records(found, links=links, written=written, setting=seen.setting),
        "live": seen.line,
        "exhibited": seen.exhibited,
    }
