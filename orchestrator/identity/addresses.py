"""Where a request comes from, and how much of that is kept."""

import ipaddress

from allauth.core.internal.httpkit import clean_client_ip
from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - a word for "no address", nothing is bound to it
KEPT_BITS = {4: 24, 6: 48}


def client_address(request: HttpRequest) -> str:
    """
    Return the client's address as the last of our own proxies saw it.

    What stands further left in the header was written by strangers, so it never counts; without
    proxies of ours the header does not count at all.
    """
    seen = str(request.META.get("REMOTE_ADDR") or "")
    proxies = int(settings.ALLAUTH_TRUSTED_PROXY_COUNT)
    hops = str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",")
    if proxies > 0 and len(hops) >= proxies and hops[-proxies].strip():
        seen = hops[-proxies]
    return clean_client_ip(seen) or UNKNOWN


def shortened(address: str) -> str:
    """Return the network an address lies in: enough to wonder at, too little to find a home."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if str(known) == UNKNOWN:
        return "unknown"
    network = ipaddress.ip_network(f"{known}/{KEPT_BITS[known.version]}", strict=False)
    return str(network)
