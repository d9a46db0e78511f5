"""The request as our views know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from orchestrator.people.models import User


class Request(HttpRequest):
    """A request of a signed-in person: the sign-in middleware has refused everybody else."""

    htmx: HtmxDetails
    user: User
