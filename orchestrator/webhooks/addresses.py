"""Where a webhook may go: https and the public internet, or hosts that the operator lists."""

from urllib.parse import SplitResult

from django.conf import settings

from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.outbound.numbers import is_public_text
from orchestrator.kernel.outbound.places import place_of
from orchestrator.webhooks.models import LONGEST_ADDRESS

SCHEMES = ("https", "http")


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
        place = place_of(text)
    except ValueError as error:
        raise BadEndpointAddress(f"{text[:100]!r} is not a web address.") from error
    parts, host = place.parts, place.host
    if parts.scheme not in SCHEMES or not host or place.port == 0 or not text.isascii():
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


def _check_host(parts: SplitResult, host: str) -> None:
    if listed(host):
        return
    if parts.scheme != "https":
        raise BadEndpointAddress(
            f"{host} would be spoken to without encryption. Use https, or let the operator add the "
            "host to WEBHOOK_ALLOW_HTTP_HOSTS."
        )
    try:
        public = is_public_text(host)
    except ValueError:
        return
    if not public:
        raise BadEndpointAddress(f"{host} is not an address of the public internet.")
