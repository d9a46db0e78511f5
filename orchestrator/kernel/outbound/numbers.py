"""Which addresses are on the public internet; pure."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 addresses that carry an IPv4 address in their last 32 bits.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the public internet, also behind a translation to IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = _carried(address)
        if inside is not None:
            return is_public(inside)
        # Among them those that once carried an IPv4 address bare, such as ::10.0.0.1.
        if address.is_reserved:
            return False
    return address.is_global and not address.is_multicast


def is_public_text(text: str) -> bool:
    """
    Say whether a written address, with or without its zone, is public.

    :raises ValueError: if it is no address
    """
    return is_public(ipaddress.ip_address(text.partition("%")[0]))


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
