"""What every page knows about the site itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the version and whether this is the demo."""
    return {"site": {"version": settings.VERSION, "demo": settings.DEMO}}
