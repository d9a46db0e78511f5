"""What the page frame shows: each package adds its part, and the template sees one `nav`."""

from typing import Any

from django.http import HttpRequest


def known(request: HttpRequest) -> dict[str, Any]:
    """Return the parts that were added so far."""
    return getattr(request, "nav_parts", {})


def add(request: HttpRequest, **parts: Any) -> dict[str, Any]:
    """Add parts to the request's `nav` and return the whole of it for a context processor."""
    together = {**known(request), **parts}
    request.nav_parts = together  # type: ignore[attr-defined]  # one place for all processors
    return {"nav": together}
