"""Behaviours that no document settles, and rules an administrator turns on: each has a name."""

from collections.abc import Mapping
from typing import Any

BODY_412 = "body_412"
CHOICES: Mapping[str, tuple[Any, ...]] = {
    # The body of a 412: nothing, or an error array with one of the codes that sources mention.
    BODY_412: (
        "empty",
        "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
        "MATCH_PRECONDITION_FAILED",
        "PRECONDITION_FAILED",
    ),
    # Whether conditional headers work on the external-id form of a row's address.
    "guard_on_external_id": (True, False),
    # Whether a change by automation, which moves only SystemModstamp, trips If-Unmodified-Since.
    "guard_uses_system_modstamp": (False, True),
    # Whether writing a stage resets the probability that is not sent with it.
    "stage_resets_probability": (True, False),
    # Whether text loses the spaces around it.
    "trim_text": (False, True),
    # Active assignment rules re-own cases and leads unless Sforce-Auto-Assign says FALSE.
    "assignment_rules": (True, False),
    # A contact or lead with an e-mail address that another one has is refused.
    "duplicate_rules": (False, True),
    # Validation rules of the org's administrator.
    "rule_amount_not_negative": (True, False),
    "rule_quote_discount_limit": (True, False),
    "rule_loss_reason_needed": (False, True),
}


class Switches:
    """The position of every switch; the first choice is where it starts."""

    def __init__(self) -> None:
        """Put every switch where it starts."""
        self._set: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return where a switch stands."""
        return self._set.get(name, CHOICES[name][0])

    def all(self) -> dict[str, Any]:
        """Return where all switches stand."""
        return {name: self[name] for name in CHOICES}

    def turn(self, positions: Mapping[str, Any]) -> None:
        """
        Turn switches.

        :raises ValueError: if there is no such switch or no such position; then none is turned
        """
        for name, position in positions.items():
            if name not in CHOICES:
                raise ValueError(f"There is no switch {name!r}. There are: {', '.join(CHOICES)}.")
            if not any(position is one or position == one for one in CHOICES[name]):
                raise ValueError(f"Switch {name!r} goes to one of {CHOICES[name]}.")
        self._set.update(positions)

    def restore(self, positions: Mapping[str, Any]) -> None:
        """Take up saved positions, leaving out what no longer exists."""
        self._set = {name: value for name, value in positions.items() if name in CHOICES}
