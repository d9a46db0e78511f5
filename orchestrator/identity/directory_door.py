"""To the directory and back: authorisation code with PKCE, state and nonce, one provider."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from orchestrator.identity import id_tokens
from orchestrator.identity.directory import PROVIDER, Purpose
from orchestrator.identity.directory_adapter import new_nonce
from orchestrator.identity.id_tokens import BadToken

# The directory must ask again, not answer from what it remembers.
ASK_AGAIN = {"prompt": "login", "max_age": "0"}


class DirectoryDoor(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # the library has no types
    """The library's door, with the token's signature always checked."""

    def __init__(self, request: HttpRequest) -> None:
        """Name the one directory."""
        super().__init__(request, PROVIDER)

    def get_provider(self) -> "DirectoryProvider":
        """Return the directory as the settings describe it; rows of a database add none."""
        return DirectoryProvider(self.request, app=directory_app())

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the directory sends people back to."""
        return f"{settings.PUBLIC_URL}{reverse('openid_connect_callback')}"

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys = answer.json()
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != settings.OIDC["issuer"]:
            raise OAuth2Error("The directory calls itself by another name.")
        try:
            return id_tokens.read(id_token, keys=keys, issuer=issuer, audience=app.client_id)
        except BadToken as error:
            raise OAuth2Error("The directory's token does not fit.") from error


class DirectoryProvider(OpenIDConnectProvider):  # type: ignore[misc]  # the library has no types
    """The library's provider, with our door."""

    def get_oauth2_adapter(self, request: HttpRequest) -> DirectoryDoor:
        """Return our door."""
        return DirectoryDoor(request)


def directory_app() -> SocialApp:
    """Return the directory as the library wants it."""
    return SocialApp(
        provider="openid_connect",
        provider_id=PROVIDER,
        name=settings.OIDC["name"],
        client_id=settings.OIDC["client_id"],
        secret=settings.OIDC["client_secret"],
        settings={"server_url": settings.OIDC["issuer"], "oauth_pkce_enabled": True},
    )


def way_to_directory(request: HttpRequest, *, purpose: str, back: str) -> str:
    """Return where the directory asks who somebody is; it sends them back with a code."""
    nonce = new_nonce()
    params = {"nonce": nonce, **(ASK_AGAIN if purpose != Purpose.SIGN_IN else {})}
    process = AuthProcess.LOGIN if purpose == Purpose.SIGN_IN else AuthProcess.REDIRECT
    response: HttpResponse = (
        DirectoryDoor(request)
        .get_provider()
        .redirect(request, process, next_url=back, auth_params=params, nonce=nonce, purpose=purpose)
    )
    return str(response["Location"])
