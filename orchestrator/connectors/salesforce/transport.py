"""Did it leave? What a failed exchange says about the request that was in it."""

import ssl

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, SSLError

from orchestrator.connectors.errors import ConnectorError, OutcomeUnknown, Transient


def never_left(error: Exception) -> bool:
    """Say whether the failure happened before one byte of the request could be sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    if not isinstance(error, requests.exceptions.ConnectionError) or not error.args:
        return False
    cause = error.args[0]
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, SSLError):
        # The handshake comes before the request; later trouble with TLS has other causes.
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, NewConnectionError)


def failure(error: Exception, *, writes: bool) -> ConnectorError:
    """Return our error for an exchange that brought no complete, readable answer."""
    name = type(error).__name__
    if not writes or never_left(error):
        return Transient(f"The CRM could not be reached or broke off its answer ({name}).")
    return OutcomeUnknown(
        f"The write was sent and no complete answer came back ({name}). "
        "Read the records to learn whether it happened."
    )
