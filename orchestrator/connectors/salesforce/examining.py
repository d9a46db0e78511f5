"""A fresh look at an org: sign in now, nothing remembered, no longer than a person waits."""

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from orchestrator.connectors.base import (
    OWN_KEY_FIELD,
    STAMP_FIELD,
    LimitUsage,
    ObjectDescription,
)
from orchestrator.connectors.errors import BadRecordId, ConnectorError, Rejected
from orchestrator.connectors.examination import Examination, Finding, Step, failed, skipped
from orchestrator.connectors.remedies import BY_CODE
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.descriptions import read_description
from orchestrator.connectors.salesforce.ids import checked_name
from orchestrator.connectors.salesforce.markers import MARKER_OBJECT
from orchestrator.connectors.salesforce.session import CONNECT_TIMEOUT_SECONDS, OrgSession
from orchestrator.connectors.salesforce.sign_in import Credentials, Token, credentials_of, sign_in
from orchestrator.connectors.salesforce.tokens import TokenProvider
from orchestrator.orgs.models import Org

SIGN_IN, ALLOWANCE, PROOF = "Sign in", "Daily calls", "Settling lost answers"
# From here on the dial is worth a word: other programs of the company share it.
MUCH = 0.8
DOCS = "See docs/salesforce: it has the fields, the marker and a permission set to deploy."


class BoundedSession(OrgSession):
    """A session whose calls take no longer than some seconds, all of them together."""

    def __init__(self, address: str, *, seconds: float) -> None:
        """Let the time run from now."""
        super().__init__(address)
        self._until = time.monotonic() + seconds

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Any:
        """Send a request that may take what is left of the time."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise requests.Timeout("no time is left for this call")
        kwargs["timeout"] = (min(CONNECT_TIMEOUT_SECONDS, left), left)
        return super().request(method, url, *args, **kwargs)


class FreshTokens(TokenProvider):
    """Signs in itself: neither a token nor a refusal that somebody shared says how it is now."""

    def __init__(self, *, credentials: Credentials, session: OrgSession) -> None:
        """Keep what is needed to sign in."""
        super().__init__(credentials=credentials, session=session)
        self._given = (credentials, session)

    def _obtain(self, *, dead: str) -> Token:
        credentials, session = self._given
        return sign_in(credentials=credentials, session=session, at=self._now())


class SalesforceExaminer:
    """Looks at one org, once."""

    def __init__(self, org: Org, *, seconds: float) -> None:
        """Prepare to look; nothing is asked yet."""
        credentials = credentials_of(org)
        self._session = BoundedSession(credentials.address, seconds=seconds)
        self._tokens = FreshTokens(credentials=credentials, session=self._session)
        self._client = Client(
            address=credentials.address,
            api_version=org.api_version,
            session=self._session,
            tokens=self._tokens,
        )

    def examine(self, objects: Sequence[str], *, at: dt.datetime) -> Examination:
        """Sign in, ask for the allowance, describe these objects; refusals become steps."""
        titles = [SIGN_IN, ALLOWANCE, *(_title(name) for name in objects), PROOF]
        try:
            user = self._tokens.current().user_id
        except ConnectorError as error:
            return Examination([failed(SIGN_IN, error), *map(skipped, titles[1:])])
        words = f"Signed in as user {user}." if user else "Signed in."
        steps = [Step(SIGN_IN, Finding.PASSED, words), self._allowance()]
        described: list[ObjectDescription] = []
        steps += [self._describe(name, described) for name in objects]
        steps.append(self._proof(described))
        return Examination(steps, self._session.limit_usage)

    def signs_in(self) -> Finding:
        """Say whether the sign-in works, and ask for nothing else."""
        try:
            self._tokens.current()
        except ConnectorError:
            return Finding.FAILED
        return Finding.PASSED

    def newest_record(self, object_name: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """
        Return the newest record of an object with these fields and its Id, if there is one.

        :raises ConnectorError: if the org cannot be asked
        """
        try:
            names = [checked_name(name) for name in dict.fromkeys(["Id", *fields])]
            query = (
                f"SELECT {', '.join(names)} FROM {checked_name(object_name)} "  # noqa: S608 - checked names
                "ORDER BY LastModifiedDate DESC LIMIT 1"
            )
        except BadRecordId as error:
            raise Rejected(error.detail) from error
        answer = self._client.get(f"query?q={quote(query)}")
        rows = answer.get("records") if isinstance(answer, Mapping) else None
        return rows[0] if isinstance(rows, list) and rows else None

    def _allowance(self) -> Step:
        try:
            self._client.get("limits/")
        except Rejected as error:
            if self._session.limit_usage is None:
                return Step(
                    ALLOWANCE, Finding.WARNED, error.detail, BY_CODE.get(error.crm_code, "")
                )
        except ConnectorError as error:
            return failed(ALLOWANCE, error)
        usage = self._session.limit_usage
        return _allowance_step(usage) if usage else Step(ALLOWANCE, Finding.WARNED, "Not told.")

    def _describe(self, name: str, described: list[ObjectDescription]) -> Step:
        title = _title(name)
        try:
            found = read_description(self._client.get(f"sobjects/{checked_name(name)}/describe"))
        except ConnectorError as error:
            return failed(title, error)
        except (BadRecordId, KeyError, TypeError, ValueError):
            return Step(title, Finding.FAILED, "Its description cannot be read.")
        described.append(found)
        writable = sum(field.updateable for field in found.fields.values())
        words = f"{len(found.fields)} fields, {writable} of them ours to write."
        if writable:
            return Step(title, Finding.PASSED, words)
        return Step(title, Finding.WARNED, words, "Give the integration user edit on its fields.")

    def _proof(self, described: Sequence[ObjectDescription]) -> Step:
        """Say which objects carry stamps and own keys, and whether markers can be left."""
        lacking = [
            f"{one.name}.{name}"
            for one in described
            for name in (STAMP_FIELD, OWN_KEY_FIELD)
            if name not in one.fields
        ]
        try:
            self._client.get(f"sobjects/{MARKER_OBJECT}/describe")
        except Rejected:
            lacking.append(MARKER_OBJECT)
        except ConnectorError as error:
            return failed(PROOF, error)
        if not lacking:
            return Step(PROOF, Finding.PASSED, "Stamps, keys of creates and markers are there.")
        words = f"Not there: {', '.join(lacking)}. Writes work; a lost answer may need a person."
        return Step(PROOF, Finding.WARNED, words, DOCS)


def examiner_for(org: Org, *, seconds: float) -> SalesforceExaminer:
    """Return who looks at an org and takes no longer than these seconds in all."""
    return SalesforceExaminer(org, seconds=seconds)


def _title(name: str) -> str:
    return f"Describe {name}"


def _allowance_step(usage: LimitUsage) -> Step:
    words = f"{usage.used:,} of {usage.allowed:,} are used."
    if usage.share < MUCH:
        return Step(ALLOWANCE, Finding.PASSED, words)
    remedy = "See in Setup, Company Information, who uses them; we stop before the last are gone."
    return Step(ALLOWANCE, Finding.WARNED, words, remedy)
