"""The one place that reads the system clock."""

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is the place the ban points to
