"""Where an org may live: https, or plain http on this machine and on hosts the operator lists."""

import re
from urllib.parse import SplitResult

from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.outbound.places import place_of

LOOPBACK = frozenset({"127.0.0.1", "localhost"})
# Doors to every org: a session there does not say which org it is for.
SHARED_LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
DEFAULT_PORTS = {"https": 443, "http": 80}


class BadAddress(DomainError):
    """The address is not one we would send credentials to."""

    code, status, title = "bad_org_address", 422, "Not the address of an org"


def org_address(text: str) -> str:
    """
    Return the address as `scheme://host[:port]`, the only form that is stored and compared.

    :raises BadAddress: if it is not https (or permitted http), or says more than a host and a port
    """
    try:
        place = place_of(text.strip())
    except ValueError as error:
        raise BadAddress(f"{text!r} is not a web address.") from error
    parts, host, port = place.parts, place.host, place.port
    _check(parts, host)
    if port in (None, DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def may_use_plain_http(host: str) -> bool:
    """Say whether a host may be spoken to without TLS."""
    return host in LOOPBACK or host in settings.COUNTERSIGN["crm_allow_http_hosts"]


def _check(parts: SplitResult, host: str) -> None:
    if parts.scheme not in DEFAULT_PORTS or not HOST.fullmatch(host):
        raise BadAddress("Enter the org's address as https://<my-domain>.my.salesforce.com.")
    if parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"):
        raise BadAddress("Enter only the host of the org: no user name, path or query.")
    if parts.scheme == "http" and not may_use_plain_http(host):
        raise BadAddress(
            f"{host} would be spoken to without encryption. Use https, or let the operator add the "
            "host to CRM_ALLOW_HTTP_HOSTS."
        )
    if host in SHARED_LOGIN_HOSTS:
        raise BadAddress(f"{host} serves every org. Enter the org's own My Domain address.")
