"""Step-up: what weighs most is done by somebody who proved only lately who they are."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from orchestrator.kernel.errors import DomainError

# When somebody whom the directory let in last proved to it who they are, if it tells.
PROVED_THERE = "directory_proved_at"


class RecentSignInNeeded(DomainError):
    """The person proved too long ago who they are."""

    code, status, title = "recent_sign_in_needed", 403, "Confirm that it is you"


def authenticated_at(request: HttpRequest) -> dt.datetime | None:
    """Return when the person of this session last proved who they are, if they ever did."""
    if not request.user.is_authenticated:
        return None
    told = request.session.get(PROVED_THERE)
    records = get_authentication_records(request, request.user)
    moments = [moment for record in records if (moment := _moment(record, told)) is not None]
    return dt.datetime.fromtimestamp(max(moments), dt.UTC) if moments else None


def _moment(record: Mapping[str, Any], told: float | None) -> float | None:
    """Return when a proof was given; the directory may have let in whom it asked hours ago."""
    silent = record["method"] == "socialaccount" and not record.get("reauthenticated")
    return told if silent else float(record["at"])


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
