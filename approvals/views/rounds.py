"""Reviewing one after the other: where one is, and the list one came from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from approvals import inbox
from approvals.filter_form import kept_query
from approvals.models import Review

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Round:
    """The how-manieth item this is, and the list that is gone through; 0 outside of a round."""

    position: int = 0
    # The filters of the list, as they stand in its address.
    listed: str = ""
    # How many items were left for later: they still wait.
    skipped: int = 0

    @property
    def query(self) -> str:
        """Return what keeps the round in an address."""
        listed = {"list": self.listed} if self.listed else {}
        skipped = {"skipped": self.skipped} if self.skipped else {}
        return urlencode({"next": self.position, **skipped, **listed}) if self.position else ""

    @property
    def decided(self) -> int:
        """Return how many items are through and wait no more."""
        return max(0, self.position - 1 - self.skipped)

    def onward(self, place: str, *, skipping: bool = False) -> str:
        """Return the address of the item after this one, which stands at that place."""
        after = {"after": place} if place else {}
        if not self.position:
            return f"/next/?{urlencode(after)}" if after else "/next/"
        step = replace(
            self, position=self.position + 1, skipped=self.skipped + 1 if skipping else self.skipped
        )
        return f"/next/?{urlencode(after)}{'&' if after else ''}{step.query}"


NO_ROUND = Round()


def round_of(values: Mapping[str, Any]) -> Round:
    """Return the round from an address or a form; no round where no number stands there."""
    listed = kept_query(str(values.get("list", "")))
    return Round(_number(values.get("next", "")), listed, _number(values.get("skipped", "")))


def begun(going: Round) -> Round:
    """Return the round, at its first item where it has none yet."""
    return going if going.position else replace(going, position=1)


def ways_on(going: Round, review: Review | None) -> dict[str, str]:
    """Return where the page of one item leads: past it, and back to where it stands in the list."""
    if review is None or review.due_at is None:
        return {"skip_href": going.onward(""), "list_href": f"/?{going.listed or 'tab=mine'}"}
    # The list from this item on: a key that stands right before it.
    here = {"after": f"{review.due_at.isoformat()}{inbox.SEPARATOR}0"}
    listed = f"{going.listed}&" if going.listed else ""
    return {
        "skip_href": going.onward(inbox.key_of(review), skipping=True),
        "list_href": f"/?{listed}{urlencode(here)}",
    }


def _number(given: Any) -> int:
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0
