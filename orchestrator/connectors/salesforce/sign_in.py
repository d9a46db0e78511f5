"""Sign in to an org: three OAuth flows, one request, no repeats."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests

from orchestrator.connectors.errors import BadRecordId, ErrorClass, Transient, Unauthorised
from orchestrator.connectors.salesforce import faults
from orchestrator.connectors.salesforce.ids import full_id
from orchestrator.connectors.salesforce.session import TOKEN_PATH, OrgSession
from orchestrator.orgs.models import Org, SignIn

ASSERTION_LIFE = dt.timedelta(minutes=3)
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an org is signed in to with; never printed."""

    address: str
    sign_in: str
    client_id: str
    username: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An open session: its bearer token and the user it acts as."""

    value: str = field(repr=False)
    user_id: str


def credentials_of(org: Org) -> Credentials:
    """Return what an org is signed in to with."""
    return Credentials(
        address=org.base_url,
        sign_in=org.sign_in,
        client_id=org.client_id,
        username=org.username,
        secret=org.secret,
    )


def sign_in(*, credentials: Credentials, session: OrgSession, at: dt.datetime) -> Token:
    """
    Ask the org for a token, once.

    :raises Unauthorised: if the org refuses the credentials, or they are of no use
    :raises Transient: if the org cannot be reached or is not itself
    """
    form, basic = _form(credentials, at)
    try:
        response = session.post(f"{credentials.address}{TOKEN_PATH}", data=form, auth=basic)
        answer = response.json()
    except (requests.RequestException, ValueError) as error:
        raise Transient(
            f"Signing in to {credentials.address} did not work: no usable answer "
            f"({type(error).__name__}). It will be tried again."
        ) from error
    if response.status_code != 200 or not isinstance(answer, dict):
        raise _refusal(credentials.address, response.status_code, answer)
    return _token(answer)


def _form(
    credentials: Credentials, at: dt.datetime
) -> tuple[dict[str, str], tuple[str, str] | None]:
    match credentials.sign_in:
        case SignIn.CLIENT_CREDENTIALS:
            basic = (credentials.client_id, credentials.secret)
            return {"grant_type": "client_credentials"}, basic
        case SignIn.JWT_BEARER:
            return {"grant_type": JWT_GRANT, "assertion": _assertion(credentials, at)}, None
        case SignIn.PASSWORD:
            return _password_form(credentials), None
    raise Unauthorised("This org has no way to sign in. Give it credentials first.")


def _password_form(credentials: Credentials) -> dict[str, str]:
    """Return the form: a secret of two lines is the app's secret, then the password."""
    first, newline, rest = credentials.secret.partition("\n")
    form = {
        "grant_type": "password",
        "client_id": credentials.client_id,
        "username": credentials.username,
        "password": rest if newline else first,
    }
    return {**form, "client_secret": first} if newline else form


def _assertion(credentials: Credentials, at: dt.datetime) -> str:
    claims = {
        "iss": credentials.client_id,
        "sub": credentials.username,
        "aud": _audience(credentials.address),
        "exp": int((at + ASSERTION_LIFE).timestamp()),
    }
    try:
        return jwt.encode(claims, credentials.secret, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError) as error:
        raise Unauthorised(
            "The private key of this org cannot be used. Enter a PEM private key (RSA)."
        ) from error


def _audience(address: str) -> str:
    """Return who the assertion is for: Salesforce accepts its login hosts only."""
    if not address.endswith(".salesforce.com"):
        return address
    return f"https://{'test' if '.sandbox.' in address else 'login'}.salesforce.com"


def _refusal(address: str, status: int, answer: Any) -> Exception:
    errors = faults.read_errors(answer) or [faults.CrmError(code=f"HTTP_{status}", text="")]
    error = errors[0]
    words = f"{address} refused the sign-in: {error.code} {error.text}".rstrip()
    if faults.classify(error.code, status, error.text) in (
        ErrorClass.TRANSIENT,
        ErrorClass.UNKNOWN,
    ):
        return Transient(f"{words}. It will be tried again.", crm_code=error.code)
    return Unauthorised(f"{words}. Check the org's credentials.", crm_code=error.code)


def _token(answer: dict[str, Any]) -> Token:
    value = answer.get("access_token")
    if not isinstance(value, str) or not value:
        raise Unauthorised("The org's sign-in answer holds no token. Check the org's address.")
    try:
        # The identity address ends in the user: https://…/id/<org>/<user>.
        user_id = full_id(str(answer.get("id", "")).rsplit("/", 1)[-1])
    except BadRecordId:
        user_id = ""
    return Token(value=value, user_id=user_id)
