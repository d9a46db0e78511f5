"""Links from agents: only plain web addresses become links, and the host is always shown."""

import re
from urllib.parse import urlsplit

UNSAFE = re.compile(r"[\s\\<>\"'`{}|^\x00-\x20\x7f]")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")


def web_host(href: str) -> str | None:
    """Return the host that `href` leads to, or None when it must not be a link."""
    if not href.isascii() or UNSAFE.search(href):
        return None
    try:
        parts = urlsplit(href)
        port = parts.port
    except ValueError:
        return None
    host = host_of(parts.netloc)
    if parts.scheme not in ("http", "https") or host is None:
        return None
    return f"{host}:{port}" if port else host


def host_of(netloc: str) -> str | None:
    """Return the host without its port; a name and password before it hide the real host."""
    if "@" in netloc:
        return None
    host = re.sub(r":\d*$", "", netloc).lower()
    return host if HOST.fullmatch(host) else None
