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
) -> dict[str, Any]:
    """Show one link; it is current on its own pages and on those under the prefixes in `also`."""
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
    }
