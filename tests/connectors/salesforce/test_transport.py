"""What a failed exchange says about the request that was in it."""

import ssl

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError, SSLError

from orchestrator.connectors.salesforce.transport import never_left

POOL = HTTPSConnectionPool("acme.my.salesforce.com")
REFUSED = NewConnectionError(HTTPConnection("acme.my.salesforce.com"), "refused")
BAD_CERTIFICATE = SSLError(ssl.SSLCertVerificationError("self-signed certificate"))


def wrapped(reason: Exception) -> MaxRetryError:
    """Return a failure as urllib3 hands it to requests."""
    return MaxRetryError(POOL, "/x", reason)


class TestNeverLeft:
    @pytest.mark.parametrize(
        "error",
        [
            requests.exceptions.ConnectTimeout(wrapped(REFUSED)),
            requests.exceptions.ConnectionError(wrapped(REFUSED)),
            requests.exceptions.ConnectionError(REFUSED),
            requests.exceptions.SSLError(wrapped(BAD_CERTIFICATE)),
        ],
    )
    def test_is_certain_when_no_connection_stood(self, error):
        assert never_left(error)

    @pytest.mark.parametrize(
        "error",
        [
            requests.exceptions.ReadTimeout("slow"),
            requests.exceptions.ConnectionError(ProtocolError("Connection aborted.")),
            requests.exceptions.ConnectionError(),
            requests.exceptions.ChunkedEncodingError("half"),
            requests.exceptions.SSLError(wrapped(SSLError(ssl.SSLEOFError("broken off")))),
            ValueError("no JSON"),
        ],
    )
    def test_is_not_claimed_when_it_may_have_left(self, error):
        assert not never_left(error)
