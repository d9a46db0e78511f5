"""A button was pressed in Slack: the linked person decides, on the digest that the card shows."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from approvals.decisions import decide
from approvals.states import Vote
from audit import ledger
from orchestrator.chat import showing
from orchestrator.chat.models import Card, SlackAccount
from orchestrator.chat.states import CardState
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound

LONGEST_ANSWER = 300


class NotLinked(NotAllowed):
    """The account in Slack is nobody's here."""

    code, title = "slack_not_linked", "Not linked"


class NotOnACard(DomainError):
    """What was pressed is not a card that we showed to this person, or no longer stands."""

    code, status, title = "not_on_a_card", 409, "Open it to decide"


def press(*, payload: Mapping[str, Any], at: dt.datetime) -> None:
    """
    Cast the vote of the linked person; a refusal is kept as an answer that only they see.

    :raises NotLinked: if the account in Slack is nobody's here
    :raises NotFound: if no approval was pressed
    """
    account = _account(payload)
    value = _value(payload)
    try:
        _approve(account, str(value.get("proposal", "")), str(value.get("digest", "")), at)
    except DomainError as refusal:
        cards = Card.objects.filter(
            account=account, review__proposal=value.get("proposal"), digest=value.get("digest")
        )
        cards.exclude(message="").update(
            answer=refusal.detail[:LONGEST_ANSWER], due_at=at, attempts=0
        )


def _account(payload: Mapping[str, Any]) -> SlackAccount:
    user = payload.get("user") or {}
    team = user.get("team_id") or (payload.get("team") or {}).get("id", "")
    account = (
        SlackAccount.objects.select_related("person")
        .filter(team_id=team, user_id=user.get("id", ""), person__is_active=True)
        .first()
    )
    if account is None:
        raise NotLinked("Link your Slack account on your notifications page first.")
    return account


def _value(payload: Mapping[str, Any]) -> dict[str, Any]:
    for action in payload.get("actions") or []:
        if action.get("action_id") == showing.APPROVE:
            try:
                value = json.loads(action.get("value") or "")
            except ValueError:
                break
            if isinstance(value, dict):
                return value
    raise NotFound("There is no such button.")


@transaction.atomic
def _approve(account: SlackAccount, proposal_id: str, digest: str, at: dt.datetime) -> None:
    """Approve exactly what the card showed, if it could still be shown as it was."""
    card = Card.objects.filter(
        account=account, review__proposal=proposal_id, digest=digest, state=CardState.OFFERED
    ).first()
    found = showing.showable(proposal_id=proposal_id, person=account.person, at=at)
    if card is None or found is None or found.proposal.digest != digest:
        raise NotOnACard("This card does not stand any more. Open the change to decide on it.")
    proposal = decide(
        proposal_id=proposal_id,
        person=account.person,
        vote=Vote.APPROVE,
        digest=digest,
        reason_code="",
        text="",
        at=at,
    )
    ledger.record(
        event="chat.approved",
        by=account.person.actor,
        at=at,
        detail={"digest": digest, "slack_user": account.user_id, "message": card.message},
        **proposal.subject(),
    )
