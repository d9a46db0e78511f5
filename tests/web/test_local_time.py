"""Times on pages, by the clock of whoever reads them."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from orchestrator.people.models import User
from orchestrator.web.field_values import moment_html, moment_text
from orchestrator.web.local_time import LocalTimeMiddleware

pytestmark = pytest.mark.req("A5")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def shown_to(user, moment=NOON):
    request = RequestFactory().get("/")
    request.user = user
    answer: Any = LocalTimeMiddleware(lambda _: HttpResponse(moment_text(moment)))(request)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "20 Nov 2026, 13:00 CET"),
        ("America/New_York", "20 Nov 2026, 07:00 EST"),
        ("UTC", "20 Nov 2026, 12:00 UTC"),
        ("Europe/Atlantis", "20 Nov 2026, 12:00 UTC"),
        ("", "20 Nov 2026, 12:00 UTC"),
    ],
)
def test_are_shown_in_the_zone_of_the_reader_with_its_name(zone, text):
    assert shown_to(User(username="ben", time_zone=zone)) == text


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("America/New_York", dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
        ("Asia/Tokyo", dt.datetime(9999, 12, 31, 23, tzinfo=dt.UTC)),
    ],
)
def test_are_shown_in_utc_where_the_calendar_of_the_reader_ends(zone, moment):
    """An agent may propose "until 9999": no page breaks over it."""
    assert shown_to(User(username="ben", time_zone=zone), moment).endswith(" UTC")


def test_are_in_utc_for_nobody_in_particular_and_outside_of_pages():
    assert shown_to(AnonymousUser()) == "20 Nov 2026, 12:00 UTC"
    assert moment_text(NOON) == "20 Nov 2026, 12:00 UTC"


def test_do_not_stay_in_the_zone_of_the_reader_before():
    shown_to(User(username="ben", time_zone="Asia/Tokyo"))

    assert moment_html(NOON) == (
        '<time datetime="2026-11-20T12:00:00+00:00">20 Nov 2026, 12:00 UTC</time>'
    )


def test_go_back_also_after_a_page_that_broke():
    request = RequestFactory().get("/")
    request.user = User(username="ben", time_zone="Asia/Tokyo")

    def breaks(_):
        raise LookupError

    with pytest.raises(LookupError):
        LocalTimeMiddleware(breaks)(request)
    assert moment_text(NOON).endswith("UTC")
