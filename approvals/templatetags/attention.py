"""The note of when a page was shown, for the form that approves what is on it."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from approvals.attention.opened import opened_at, opened_token
from approvals.attention.speed import Shown, evidence_words, material_of
from approvals.attention.words import about

register = template.Library()
FIELD = "shown"
# How browsers and scripts say that nobody looks at the page yet.
AHEAD = {"Sec-Purpose": "prefetch", "Purpose": "prefetch", "HX-Preloaded": "true"}


@register.simple_tag(takes_context=True)
def shown_note(context: dict[str, Any], digest: str) -> SafeString:
    """Return the hidden field that says when this content was shown to this person."""
    request = context["request"]
    if any(words in request.headers.get(name, "") for name, words in AHEAD.items()):
        return SafeString("")
    kept = _kept(request, digest)
    token = kept or opened_token(person_id=request.user.pk, digest=digest, at=context["at"])
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, token)


@register.simple_tag
def reading_time(content: Mapping[str, Any]) -> str:
    """Return how long reading a revision takes, from what it says itself: a round figure."""
    material = material_of(
        title=content["title"],
        reason=content["reason"]["text"],
        changes=[
            Shown(change["object"], {name: (None, new) for name, new in change["fields"].items()})
            for change in content["changes"]
        ],
        evidence=evidence_words(content),
    )
    return about(material.takes)


def _kept(request: Any, digest: str) -> str:
    """Return the note that was sent with a form that is shown again: the time runs on."""
    token = str(request.POST.get(FIELD, ""))
    known = opened_at(token, person_id=request.user.pk, digest=digest)
    return token if known is not None else ""
