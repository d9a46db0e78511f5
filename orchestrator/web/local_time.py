"""Times as the person who looks reads them: in their own zone, which always stands behind them."""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
_zone: ContextVar[dt.tzinfo] = ContextVar("zone_of_the_reader", default=dt.UTC)


def local(moment: dt.datetime) -> dt.datetime:
    """Return a moment on the clock of whoever reads the page; in UTC outside of a page."""
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(_zone.get())
    except OverflowError:
        # The calendar ends there: "until 9999" has no next day in another zone.
        return moment


def zone_of_reader() -> dt.tzinfo:
    """Return the time zone of whoever reads the page; UTC outside of a page."""
    return _zone.get()


@lru_cache(maxsize=512)
def zone_named(name: str) -> dt.tzinfo:
    """Return a time zone by its name; UTC for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return dt.UTC


class LocalTimeMiddleware:
    """Show times in the zone of the person who is signed in; what forms take stays as labelled."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the reader's clock in sight of every page."""
        before = _zone.set(zone_named(getattr(request.user, "time_zone", "UTC")))
        try:
            return self.get_response(request)
        finally:
            _zone.reset(before)
