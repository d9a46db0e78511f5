"""What every page says about the person's desk."""

from typing import Any

from django.http import HttpRequest

from approvals.desk import desk_at_hand
from approvals.inbox import waiting_for
from orchestrator.kernel.clock import now
from orchestrator.people.models import User
from orchestrator.web import nav


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return how much waits for the person, and which roles they carry."""
    person = getattr(request, "user", None)
    if not isinstance(person, User) or not person.is_active:
        return nav.add(request, inbox_count=0, roles=[])
    desk = desk_at_hand(person, at=now())
    if "inbox_count" in nav.known(request):
        # The inbox has counted already.
        return nav.add(request, roles=desk.titles)
    return nav.add(request, inbox_count=waiting_for(desk), roles=desk.titles)
