"""How the sign-in library behaves here: nobody registers, everything is noted, words are ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from orchestrator.identity import directory, factors, limits, signing_in
from orchestrator.identity.addresses import client_address
from orchestrator.identity.recent import authenticated_at, is_recent
from orchestrator.identity.wording import NEWS, WORDS
from orchestrator.kernel.clock import now
from orchestrator.people.models import User

# The strongest first: whoever has a passkey is asked for that.
ORDER = ("passkey", "code", "password", "directory")


class AccountsAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Accounts are made by administrators and by the directory."""

    error_messages = {**DefaultAccountAdapter.error_messages, **WORDS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse to register anybody."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address, by trusted proxies only."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; note it when an account or an address is kept out."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            username, address = str(credentials.get("username", "")), client_address(request)
            if limits.first_lock(username=username, address=address):
                signing_in.locked(username=username, address=address, at=now())
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Note the failed try."""
        signing_in.failed(
            username=str(credentials.get("username", "")),
            method="password",
            address=client_address(request),
            at=now(),
        )

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session, and note it."""
        super().login(request, user)
        signing_in.signed_in(
            person=user,
            method=signing_in.method_of(get_authentication_records(request, user)),
            address=client_address(request),
            at=now(),
        )

    def logout(self, request: HttpRequest) -> None:
        """End the session, and note it."""
        person = request.user
        super().logout(request)
        if isinstance(person, User):
            signing_in.signed_out(person=person, address=client_address(request), at=now())

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Say to a closed account what a wrong password hears."""
        messages.error(request, "That did not work. Try again, or ask an administrator.")
        return redirect("sign-in")

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Say whether the person signed in too long ago for what weighs most."""
        return not is_recent(authenticated_at(context.request), at=now())

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """Return the ways in which this person can confirm who they are, the strongest first."""
        names = {
            reverse("mfa_reauthenticate_webauthn"): ("passkey", "Use your passkey"),
            reverse("mfa_reauthenticate"): ("code", "Use a code from your app"),
            reverse("account_reauthenticate"): ("password", "Use your password"),
        }
        ways = []
        for found in super().get_reauthentication_methods(user):
            way, words = names[found["url"]]
            ways.append({"id": way, "description": words, "url": found["url"]})
        if directory.is_linked(user):
            words = f"Sign in again with {directory.name()}"
            url = reverse("identity:confirm-directory")
            ways.append({"id": "directory", "description": words, "url": url})
        return sorted(ways, key=lambda way: ORDER.index(way["id"]))

    def send_notification_mail(self, template_prefix: str, user: User, *_: Any, **__: Any) -> None:
        """Note that a factor came or went, and tell the person on the channels they chose."""
        if template_prefix in factors.CHANGES:
            event, factor = factors.CHANGES[template_prefix]
            factors.changed(
                person=user,
                event=event,
                factor=factor,
                address=client_address(context.request),
                at=now(),
            )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words, or not at all."""
        words = message or NEWS.get(message_template or "")
        if words:
            messages.add_message(request, level, words, extra_tags=extra_tags)
