"""One request through simple-salesforce: our token, our session, one fresh sign-in, no repeats."""

import time
from typing import Any

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from orchestrator.connectors.errors import (
    ConnectorError,
    ErrorClass,
    NotPermitted,
    OutcomeUnknown,
    OutOfRoom,
    QuotaExceeded,
    RefusedForNow,
    Rejected,
    Transient,
    Unauthorised,
)
from orchestrator.connectors.salesforce import exact_json, faults, transport
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.sign_in import Token
from orchestrator.connectors.salesforce.tokens import TokenProvider

# Who calls, for the org's own logs; and answers without the white space that people like.
HEADERS = {"Sforce-Call-Options": "client=Countersign", "X-PrettyPrint": "0"}


class SessionExpired(Exception):
    """The org does not accept this token; nothing was done."""


class Client:
    """
    Requests to one org.

    simple-salesforce runs in direct mode: it is given a session id and never signs in itself,
    because its own second try forgets the headers that guard a write and may never end.
    """

    def __init__(
        self, *, address: str, api_version: str, session: OrgSession, tokens: TokenProvider
    ) -> None:
        """Keep what each request is made of."""
        self._address = address
        self._api_version = api_version
        self._session = session
        self._tokens = tokens

    def get(self, path: str) -> Any:
        """
        Return what is at a path of the data API.

        :raises ConnectorError: if there is no answer, or it is a refusal
        """
        return self._ask("GET", path, writes=False)

    def post(self, path: str, body: Any, *, writes: bool, latest: float | None = None) -> Any:
        """
        Post a body and return the answer; `writes` says whether it may change anything.

        Nothing is sent after `latest` (monotonic seconds): who waits for us may have given up.

        :raises Transient: if it came to be too late to send it
        :raises OutcomeUnknown: if it writes, may have left, and was not answered in full
        :raises ConnectorError: if there is no answer, or it is a refusal
        """
        data = exact_json.dump(body)
        return self._ask("POST", path, writes=writes, data=data, latest=latest)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        data: bytes | None = None,
        latest: float | None = None,
    ) -> Any:
        token = self._tokens.current()
        _check_in_time(latest)
        try:
            return self._once(token, method, path, writes=writes, data=data)
        except SessionExpired:
            fresh = self._tokens.renew(token)
        _check_in_time(latest)
        try:
            return self._once(fresh, method, path, writes=writes, data=data)
        except SessionExpired as error:
            raise Unauthorised(
                "The CRM refuses a session that was opened a moment ago. Check what the org's "
                "user and connected app may do."
            ) from error

    def _once(
        self, token: Token, method: str, path: str, *, writes: bool, data: bytes | None
    ) -> Any:
        crm = Salesforce(
            instance_url=self._address,
            session_id=token.value,
            session=self._session,
            version=self._api_version,
            parse_float=exact_json.read_float,
            object_pairs_hook=dict,
        )
        try:
            return crm.restful(path, method=method, data=data, headers=HEADERS)
        except SalesforceError as error:
            raise refusal(error.status, error.content, writes=writes) from error
        except (requests.RequestException, ValueError, TypeError) as error:
            # ValueError: an answer that is not JSON. TypeError: JSON that is a bare number or null.
            raise transport.failure(error, writes=writes) from error


def _check_in_time(latest: float | None) -> None:
    if latest is not None and time.monotonic() > latest:
        raise Transient("Signing in to the CRM took too long; the write was not sent.")


def refusal(status: int, content: Any, *, writes: bool) -> Exception:
    """Return our error for an answer that is a refusal of the whole request."""
    errors = faults.read_errors(content) or [faults.CrmError(code=f"HTTP_{status}", text="")]
    error = errors[0]
    found = faults.classify(error.code, status, error.text)
    if found is ErrorClass.AUTH and faults.a_new_session_may_help(error):
        return SessionExpired(error.code)
    if found is ErrorClass.UNKNOWN and not writes:
        found = ErrorClass.TRANSIENT
    words = f"The CRM answered {status} {error.code}: {error.text}".rstrip(": ")
    return ERRORS[found](words, crm_code=error.code)


ERRORS: dict[ErrorClass, type[ConnectorError]] = {
    ErrorClass.TRANSIENT: Transient,
    ErrorClass.AUTH: Unauthorised,
    ErrorClass.QUOTA: QuotaExceeded,
    ErrorClass.CONFLICT: Rejected,
    ErrorClass.PERMISSION: NotPermitted,
    ErrorClass.VALIDATION: Rejected,
    ErrorClass.AGAIN_ONCE: RefusedForNow,
    ErrorClass.CAPACITY: OutOfRoom,
    ErrorClass.UNKNOWN: OutcomeUnknown,
}
