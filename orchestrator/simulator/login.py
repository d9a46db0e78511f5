"""The token endpoint: client credentials, JWT bearer, user name with password, refresh token."""

import base64
import binascii
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt

from orchestrator.simulator.org import ORG_ID, Org

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})


class LoginRefused(Exception):
    """A sign-in that the org does not accept: `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        """Keep what the body says."""
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class Form:
    """What was posted to the token endpoint."""

    fields: Mapping[str, str]
    authorization: str = ""

    def client(self) -> tuple[str, str]:
        """Return client id and secret, from the header or from the form."""
        scheme, _, text = self.authorization.partition(" ")
        if scheme.lower() == "basic":
            try:
                user, _, secret = base64.b64decode(text).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return "", ""
            return user, secret
        return self.fields.get("client_id", ""), self.fields.get("client_secret", "")


def token(org: Org, form: Form) -> dict[str, Any]:
    """
    Return the token answer.

    :raises LoginRefused: if the grant is not good
    """
    grant = form.fields.get("grant_type", "")
    if not grant:
        raise LoginRefused("invalid_request", "grant type is missing")
    flow = FLOWS.get(grant)
    if flow is None:
        raise LoginRefused("unsupported_grant_type", "grant type not supported")
    return _answer(org, flow(org, form))


def check_password(org: Org, username: str, password: str) -> str | None:
    """Return the user with that name and password, which a security token may follow, or None."""
    wanted = org.settings.password
    user_id = org.user_named(username)
    if not wanted or user_id is None or user_id == org.automation_user:
        return None
    return user_id if same(password[: len(wanted)], wanted) else None


def refresh_token(org: Org, user_id: str) -> str:
    """Return what a person who once approved the client left with it; it does not expire."""
    signed = hmac.new(org.settings.client_secret.encode(), user_id.encode(), "sha256")
    return f"5Aep861{user_id}.{signed.hexdigest()}"


def same(given: str, wanted: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def _client_credentials(org: Org, form: Form) -> str:
    _check_client(org, form)
    return org.integration_user


def _password(org: Org, form: Form) -> str:
    _check_client(org, form)
    if not org.switches["password_flow"]:
        raise LoginRefused("invalid_grant", "authentication failure")
    user_id = check_password(org, form.fields.get("username", ""), form.fields.get("password", ""))
    if user_id is None:
        raise LoginRefused("invalid_grant", "authentication failure")
    return user_id


def _jwt_bearer(org: Org, form: Form) -> str:
    if not org.jwt_public_key:
        raise LoginRefused("invalid_grant", "no certificate is registered for this client")
    try:
        claims = jwt.decode(
            form.fields.get("assertion", ""), org.jwt_public_key, algorithms=["RS256"],
            options={"verify_aud": False, "require": ["iss", "sub", "aud", "exp"]},
        )  # fmt: skip
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise LoginRefused("invalid_grant", f"invalid assertion: {error}") from error
    if claims["iss"] != org.settings.client_id:
        raise LoginRefused("invalid_client_id", "client identifier invalid")
    if not _is_our_audience(org, claims["aud"]):
        raise LoginRefused("invalid_grant", "audience is invalid")
    user_id = org.user_named(str(claims["sub"]))
    if user_id is None:
        raise LoginRefused("invalid_grant", "user hasn't approved this consumer")
    return user_id


def _refresh(org: Org, form: Form) -> str:
    _check_client(org, form)
    given = form.fields.get("refresh_token", "")
    users = (str(row["Id"]) for row in org.store.rows("User") if row["IsActive"])
    user_id = next((one for one in users if same(given, refresh_token(org, one))), None)
    if user_id is None:
        raise LoginRefused("invalid_grant", "expired access/refresh token")
    return user_id


def _is_our_audience(org: Org, audience: Any) -> bool:
    host = urlsplit(str(audience)).hostname or ""
    ours = str(audience).rstrip("/") == org.public_url
    return ours or host in LOGIN_HOSTS or host.endswith(".salesforce.com")


def _check_client(org: Org, form: Form) -> None:
    client_id, secret = form.client()
    if not same(client_id, org.settings.client_id):
        raise LoginRefused("invalid_client_id", "client identifier invalid")
    if not org.settings.client_secret or not same(secret, org.settings.client_secret):
        raise LoginRefused("invalid_client", "invalid client credentials")


def _answer(org: Org, user_id: str) -> dict[str, Any]:
    access_token = org.sessions.open(user_id, ORG_ID)
    org.save_settings(sessions=org.sessions.state())
    issued_at = str(int(time.time() * 1000))
    signed = hmac.new(access_token.encode(), issued_at.encode(), "sha256").digest()
    return {
        "access_token": access_token,
        "signature": base64.b64encode(signed).decode(),
        "scope": "api",
        "instance_url": org.public_url,
        "id": f"{org.public_url}/id/{ORG_ID}/{user_id}",
        "token_type": "Bearer",
        "issued_at": issued_at,
        "api_instance_url": org.public_url,
    }


FLOWS: Mapping[str, Callable[[Org, Form], str]] = {
    "client_credentials": _client_credentials,
    "password": _password,
    "refresh_token": _refresh,
    JWT_GRANT: _jwt_bearer,
}
