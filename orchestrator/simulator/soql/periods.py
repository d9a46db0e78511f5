"""The periods that date literals name, as [first day, day after the last)."""

import datetime as dt
from collections.abc import Callable

from orchestrator.simulator.soql.nodes import DateLiteral

Period = tuple[dt.date, dt.date]
Starting = Callable[[dt.date, int], dt.date]

DAY = dt.timedelta(days=1)


def _day(today: dt.date, step: int) -> dt.date:
    return today + step * DAY


def _week(today: dt.date, step: int) -> dt.date:
    # Weeks begin on Sunday, as in an org of the United States locale.
    return today - ((today.weekday() + 1) % 7) * DAY + 7 * step * DAY


def _month(today: dt.date, step: int) -> dt.date:
    months = today.year * 12 + today.month - 1 + step
    return dt.date(months // 12, months % 12 + 1, 1)


def _quarter(today: dt.date, step: int) -> dt.date:
    return _month(dt.date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * step)


def _year(today: dt.date, step: int) -> dt.date:
    return dt.date(today.year + step, 1, 1)


# The fiscal year of the simulated org is the calendar year.
UNITS: dict[str, Starting] = {
    "WEEK": _week, "MONTH": _month, "QUARTER": _quarter, "YEAR": _year,
    "FISCAL_QUARTER": _quarter, "FISCAL_YEAR": _year,
}  # fmt: skip
PLAIN: dict[str, tuple[Starting, int, int]] = {
    "TODAY": (_day, 0, 1), "YESTERDAY": (_day, -1, 0), "TOMORROW": (_day, 1, 2),
    "LAST_90_DAYS": (_day, -90, 1), "NEXT_90_DAYS": (_day, 1, 91),
    **{f"LAST_{name}": (starting, -1, 0) for name, starting in UNITS.items()},
    **{f"THIS_{name}": (starting, 0, 1) for name, starting in UNITS.items()},
    **{f"NEXT_{name}": (starting, 1, 2) for name, starting in UNITS.items()},
}  # fmt: skip
# How often n is counted in the first step and in the last, and what is added to each.
COUNTED: dict[str, tuple[Starting, tuple[int, int], tuple[int, int]]] = {
    "LAST_N_DAYS": (_day, (-1, 0), (0, 1)),
    "NEXT_N_DAYS": (_day, (0, 1), (1, 1)),
    "N_DAYS_AGO": (_day, (-1, -1), (0, 1)),
    **{f"LAST_N_{name}S": (starting, (-1, 0), (0, 0)) for name, starting in UNITS.items()},
    **{f"NEXT_N_{name}S": (starting, (0, 1), (1, 1)) for name, starting in UNITS.items()},
    **{f"N_{name}S_AGO": (starting, (-1, -1), (0, 1)) for name, starting in UNITS.items()},
}


def period(literal: DateLiteral, *, today: dt.date) -> Period:
    """
    Return the days a date literal covers.

    :raises OverflowError: or ValueError, if the calendar does not reach that far
    """
    if literal.count is None:
        starting, first, last = PLAIN[literal.name]
        return starting(today, first), starting(today, last)
    starting, (first_times, last_times), (first_plus, last_plus) = COUNTED[literal.name]
    count = literal.count
    return (
        starting(today, first_times * count + first_plus),
        starting(today, last_times * count + last_plus),
    )
