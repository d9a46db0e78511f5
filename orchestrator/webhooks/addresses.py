"""Where a webhook may go: https and the public internet, or hosts that the operator lists."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.webhooks.models import LONGEST_ADDRESS

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
SCHEMES = ("https", "http")
# IPv6 addresses that carry an IPv4 address in their last 32 bits.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class BadEndpointAddress(DomainError):
    """The address is not one we would send anything to."""

    code, status, title = "bad_endpoint_address", 422, "Not an address for a webhook"


def endpoint_address(text: str) -> str:
    """
    Return the address of an endpoint as it is stored; its host is looked up when something is sent.

    :raises BadEndpointAddress: if it is not https, says more than it should, or is not public
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise BadEndpointAddress(f"{text[:100]!r} is not a web address.") from error
    if parts.scheme not in SCHEMES or not host or port == 0 or not text.isascii():
        raise BadEndpointAddress("Enter an address such as https://agent.example.com/countersign.")
    if not text.isprintable() or " " in text or len(text) > LONGEST_ADDRESS:
        raise BadEndpointAddress(f"At most {LONGEST_ADDRESS} plain characters, without spaces.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadEndpointAddress("Leave out user name, password and what follows a #.")
    _check_host(parts, host)
    return text


def listed(host: str) -> bool:
    """Say whether the operator vouches for a host: plain http and private addresses are fine."""
    return host.lower() in settings.COUNTERSIGN["webhook_allow_http_hosts"]


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet, also behind a translation to IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = _carried(address)
        if inside is not None:
            return is_public(inside)
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _check_host(parts: SplitResult, host: str) -> None:
    if listed(host):
        return
    if parts.scheme != "https":
        raise BadEndpointAddress(
            f"{host} would be spoken to without encryption. Use https, or let the operator add the "
            "host to WEBHOOK_ALLOW_HTTP_HOSTS."
        )
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_public(address):
        raise BadEndpointAddress(f"{host} is not an address of the public internet.")
