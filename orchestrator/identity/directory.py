"""The company's directory as a way to sign in (OpenID Connect): is it on, and what does it say."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from orchestrator.kernel.choices import Choices
from orchestrator.people.models import User

PROVIDER = "directory"
# A clock that is off by less is no reason to refuse anybody.
CLOCKS_DIFFER = dt.timedelta(minutes=1)


class Purpose(Choices):
    SIGN_IN = "sign_in"
    CONFIRM = "confirm"
    LINK = "link"


def is_on() -> bool:
    """Say whether people can sign in with the directory."""
    return bool(settings.OIDC["issuer"])


def name() -> str:
    """Return what the button of the directory says."""
    return str(settings.OIDC["name"])


def is_linked(person: User) -> bool:
    """Say whether the person can sign in with the directory."""
    if not is_on():
        return False
    return bool(SocialAccount.objects.filter(user_id=person.pk).exists())


def claims_of(answer: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any] | None:
    """
    Return what the directory says of a person, or nothing where the proof does not fit.

    Its token has to repeat our nonce, so that a token from elsewhere is worth nothing here, and
    both of its answers have to speak of the same person.
    """
    token, more = answer.get("id_token") or {}, answer.get("userinfo") or {}
    sent, came = str(state.get("nonce", "")), str(token.get("nonce", ""))
    if not sent or not secrets.compare_digest(sent.encode(), came.encode()):
        return None
    if not token.get("sub") or (more and more.get("sub") != token["sub"]):
        return None
    return {**more, **token}


def person_by_email(claims: Mapping[str, Any]) -> User | None:
    """Return whose account a verified address opens, if the site trusts the directory with it."""
    email = str(claims.get("email") or "")
    if not settings.OIDC["match_email"] or claims.get("email_verified") is not True or not email:
        return None
    # Whoever administers links their account themselves: an address alone must not reach that far.
    found = list(User.objects.filter(email__iexact=email)[:2])
    if len(found) != 1 or found[0].is_staff or found[0].is_superuser:
        return None
    return found[0]


def groups_of(claims: Mapping[str, Any]) -> list[str] | None:
    """Return the person's groups, or nothing where the directory says nothing about groups."""
    groups = claims.get(settings.OIDC["groups_claim"])
    if isinstance(groups, str):
        return [groups]
    if not isinstance(groups, list):
        return None
    return [str(group) for group in groups]


def proved_at(claims: Mapping[str, Any], *, at: dt.datetime) -> dt.datetime | None:
    """Return when the person last proved it to the directory, if it tells and that can be."""
    told = claims.get("auth_time")
    if isinstance(told, bool) or not isinstance(told, int | float):
        return None
    try:
        proved = dt.datetime.fromtimestamp(told, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return proved if proved <= at + CLOCKS_DIFFER else None


def signed_in_lately(claims: Mapping[str, Any], *, at: dt.datetime) -> bool:
    """Say whether the person proved it to the directory just now, where it tells when."""
    if claims.get("auth_time") is None:
        # It was asked to have them sign in anew; some never say when that was.
        return not settings.OIDC["tells_when"]
    window = dt.timedelta(minutes=settings.COUNTERSIGN["step_up_minutes"])
    proved = proved_at(claims, at=at)
    return proved is not None and at - window - CLOCKS_DIFFER <= proved
