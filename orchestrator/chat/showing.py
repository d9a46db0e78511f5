"""What a card shows: everything that is decided on, or there is no card."""

import datetime as dt
import json
from typing import Any

from django.conf import settings

from approvals import paged
from approvals.detail import Detail, detail
from approvals.diff import FieldDiff
from approvals.states import ProposalState, Risk
from approvals.visibility import kept_by
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.web.visible_text import visible_line

APPROVE = "countersign_approve"
Blocks = list[dict[str, Any]]


def showable(*, proposal_id: str, person: User, at: dt.datetime) -> Detail | None:
    """
    Return the proposal if this person may approve it from a card; otherwise None.

    Only low risk, only what fits on a card as a whole, nothing with hidden characters, and no
    action for which people have to find words of their own.
    """
    try:
        found = detail(proposal_id=proposal_id, person=person, at=at)
    except DomainError:
        return None
    proposal, review = found.proposal, found.open_review
    if review is None or not found.may_decide or proposal.state != ProposalState.IN_REVIEW:
        return None
    small = proposal.risk == Risk.LOW and not review.policy.get("approve_needs_text")
    misleading = proposal.headline.get("invisible") or proposal.headline.get("lookalikes")
    plain = not misleading and paged.screen(found).is_everything
    # A card is read where nobody knows who reads.
    plain = plain and not kept_by(proposal.workflow)
    return found if small and plain and at < proposal.deadline_at else None


def offer(found: Detail) -> Blocks:
    """Return the card of an open review: the whole change, why, and one button to approve."""
    proposal, screen = found.proposal, paged.screen(found)
    review = found.open_review
    lines = [f"{screen.record.object_name}: {screen.heading}"]
    lines += [_field(field) for field in screen.fields]
    why = f"Why ({screen.reason_code}): {screen.reason}"
    evidence = [f"Evidence: {item.title} {item.href}".strip() for item in screen.evidence]
    until = f"Until {review.due_at:%d %b %Y, %H:%M} UTC." if review else ""
    leave = found.mandate.stands_for if found.mandate else None
    place = f" You decide in the place of {leave.name}, who is away." if leave else ""
    about = f"{proposal.workflow.title}, low risk. {until}{place}"
    return [
        _section("\n".join([visible_line(line) for line in [*lines, why, *evidence]])),
        _context(about),
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": APPROVE,
                    "style": "primary",
                    "text": _plain("Approve"),
                    "value": json.dumps({"proposal": proposal.pk, "digest": proposal.digest}),
                    "confirm": {
                        "title": _plain("Approve this change?"),
                        "text": _plain("It is written to the CRM as shown."),
                        "confirm": _plain("Approve"),
                        "deny": _plain("Not now"),
                    },
                },
                {
                    "type": "button",
                    "action_id": "countersign_open",
                    "text": _plain("Open to deny or ask"),
                    "url": f"{settings.PUBLIC_URL}/proposals/{proposal.pk}/",
                },
            ],
        },
    ]


def ended(*, proposal_id: str, title: str, words: str) -> Blocks:
    """Return the card of a review that is over: how it ended, and no button."""
    return [
        _section(f"{visible_line(title)}\n{visible_line(words)}"),
        _context(f"{settings.PUBLIC_URL}/proposals/{proposal_id}/"),
    ]


def _field(field: FieldDiff) -> str:
    return f"{field.name}: {_value(field.old)} → {_value(field.new)}"


def _value(value: Any) -> str:
    return "empty" if value in (None, "") else str(value)


def _section(text: str) -> dict[str, Any]:
    # Plain text all through: nothing that an agent wrote is formatted, linked or mentioned.
    return {"type": "section", "text": _plain(text[:2900])}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_plain(text[:500])]}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
