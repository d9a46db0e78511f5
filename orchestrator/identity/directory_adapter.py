"""What a proof of the directory is worth here: whose account it opens, and which roles it gives."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect

from audit import ledger
from orchestrator.identity import directory, signing_in
from orchestrator.identity.addresses import client_address
from orchestrator.identity.directory import Purpose
from orchestrator.identity.group_roles import DIRECTORY, apply_groups
from orchestrator.identity.recent import PROVED_THERE, authenticated_at, is_recent
from orchestrator.kernel.clock import now
from orchestrator.people.models import User

FAILED = "Signing in with the directory did not work. Try again, or ask an administrator."
NOBODY = "The directory knows you, but there is no account for you here. Ask an administrator."
OTHER = "The directory named somebody else. Nothing was changed."


class DirectoryAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Who comes from the directory is who it says, and only the account that is linked opens."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Check the proof, then open, link or confirm; whatever does not fit ends here."""
        claims = directory.claims_of(sociallogin.account.extra_data, sociallogin.state)
        if claims is None:
            raise self._refused(request, FAILED)
        purpose = sociallogin.state.get("purpose", Purpose.SIGN_IN)
        if purpose == Purpose.CONFIRM:
            self._confirm(request, sociallogin, claims)
        elif purpose == Purpose.LINK:
            self._link(request, sociallogin)
        else:
            self._sign_in(request, sociallogin, claims)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Make an account only where the site asks for it, and never a second one."""
        email = sociallogin.user.email
        taken = bool(email) and User.objects.filter(email__iexact=email).exists()
        if not settings.OIDC["create_people"] or taken:
            raise self._refused(request, NOBODY)
        return True

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """Make the account, without a password and without a role, and note it."""
        person: User = super().save_user(request, sociallogin, form)
        ledger.record(
            event="person.added",
            by=DIRECTORY,
            at=now(),
            subject_kind="person",
            subject_id=person.username,
            detail={"name": person.display_name},
        )
        claims = directory.claims_of(sociallogin.account.extra_data, sociallogin.state) or {}
        self._apply(person, claims)
        return person

    def on_authentication_error(self, request: HttpRequest, *_: Any, **__: Any) -> None:
        """Send every failure back to the sign-in page with the same words."""
        raise self._refused(request, FAILED)

    def _sign_in(
        self, request: HttpRequest, sociallogin: SocialLogin, claims: Mapping[str, Any]
    ) -> None:
        proved = directory.proved_at(claims, at=now())
        request.session[PROVED_THERE] = proved.timestamp() if proved else None
        if not sociallogin.is_existing:
            person = directory.person_by_email(claims)
            if person is None:
                return
            with transaction.atomic():
                _link(request, sociallogin, person)
                _record_link(person, "verified e-mail", now())
        if not sociallogin.user.is_active:
            raise self._refused(request, FAILED)
        self._apply(sociallogin.user, claims)

    def _confirm(
        self, request: HttpRequest, sociallogin: SocialLogin, claims: Mapping[str, Any]
    ) -> None:
        person = request.user
        same = isinstance(person, User) and sociallogin.user.pk == person.pk
        if not same or not directory.signed_in_lately(claims, at=now()):
            raise self._refused(request, OTHER)
        record_authentication(
            request,
            person,
            "socialaccount",
            reauthenticated=True,
            provider=sociallogin.account.provider,
            uid=sociallogin.account.uid,
        )

    def _link(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        person = request.user
        if not isinstance(person, User) or not is_recent(authenticated_at(request), at=now()):
            raise self._refused(request, FAILED)
        if sociallogin.is_existing:
            raise self._refused(request, OTHER)
        with transaction.atomic():
            _link(request, sociallogin, person)
            _record_link(person, "by themselves", now())
        messages.success(request, "Your account of the directory is linked.")

    def _apply(self, person: User, claims: Mapping[str, Any]) -> None:
        groups = directory.groups_of(claims)
        if groups is not None:
            apply_groups(person=person, groups=groups, at=now())

    def _refused(self, request: HttpRequest, words: str) -> ImmediateHttpResponse:
        person = request.user
        signing_in.failed(
            username=person.username if isinstance(person, User) else "",
            method="directory",
            address=client_address(request),
            at=now(),
        )
        messages.error(request, words)
        return ImmediateHttpResponse(redirect("sign-in"))

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """Send nothing by ourselves: linking is noted, and told with the sign-in."""


def new_nonce() -> str:
    """Return what the directory has to repeat in its answer."""
    return secrets.token_urlsafe(24)


def _link(request: HttpRequest, sociallogin: SocialLogin, person: User) -> None:
    sociallogin.user = person
    sociallogin.save(request, connect=True)


def _record_link(person: User, how: str, at: dt.datetime) -> None:
    ledger.record(
        event="person.directory_linked",
        by=person.actor,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail={"how": how},
    )
