"""Telling people, right after they approved, that nobody reads so fast."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html

from approvals.attention.noting import note
from approvals.attention.words import hasty_words
from approvals.models import Proposal
from approvals.states import Vote
from approvals.templatetags.attention import FIELD
from orchestrator.web.request import Request


def keep_pace(
    request: Request, proposal: Proposal, given: dict[str, Any], *, at: dt.datetime
) -> None:
    """Note how soon an approval followed upon the page, and say so kindly where it was too soon."""
    if given["vote"] != Vote.APPROVE:
        return
    remark = note(
        person=request.user,
        proposal_id=proposal.pk,
        seen=given["digest"],
        token=request.POST.get(FIELD, ""),
        at=at,
    )
    if remark is None:
        return
    words = hasty_words(changes=remark.changes, took=remark.took, takes=remark.takes)
    # Its page offers to take the approval back, as long as that can be done.
    place = reverse("approvals:show-proposal", args=[proposal.pk])
    messages.warning(request, format_html('{} <a href="{}">Look at it again</a>.', words, place))
