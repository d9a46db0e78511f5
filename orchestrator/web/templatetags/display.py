"""Tags and filters that every page shows things with; templates/README.md has examples."""

import datetime as dt
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orchestrator.kernel.clock import now
from orchestrator.web import badges, field_values, folding, links, visible_text
from orchestrator.web.time_left import time_left as judge_time_left
from orchestrator.web.word_diff import word_diff_html

register = template.Library()
DIGEST_ENDS = 6
NOTHING = "\N{EN DASH}"


def already_escaped(html: str) -> SafeString:
    """Mark HTML that visible_text and its neighbours have escaped themselves."""
    return mark_safe(html)  # noqa: S308 - the only mark_safe; its callers are property-tested


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Draw an icon of the sprite; with a `label` it speaks, without one it is decoration."""
    role = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else already_escaped('aria-hidden="true"')
    )
    href = f"{static('icons.svg')}#{name}"
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}"></use></svg>', classes, role, href
    )


@register.inclusion_tag("_badge.html")
def badge(kind: str, value: Any, label: str = "") -> dict[str, Any]:
    """Show a state, a risk or a mode; `label` replaces the word."""
    shown = badges.badge_for(kind, str(value))
    return {"badge": shown, "label": label or shown.label}


@register.simple_tag
def object_avatar(object_name: str) -> SafeString:
    """Show the round sign of a CRM object."""
    kind = badges.object_icon(object_name)
    return format_html('<span class="avatar object-avatar object-{}">{}</span>', kind, icon(kind))


@register.filter
def plain_text(value: Any) -> SafeString:
    """Show untrusted text: escaped, isolated, line ends kept, invisible characters marked."""
    shown = visible_text.visible_html("" if value is None else str(value))
    return already_escaped(f'<bdi class="plain-text">{shown}</bdi>')


@register.filter
def plain_line(value: Any) -> str:
    """Show untrusted text where no markup may stand: titles, attributes. Escaped by the page."""
    return visible_text.visible_line("" if value is None else str(value))


@register.simple_tag
def word_diff(old: Any, new: Any) -> SafeString:
    """Show what changed from `old` to `new`, word by word."""
    shown = word_diff_html("" if old is None else str(old), "" if new is None else str(new))
    return already_escaped(f'<bdi class="plain-text word-diff">{shown}</bdi>')


@register.simple_tag
def folded(value: Any, kind: str = "") -> SafeString:
    """Show a value; of a long text its beginning, with the rest one press away."""
    if not isinstance(value, str) or len(value) <= folding.WORTH_FOLDING:
        return field_value(value, kind)
    shown = folding.folded_html(value, visible_text.visible_html)
    return already_escaped(f'<bdi class="plain-text">{shown}</bdi>')


@register.filter
def field_value(value: Any, kind: str = "") -> SafeString:
    """Show the value of a field; `kind` is its type in the CRM: currency, date, boolean …"""
    return already_escaped(field_values.value_html(value, kind))


@register.filter
def moment(value: dt.date | None) -> SafeString:
    """Show a date or a time in words, exact behind."""
    return already_escaped(NOTHING if value is None else field_values.moment_html(value))


@register.inclusion_tag("_time_left.html")
def time_left(
    due: dt.datetime | None,
    start: dt.datetime | None = None,
    at: dt.datetime | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Show how long is left until `due`; with `start` also as a bar, a `note` on hover."""
    if due is None:
        return {"left": None}
    left = judge_time_left(due=due, at=at or now(), start=start)
    return {
        "left": left,
        "due_iso": due.isoformat(),
        "due_text": " · ".join(filter(None, (field_values.moment_text(due), note))),
        "start_iso": start.isoformat() if start else "",
    }


@register.filter
def percent(value: Any) -> str:
    """Show a share between 0 and 1; rounded down, so that 99.9 % never reads as certain."""
    if value is None or value == "":
        return NOTHING
    share = Decimal(str(value)) * 100
    return f"{share.quantize(Decimal(1), rounding=ROUND_DOWN)}%"


@register.filter
def short_digest(value: str | None) -> SafeString:
    """Show both ends of a digest, the whole of it on hover."""
    if not value:
        return already_escaped(NOTHING)
    digest = value.removeprefix("sha256:")
    shown = digest
    if len(digest) > DIGEST_ENDS * 2 + 1:
        shown = f"{digest[:DIGEST_ENDS]}…{digest[-DIGEST_ENDS:]}"
    return format_html('<code class="digest" title="{}">{}</code>', plain_line(value), shown)


@register.simple_tag
def safe_href(href: str | None, title: str = "") -> SafeString:
    """Link to a web address with its host in sight; show any other address as text."""
    if not href:
        return plain_text(title)
    host = links.web_host(href)
    if host is None:
        words = plain_text(title) if title else already_escaped("")
        return format_html('{} <span class="not-a-link">{}</span>', words, plain_text(href))
    return format_html(
        '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a> '
        '<span class="link-host">{}{}</span>',
        href,
        plain_text(title or href),
        host,
        icon("external-link", "icon-inline", label="opens in a new tab"),
    )


@register.filter
def initials(name: str) -> str:
    """Return the first letters of a person's first and last name."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    letters = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in letters).upper() or "?"


@register.filter
def capped(count: int | None, ceiling: int = 99) -> str:
    """Return a count that fits in a badge: 99+."""
    number = count or 0
    return f"{ceiling}+" if number > ceiling else str(number)
