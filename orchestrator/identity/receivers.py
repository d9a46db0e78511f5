"""What the sign-in library only tells by its own signals, and by no call."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import authentication_failed
from django.http import HttpRequest

from orchestrator.identity import signing_in
from orchestrator.identity.addresses import client_address
from orchestrator.kernel.clock import now
from orchestrator.people.models import User


def note_confirmation(
    *, request: HttpRequest, user: User, method: str, reauthenticated: bool = False, **more: Any
) -> None:
    """Note that somebody confirmed who they are in the middle of a session."""
    if reauthenticated:
        signing_in.confirmed(
            person=user,
            method=signing_in.method_of([{"method": method, **more}]),
            address=client_address(request),
            at=now(),
        )


def note_failure(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Note that a code or a passkey was wrong."""
    signing_in.failed(
        username=user.username,
        method=signing_in.METHODS.get(authenticator.type, authenticator.type),
        address=client_address(request),
        at=now(),
    )


def connect() -> None:
    """Listen to the library; called once, when the app is ready."""
    authentication_step_completed.connect(note_confirmation, dispatch_uid="note_confirmation")
    authentication_failed.connect(note_failure, dispatch_uid="note_failure")
