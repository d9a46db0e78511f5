"""What a bench finds: figures with their floors and aims, as a table and as JSON."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

PERCENT_95 = 0.95


class WrongOutcome(Exception):
    """The product did something else than it was asked to, so its speed means nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number, the floor beside it, and what the project aims at."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    aim: str = ""
    # Whether the aim is met; None where there is none.
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Return the figure as a multiple of its floor."""
        return self.value / self.floor if self.floor else None


def percentile(values: Sequence[float], share: float) -> float:
    """
    Return the smallest value that at least this share of the values does not exceed.

    :raises ValueError: if there are no values
    """
    if not values:
        raise ValueError("There is nothing to take a percentile of.")
    ordered = sorted(values)
    place = max(0, -int(-share * len(ordered) // 1) - 1)
    return ordered[min(place, len(ordered) - 1)]


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return percentile(values, PERCENT_95)


def check(holds: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
    """
    Go on only if it holds.

    :raises WrongOutcome: saying what was expected
    """
    if not holds:
        raise WrongOutcome(what)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table for a terminal."""
    heads = ("Figure", "Here", "Floor of this run", "Ratio", "Aim", "")
    rows = [heads, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in rows]  # fmt: skip
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def as_json(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """Return the figures for a file, ratios included."""
    return [{**asdict(figure), "ratio": figure.ratio} for figure in figures]


def _cells(figure: Figure) -> tuple[str, ...]:
    floor = "" if figure.floor is None else _number(figure.floor, figure.unit)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f} x"
    verdict = {None: "", True: "met", False: "missed"}[figure.met]
    return (
        figure.name,
        _number(figure.value, figure.unit),
        f"{floor}  {figure.floor_name}".strip(),
        ratio,
        figure.aim,
        verdict,
    )


def _number(value: float, unit: str) -> str:
    digits = 0 if value >= 1000 else 1 if value >= 100 else 2 if value >= 1 else 3
    return f"{value:.{digits}f} {unit}".strip()
