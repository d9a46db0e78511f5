"""Connect orgs and change what they are signed in to with."""

import datetime as dt
import re

from django.db import IntegrityError, transaction

from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.orgs.addresses import org_address
from orchestrator.orgs.models import Environment, Org, OrgKind, SignIn

API_VERSION = re.compile(r"\d{2,3}\.0", re.ASCII)
# Since this version an upsert says whether it made the record.
OLDEST_API_VERSION = 46.0
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# What each way to sign in cannot do without.
NEEDED = {
    SignIn.CLIENT_CREDENTIALS: ("client_id", "secret"),
    SignIn.JWT_BEARER: ("client_id", "username", "secret"),
    SignIn.PASSWORD: ("client_id", "username", "secret"),
    SignIn.NONE: (),
}
WORDS = {"client_id": "the client id", "username": "the user name", "secret": "the secret"}


class BadOrg(DomainError):
    """The org cannot be connected like this."""

    code, status, title = "bad_org", 422, "The org cannot be connected"


class OrgExists(DomainError):
    """Another org has this name."""

    code, status, title = "org_exists", 409, "There is such an org already"


def connect_org(
    *,
    slug: str,
    title: str,
    kind: str,
    environment: str,
    base_url: str = "",
    sign_in: str = SignIn.NONE,
    client_id: str = "",
    username: str = "",
    secret: str = "",
    api_version: str = "64.0",
    by: Actor,
    at: dt.datetime,
) -> Org:
    """
    Store a connection to a system of record; the system itself is not asked.

    :raises BadOrg: if something is missing or not one of the choices
    :raises BadAddress: if the address is not one we would send credentials to
    :raises OrgExists: if the slug is taken
    """
    _check_names(slug=slug, title=title, kind=kind, environment=environment)
    if kind == OrgKind.SALESFORCE:
        base_url = org_address(base_url)
        _check_version(api_version)
    _check_sign_in(kind, sign_in, client_id=client_id, username=username, secret=secret)
    org = Org(
        slug=slug,
        title=title.strip(),
        kind=kind,
        environment=environment,
        base_url=base_url,
        sign_in=sign_in,
        client_id=client_id,
        username=username,
        secret=secret,
        api_version=api_version,
    )
    with transaction.atomic():
        _insert(org)
        detail = {"kind": kind, "environment": environment, "base_url": base_url}
        _record(org, "org.connected", detail, by=by, at=at)
    return org


@transaction.atomic
def change_credentials(
    *,
    org: Org,
    sign_in: str,
    client_id: str,
    username: str,
    secret: str,
    by: Actor,
    at: dt.datetime,
) -> None:
    """
    Replace what an org is signed in to with; the old credentials are forgotten.

    :raises BadOrg: if something that this way to sign in needs is missing
    """
    _check_sign_in(org.kind, sign_in, client_id=client_id, username=username, secret=secret)
    org.sign_in, org.client_id, org.username, org.secret = sign_in, client_id, username, secret
    org.save(update_fields=["sign_in", "client_id", "username", "secret"])
    _record(org, "org.credentials_changed", {"sign_in": sign_in}, by=by, at=at)


def _check_names(*, slug: str, title: str, kind: str, environment: str) -> None:
    if not SLUG.fullmatch(slug) or not title.strip():
        raise BadOrg("An org needs a title, and a slug of small letters, digits and hyphens.")
    if kind not in OrgKind.values:
        raise BadOrg(f"{kind!r} is no kind of org. Use one of: {', '.join(OrgKind.values)}.")
    if environment not in Environment.values:
        raise BadOrg(
            f"{environment!r} is no environment. Use one of: {', '.join(Environment.values)}."
        )


def _check_version(api_version: str) -> None:
    if not API_VERSION.fullmatch(api_version) or float(api_version) < OLDEST_API_VERSION:
        raise BadOrg(f"The API version must look like 64.0 and be at least {OLDEST_API_VERSION}.")


def _check_sign_in(kind: str, sign_in: str, **given: str) -> None:
    if sign_in not in SignIn.values:
        raise BadOrg(f"{sign_in!r} is no way to sign in. Use one of: {', '.join(SignIn.values)}.")
    if kind == OrgKind.SALESFORCE and sign_in == SignIn.NONE:
        raise BadOrg("Say how to sign in to the org.")
    missing = [WORDS[name] for name in NEEDED[SignIn(sign_in)] if not given[name]]
    if missing:
        raise BadOrg(f"To sign in by {SignIn(sign_in).label}, enter {' and '.join(missing)}.")


def _insert(org: Org) -> None:
    try:
        with transaction.atomic():
            org.save(force_insert=True)
    except IntegrityError as error:
        raise OrgExists(f"There is an org {org.slug!r} already. Choose another slug.") from error


def _record(org: Org, event: str, detail: dict[str, str], *, by: Actor, at: dt.datetime) -> None:
    ledger.record(event=event, by=by, at=at, subject_kind="org", subject_id=org.slug, detail=detail)
