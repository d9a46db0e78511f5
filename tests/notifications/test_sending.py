"""Telling people: what is stored, for whom, and through which channel it is to leave."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orchestrator.notifications import sending
from orchestrator.notifications.kinds import Kind
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery, Notification, Preference
from orchestrator.notifications.queries import undelivered, without_channel
from orchestrator.notifications.states import DigestRhythm, Purpose
from orchestrator.people.models import User
from tests.factories import AT, create_role, create_user
from tests.notifications.telling import a_message, create_channel, person_without_mail, tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


class TestNotify:
    def test_reaches_a_person_by_the_e_mail_of_their_account(self):
        person = create_user()
        told = tell(person)
        delivery = Delivery.objects.get(notification=told)
        assert (delivery.channel.is_account, delivery.due_at, delivery.state) == (
            True,
            AT,
            "queued",
        )

    def test_tells_nobody_the_same_twice(self):
        person, other = create_user(), create_user()
        tell(person)
        assert [each.person for each in _notify(person, other)] == [other]
        assert Delivery.objects.count() == 2

    def test_leaves_out_who_left(self):
        person = create_user()
        person.is_active = False
        assert _notify(person) == []

    def test_sends_a_page_first_to_what_wakes_people_up(self):
        person = create_user()
        create_channel(person=person, kind=Kind.SMS)
        tell(person, urgency=Urgency.PAGE)
        tell(person, urgency=Urgency.NORMAL, key="another")
        kinds = Delivery.objects.order_by("pk").values_list("channel__kind", flat=True)
        assert sorted(kinds) == ["email", "sms"]
        assert Delivery.objects.get(urgency="page").channel.kind == "sms"

    def test_prefers_a_channel_that_is_not_parked(self):
        person = person_without_mail()
        parked = dt.timedelta(minutes=5) + AT
        create_channel(person=person, parked_until=parked)
        good = create_channel(person=person)
        assert tell(person).deliveries.get().channel == good

    def test_says_that_what_is_urgent_reached_nobody(self):
        person = person_without_mail()
        urgent = tell(person, urgency=Urgency.HIGH)
        tell(person, key="another")
        assert undelivered(at=AT) == [urgent]

    def test_tells_who_could_not_be_reached_without_storing_anything(self):
        nobody, by_mail, left = person_without_mail(), create_user(), person_without_mail()
        create_channel(person=left, ranks={"normal": 1})
        assert without_channel([nobody, by_mail, left], at=AT) == {nobody.pk, left.pk}
        assert Channel.objects.count() == 1

    def test_keeps_hostile_text_short_and_visible(self):
        told = tell(create_user(), title="a\r\nBcc: x\u202e" + "b" * 900, lines=("x\x00y",) * 99)
        assert told.title.startswith("a Bcc: x⟦U+202E⟧")
        assert (len(told.title), len(told.lines), told.lines[0]) == (200, 20, "x⟦U+0000⟧y")

    def test_posts_once_to_the_first_shared_channel_of_a_role(self):
        role = create_role()
        channel = Channel.objects.create(
            role=role, kind="slack", label="Room", ranks={"high": 1}, created_at=AT
        )
        message = a_message(urgency=Urgency.HIGH)
        told = sending.notify_role(role=role, message=message, at=AT)
        assert told.deliveries.get().channel == channel
        assert sending.notify_role(role=role, message=message, at=AT) is None
        assert sending.notify_role(role=create_role(), message=message, at=AT) is None


class TestQuietHours:
    def test_hold_what_is_not_a_page_until_they_end(self):
        person = create_user()
        _quiet(person, dt.time(9), dt.time(12))
        tell(person, urgency=Urgency.HIGH)
        tell(person, urgency=Urgency.PAGE, key="another")
        high, page = Delivery.objects.order_by("-weight")
        assert (high.due_at, high.held) == (AT.replace(hour=12), True)
        assert (page.due_at, page.held) == (AT, False)


class TestDigest:
    def test_gathers_what_is_not_urgent_until_the_hour_that_was_chosen(self):
        person = create_user()
        first = tell(person, urgency=Urgency.LOW)
        second = tell(person, urgency=Urgency.LOW, key="another")
        digest = Delivery.objects.get()
        assert (digest.purpose, digest.due_at) == (
            Purpose.DIGEST,
            AT.replace(day=19, hour=8),
        )
        assert first.digest_id == second.digest_id == digest.pk

    def test_is_not_made_for_who_wants_none(self):
        person = create_user()
        Preference.objects.create(person=person, digest=DigestRhythm.OFF)
        assert tell(person, urgency=Urgency.LOW).digest_id is None
        assert not Delivery.objects.exists()


class TestNotifyEach:
    def test_tells_a_thousand_people_in_a_few_statements(self):
        User.objects.bulk_create(
            User(username=f"p{n}", email=f"p{n}@example.com") for n in range(1000)
        )
        people = list(User.objects.all())
        messages = [(each, a_message(urgency=_mixed(each.pk))) for each in people]
        with CaptureQueriesContext(connection) as captured:
            assert len(sending.notify_each(messages=messages, at=AT)) == 1000
        assert len(captured) < 25
        assert Notification.objects.count() == Delivery.objects.count() == 1000


def _mixed(number: int) -> Urgency:
    return Urgency.LOW if number % 2 else Urgency.NORMAL


def _notify(*people: User) -> list[Notification]:
    return sending.notify(people=people, message=a_message(), at=AT)


def _quiet(person: User, starts: dt.time, ends: dt.time) -> None:
    Preference.objects.create(person=person, quiet_starts=starts, quiet_ends=ends)
