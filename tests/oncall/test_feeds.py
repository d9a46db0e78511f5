"""Layers whose shifts come from another program's calendar."""

from functools import partial

import pytest

from audit.queries import subject_history
from orchestrator.kernel.errors import NotAllowed
from orchestrator.oncall import feeds, queries
from orchestrator.oncall.calendar_reading import BadCalendar
from orchestrator.oncall.models import Feed, ImportedShift, Schedule
from orchestrator.people.models import User
from orchestrator.webhooks.addresses import BadEndpointAddress
from tests.oncall.schedules import DAY, HOUR, MONDAY, WEEK, calendar, create_schedule, ops_owner
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR
ADDRESS = "https://calendar.example.com/rota.ics"


def week_of(name: str, day: str = "20261116") -> list[str]:
    return [
        f"UID:{name}",
        f"DTSTART;TZID=Europe/Berlin:{day}T090000",
        f"DTEND;TZID=Europe/Berlin:{int(day) + 7}T090000",
        f"SUMMARY:{name}",
    ]


def connect(schedule: Schedule, text: str = "", url: str = "", **more) -> Feed:
    values = {"title": "Pager", "reason": "It lives there.", "by": ops_owner(), "at": AT, **more}
    return feeds.connect(schedule=schedule, text=text, url=url, **values)


def staff() -> User:
    root = get_user("root")
    root.is_staff = True
    root.save()
    return root


def on_call(schedule: Schedule, at=AT) -> list[str]:
    return [shift.person.username for shift in queries.on_call_now(role=schedule.role, at=at)]


class TestConnect:
    def test_puts_the_people_of_a_file_on_call(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, calendar(week_of("ada"), week_of("Zoe Unknown", "20261123")))

        assert on_call(schedule) == ["ada"]
        assert on_call(schedule, AT + WEEK) == []
        entry = subject_history(kind="schedule", id="deal-desk")[0]
        assert entry.event == "oncall.feed_connected"
        assert entry.detail["unmatched"] == ["Zoe Unknown"]

    def test_has_two_people_who_are_on_call_at_once_side_by_side(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, calendar(week_of("ada"), week_of("ben")))

        assert sorted(on_call(schedule)) == ["ada", "ben"]

    def test_keeps_everything_where_a_new_file_cannot_be_read(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, calendar(week_of("ada")))
        with pytest.raises(BadCalendar):
            connect(schedule, "nonsense", number=1)

        assert on_call(schedule) == ["ada"]

    def test_replaces_the_earlier_shifts_of_its_feed(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, calendar(week_of("ada")))
        connect(schedule, calendar(week_of("ben")), number=1)

        assert on_call(schedule) == ["ben"]
        assert ImportedShift.objects.count() == 1

    def test_takes_an_address_from_staff_only_and_public_ones_only(self):
        schedule = create_schedule("ada")
        with pytest.raises(NotAllowed):
            connect(schedule, url=ADDRESS)
        for address in (
            "http://calendar.example.com/a.ics",
            "https://127.0.0.1/a.ics",
            "file:///a",
        ):
            with pytest.raises(BadEndpointAddress):
                connect(schedule, url=address, by=staff())
        assert not Feed.objects.exists()

    def test_wants_one_of_the_two(self):
        schedule = create_schedule("ada")
        for both in ({}, {"text": calendar(), "url": ADDRESS}):
            with pytest.raises(feeds.NothingToRead):
                connect(schedule, **both, by=staff())


class TestRefreshDue:
    def test_fetches_an_address_in_the_background_and_again_when_due(self, monkeypatch):
        schedule = create_schedule("ada", "ben")
        answers = [calendar(week_of("ada")), calendar(week_of("ben"))]
        asked = []

        def fetch(url: str) -> str:
            asked.append(url)
            return answers.pop(0)

        monkeypatch.setattr(feeds, "fetch", fetch)
        connect(schedule, url=ADDRESS, by=staff())
        assert asked == []

        assert feeds.refresh_due(at_clock=lambda: AT) == 1
        assert on_call(schedule) == ["ada"]
        assert feeds.refresh_due(at_clock=lambda: AT) == 0
        assert feeds.refresh_due(at_clock=lambda: AT + HOUR) == 1
        assert on_call(schedule, AT + HOUR) == ["ben"]
        assert asked == [ADDRESS, ADDRESS]

    def test_keeps_the_last_good_shifts_of_a_bad_feed_and_says_so_once(self, monkeypatch):
        schedule = create_schedule("ada")
        monkeypatch.setattr(feeds, "fetch", lambda url: calendar(week_of("ada")))
        connect(schedule, url=ADDRESS, by=staff())
        feeds.refresh_due(at_clock=lambda: AT)
        monkeypatch.setattr(feeds, "fetch", lambda url: "<html>Sign in</html>")
        for moment in (AT + HOUR, AT + 2 * HOUR, AT + 3 * HOUR):
            feeds.refresh_due(at_clock=partial(max, moment, AT))

        feed = Feed.objects.get()
        assert on_call(schedule) == ["ada"]
        assert feed.problem == "It is not an iCalendar file."
        assert feed.failed_at == AT + HOUR
        events = [entry.event for entry in subject_history(kind="schedule", id="deal-desk")]
        assert events.count("oncall.feed_failed") == 1

        monkeypatch.setattr(feeds, "fetch", lambda url: calendar(week_of("ada")))
        feeds.refresh_due(at_clock=lambda: AT + 4 * HOUR)
        feed.refresh_from_db()
        assert (feed.problem, feed.failed_at) == ("", None)

    def test_keeps_a_calendar_that_was_connected_while_the_earlier_one_was_fetched(
        self, monkeypatch
    ):
        schedule = create_schedule("ada", "ben")
        feed = connect(schedule, url=ADDRESS, by=staff())

        def fetch(url: str) -> str:
            connect(schedule, calendar(week_of("ben")), number=feed.layer.position)
            return calendar(week_of("ada"))

        monkeypatch.setattr(feeds, "fetch", fetch)
        feeds.refresh_due(at_clock=lambda: AT)

        assert on_call(schedule) == ["ben"]
        assert Feed.objects.get().url == ""

    def test_reads_the_others_where_one_breaks_its_reader(self, monkeypatch):
        schedule = create_schedule("ada", "ben")
        connect(schedule, url=f"{ADDRESS}?broken", by=staff())
        connect(schedule, url=ADDRESS, by=get_user("root"))

        def fetch(url: str) -> str:
            if url.endswith("broken"):
                raise LookupError("never thought of")
            return calendar(week_of("ben"))

        monkeypatch.setattr(feeds, "fetch", fetch)
        assert feeds.refresh_due(at_clock=lambda: AT) == 2

        assert on_call(schedule) == ["ben"]
        assert [feed.problem for feed in Feed.objects.order_by("pk")] == [
            "It broke our reader of calendars.", "",
        ]  # fmt: skip

    def test_keeps_the_secret_part_of_an_address_out_of_the_ledger(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, url=f"{ADDRESS}?token=s3cret", by=staff())

        entry = subject_history(kind="schedule", id="deal-desk")[0]
        assert entry.detail["source"] == "calendar.example.com"

    def test_unfolds_further_weeks_of_an_uploaded_file(self):
        schedule = create_schedule("ada")
        connect(schedule, calendar([*week_of("ada"), "RRULE:FREQ=WEEKLY"]))
        later = AT + 120 * DAY
        assert on_call(schedule, later) == []

        feeds.refresh_due(at_clock=lambda: later)
        assert on_call(schedule, later) == ["ada"]

    def test_keeps_what_is_over_as_it_was(self):
        schedule = create_schedule("ada", "ben")
        connect(schedule, calendar(week_of("ada")))
        connect(schedule, calendar(week_of("ben", "20261123")), number=1, at=AT + 2 * WEEK)

        assert on_call(schedule) == ["ada"]


class TestAnAddress:
    def test_is_shown_by_its_host_alone(self):
        feed = Feed(url="https://calendar.example.com/private-4f2c1/rota.ics")
        assert feed.host == "calendar.example.com"
        assert Feed().host == ""
