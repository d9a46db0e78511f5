"""People of the tests are signed in as somebody who has just proved who they are."""

import time
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from django.test import Client

from orchestrator.people.models import User


def install() -> None:
    """Let a test's client note the proof that the pages of signing in note."""
    plain = Client._login  # type: ignore[attr-defined]  # the stubs leave it out

    def login(self: Client, user: User, backend: str | None = None) -> None:
        plain(self, user, backend)
        prove(self, user)

    Client._login = login  # type: ignore[attr-defined]  # as above


def prove(client: Client, user: User, *, minutes_ago: float = 0, **more: Any) -> None:
    """Note in the client's session that the person proved who they are so long ago."""
    session = client.session
    record = {"method": "password", "at": time.time() - minutes_ago * 60, **more}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
