"""The states of a swap, and the kinds of rotation."""

from orchestrator.kernel.choices import Choices


class SwapState(Choices):
    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


S = SwapState
SWAP_MOVES = {
    S.ASKED: frozenset({S.ACCEPTED, S.DECLINED, S.WITHDRAWN, S.EXPIRED}),
    # Both have agreed: what changes it again is another swap, or an override.
    S.ACCEPTED: frozenset(),
    S.DECLINED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.EXPIRED: frozenset(),
}


class LayerKind(Choices):
    DAILY = "daily"
    WEEKLY = "weekly"
    CUSTOM = "custom"
    # Its shifts come from another program's calendar.
    IMPORTED = "imported"


class Unit(Choices):
    DAYS = "days"
    HOURS = "hours"
