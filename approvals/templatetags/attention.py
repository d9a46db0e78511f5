"""The note of when a page was shown, for the form that approves what is on it."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from approvals.attention.opened import opened_at, opened_token

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


def _kept(request: Any, digest: str) -> str:
    """Return the note that was sent with a form that is shown again: the time runs on."""
    token = str(request.POST.get(FIELD, ""))
    known = opened_at(token, person_id=request.user.pk, digest=digest)
    return token if known is not None else ""
