"""The links at the top of every page."""

from typing import Any

from django import template
from django.template import Context

register = template.Library()


@register.inclusion_tag("_nav_link.html", takes_context=True)
def nav_link(
    context: Context,
    href: str,
    label: str,
    icon: str,
    count: int | None = None,
    also: str = "",
    tone: str = "",
    *,
    wide: bool = False,
) -> dict[str, Any]:
    """
    Show one link; it is current on its own pages and on those under the prefixes in `also`.

    A wide one gives way on phones; it stands in the menu there.
    """
    request = context.get("request")
    path = request.path if request else ""
    own = path == href if href == "/" else path.startswith(href)
    current = own or any(path.startswith(prefix) for prefix in also.split())
    return {
        "href": href,
        "label": label,
        "icon": icon,
        "count": count or 0,
        "tone": tone,
        "current": current,
        "own": path == href,
        "wide": wide,
    }


# What is opened now and then: address, words, icon.
MORE = (
    ("/ledger/", "Ledger", "book-2"),
    ("/agents/", "Agents", "robot"),
    ("/duties/", "Duties", "clipboard-check"),
    ("/reconciliation/", "Reconciliation", "scale"),
    ("/rollbacks/", "Rollbacks", "arrow-back-up"),
    ("/calendars/", "Calendars", "calendar-time"),
    ("/people/", "People and roles", "users"),
    ("/connections/", "CRM connections", "plug"),
    ("/assurance/", "Assurance", "heart-rate-monitor"),
)


@register.inclusion_tag("_nav_more.html", takes_context=True)
def nav_more(context: Context) -> dict[str, Any]:
    """Show the menu of the pages that do not stand in the bar; current if one of them is open."""
    request = context.get("request")
    path = request.path if request else ""
    entries = [
        {"href": href, "label": label, "icon": icon, "current": path.startswith(href)}
        for href, label, icon in MORE
    ]
    return {"entries": entries, "current": next((e for e in entries if e["current"]), None)}
