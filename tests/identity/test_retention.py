"""Forgetting sessions that are over."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from orchestrator.identity import retention
from tests.factories import AT, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ben():
    return create_user(username="ben")


def session(key, *, ends, person=None, began=AT - 20 * HOUR):
    if ends is not None:
        Session.objects.create(session_key=key, session_data="", expire_date=ends)
    if person is not None:
        UserSession.objects.create(
            user=person, session_key=key, ip="192.0.2.7", user_agent="Browser", created_at=began
        )


def left():
    return (
        set(Session.objects.values_list("session_key", flat=True)),
        set(UserSession.objects.values_list("session_key", flat=True)),
    )


def test_what_is_over_goes_with_the_address_it_came_from(ben):
    session("over", ends=AT - HOUR, person=ben)
    session("running", ends=AT + HOUR, person=ben)

    assert retention.forget(at=AT) == 1
    assert left() == ({"running"}, {"running"})


def test_what_was_ended_goes_too(ben):
    session("ended", ends=None, person=ben)
    retention.forget(at=AT)
    assert left() == (set(), set())


def test_what_is_just_being_made_stays(ben):
    session("new", ends=None, person=ben, began=AT - dt.timedelta(seconds=2))
    retention.forget(at=AT)
    assert left() == (set(), {"new"})


def test_goes_on_until_nothing_is_left(ben, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        session(f"over-{number}", ends=AT - HOUR, person=ben)
    assert retention.forget(at=AT) == 5
    assert left() == (set(), set())
