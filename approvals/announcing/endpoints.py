"""Telling the owners of agents of trouble with their webhooks."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from orchestrator.notifications import sending
from orchestrator.notifications.messages import Message, Urgency
from orchestrator.people.models import User
from orchestrator.webhooks import notices
from orchestrator.webhooks.models import Notice
from orchestrator.webhooks.states import Trouble

EVENTS = {
    Trouble.DEAD: "webhook.given_up",
    Trouble.FAILING: "webhook.paused",
    Trouble.GONE: "webhook.disabled",
}
TITLES = {
    Trouble.DEAD: "a webhook message was given up",
    Trouble.FAILING: "a webhook was paused",
    Trouble.GONE: "a webhook was switched off",
}
WORDS = {
    Trouble.DEAD: "Every try failed. Once the endpoint works again, send them again from its page.",
    Trouble.FAILING: "No message came through for five days. What happens now waits; resume it "
    "once the endpoint works again.",
    Trouble.GONE: "The endpoint answered that it is gone: nothing is kept for it any more. Resume "
    "it if that was a mistake.",
}


@transaction.atomic
def tell_owners(*, at: dt.datetime) -> int:
    """Tell what has not been told yet; return how many notices."""
    untold = notices.untold()
    if not untold:
        return 0
    told = [(person, _message(each)) for each in untold for person in _recipients(each)]
    sending.notify_each(messages=told, at=at)
    notices.mark_told(untold, at=at)
    return len(untold)


def _recipients(notice: Notice) -> Sequence[User]:
    owner = notice.endpoint.agent.owner
    if owner.is_active:
        return [owner]
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("username"))


def _message(notice: Notice) -> Message:
    endpoint, trouble = notice.endpoint, Trouble(notice.trouble)
    lines = [f"Endpoint: {endpoint.label}.", WORDS[trouble]]
    if trouble == Trouble.DEAD:
        lines.insert(1, f"Messages: {notice.messages}.")
    return Message(
        event=EVENTS[trouble],
        urgency=Urgency.HIGH,
        title=f"{endpoint.agent.title}: {TITLES[trouble]}",
        lines=tuple(lines),
        path=f"/agents/{endpoint.agent_id}/webhooks/{endpoint.pk}/",
        subject_kind="webhook",
        subject_id=endpoint.pk,
        key=f"webhook-notice:{notice.pk}",
    )
