"""The one way out: time limits, one host, no redirects, no cookies, no repeats."""

import re
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter

from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.errors import Rejected
from orchestrator.orgs.addresses import org_address

CONNECT_TIMEOUT_SECONDS = 3.05
POOL_SIZE = 16
TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path, not a token
DATA_PATH = "/services/data/"
API_USAGE = re.compile(r"(?:^|[;\s])api-usage=(\d+)/(\d+)")


class HostNotAllowed(Rejected):
    """A request would have left for somewhere other than the org."""

    code, status, title = "crm_host_not_allowed", 500, "The request was not sent"


class OrgSession(requests.Session):
    """
    A session that can only speak to one org.

    Every prepared request is checked at the last moment before it is sent, so that no way of
    building a path can carry our token elsewhere. simple-salesforce builds https addresses only;
    an org that is configured with http has them turned back here.
    """

    def __init__(self, address: str) -> None:
        """Bind the session to an org's address (`scheme://host[:port]`)."""
        super().__init__()
        parts = urlsplit(org_address(address))
        self._scheme, self._host = parts.scheme, parts.netloc
        self._timeout = (CONNECT_TIMEOUT_SECONDS, settings.COUNTERSIGN["crm_timeout_seconds"])
        self._usage: LimitUsage | None = None
        self.trust_env = False
        # Cookies would be shared between threads, and nothing of ours needs them.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=POOL_SIZE, max_retries=0)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self.hooks["response"].append(self._note_usage)

    @property
    def limit_usage(self) -> LimitUsage | None:
        """Return how much of the daily allowance was used at the last answer."""
        return self._usage

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Any:
        """Send a request with our time limits, following no redirect."""
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        return super().request(method, url, *args, **kwargs)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """
        Send a prepared request, if it goes to the org.

        :raises HostNotAllowed: if it goes anywhere else
        """
        request.url = self._address_inside(request.url or "")
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        return super().send(request, **kwargs)

    def _address_inside(self, url: str) -> str:
        parts = urlsplit(url)
        inside = parts.path.startswith(DATA_PATH) or parts.path == TOKEN_PATH
        if parts.scheme not in ("https", self._scheme) or parts.netloc.lower() != self._host:
            raise HostNotAllowed("A request to a host other than the org's was stopped.")
        if not inside or ".." in parts.path:
            raise HostNotAllowed("A request to a path outside the org's data API was stopped.")
        return urlunsplit((self._scheme, self._host, parts.path, parts.query, ""))

    def _note_usage(self, response: requests.Response, *_: Any, **__: Any) -> None:
        match = API_USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if match:
            self._usage = LimitUsage(used=int(match[1]), allowed=int(match[2]))
