"""Step-up: what weighs most is done by somebody who proved only lately who they are."""

import datetime as dt

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from orchestrator.kernel.errors import DomainError


class RecentSignInNeeded(DomainError):
    """The person proved too long ago who they are."""

    code, status, title = "recent_sign_in_needed", 403, "Confirm that it is you"


def authenticated_at(request: HttpRequest) -> dt.datetime | None:
    """Return when the person of this session last proved who they are, if they ever did."""
    if not request.user.is_authenticated:
        return None
    moments = [float(record["at"]) for record in get_authentication_records(request, request.user)]
    return dt.datetime.fromtimestamp(max(moments), dt.UTC) if moments else None


def is_recent(proved_at: dt.datetime | None, *, at: dt.datetime) -> bool:
    """Say whether a proof of that moment still carries what weighs most."""
    window = dt.timedelta(minutes=settings.COUNTERSIGN["step_up_minutes"])
    return proved_at is not None and proved_at > at - window


def check_recent(proved_at: dt.datetime | None, *, at: dt.datetime) -> None:
    """
    Let only somebody pass who proved lately who they are.

    :raises RecentSignInNeeded: if the proof is missing or too old
    """
    if not is_recent(proved_at, at=at):
        minutes = settings.COUNTERSIGN["step_up_minutes"]
        raise RecentSignInNeeded(
            f"This weighs enough to ask again: sign in once more, or open it on the site if you "
            f"came from elsewhere. A sign-in counts for {minutes:g} minutes."
        )
