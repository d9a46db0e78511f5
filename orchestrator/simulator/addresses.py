"""Paths of the data API, taken apart."""

import re
from urllib.parse import parse_qsl, unquote

from orchestrator.simulator.errors import not_found

DATA = re.compile(r"/services/data/v(\d{2}\.0)/(.*)", re.DOTALL)
OLDEST, NEWEST = 20.0, 67.0


def is_data_path(url: str) -> bool:
    """Say whether an address is one below a version of the data API."""
    return DATA.match(url) is not None


def split(url: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """
    Return version and path segments, and the query; slashes at the end do not count.

    :raises Refusal: 404 if it is not below a version that there is
    """
    path, _, query = url.partition("?")
    found = DATA.match(path)
    if found is None or not OLDEST <= float(found[1]) <= NEWEST:
        raise not_found()
    segments = tuple(unquote(part) for part in found[2].split("/") if part)
    return (found[1], *segments), _parameters(query)


def _parameters(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        # A parameterized search names each object in a parameter of its own.
        several = name == "sobject" and name in values
        values[name] = f"{values[name]},{value}" if several else value
    return values
