"""Taking an approval back, offered on whatever page comes next."""

from django import template
from django.contrib.messages.storage.base import Message

from approvals import undo_window
from approvals.undo_window import Offer
from orchestrator.kernel.clock import now

register = template.Library()


@register.simple_tag
def undo_of(message: Message) -> Offer | None:
    """Return what the message offers to undo; its first tags may be those of its level."""
    return undo_window.from_tags(message.extra_tags or "", at=now())
