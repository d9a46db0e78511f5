"""Reviewing one after the other: where one is, and the list one came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from approvals.filter_form import kept_query

LARGEST = 9_999


@dataclass(frozen=True, slots=True)
class Round:
    """The how-manieth item this is, and the list that is gone through; 0 outside of a round."""

    position: int = 0
    # The filters of the list, as they stand in its address.
    listed: str = ""

    @property
    def query(self) -> str:
        """Return what keeps the round in an address."""
        listed = {"list": self.listed} if self.listed else {}
        return urlencode({"next": self.position, **listed}) if self.position else ""

    @property
    def onward(self) -> str:
        """Return what leads to the item after this one."""
        return Round(min(self.position + 1, LARGEST), self.listed).query


def round_of(values: Mapping[str, Any]) -> Round:
    """Return the round from an address or a form; no round where no number stands there."""
    given = str(values.get("next", ""))
    position = int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else 0
    return Round(position, kept_query(str(values.get("list", ""))))


def begun(going: Round) -> Round:
    """Return the round, at its first item where it has none yet."""
    return going if going.position else Round(1, going.listed)
