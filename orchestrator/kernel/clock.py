"""The one place that reads the system clock."""

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the place the ban points to


# Since when this process looks at the others: what starts along with it is not late yet.
PROCESS_STARTED_AT = now()
