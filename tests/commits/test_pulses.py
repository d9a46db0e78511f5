"""Signs of life: who is silent, and where that shows."""

import datetime as dt

import pytest

from orchestrator.commits import pulses
from orchestrator.kernel import clock
from tests.factories import AT, get_user

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(hours=1)


@pytest.fixture
def expected(settings):
    settings.COUNTERSIGN = {
        **settings.COUNTERSIGN,
        "pulses_expected": ["timers", "commit"],
        "silent_after_seconds": 60.0,
    }


def silent(at, *, started_at=AT):
    return [each.part for each in pulses.silences(pulses.last_seen(), started_at=started_at, at=at)]


@pytest.mark.req("I2")
@pytest.mark.usefixtures("expected")
class TestSilences:
    def test_give_what_starts_along_with_us_as_long_as_everything_else(self):
        assert silent(AT + dt.timedelta(seconds=60)) == []
        assert silent(AT + dt.timedelta(seconds=61)) == ["timers"]

    def test_mean_something_only_later_where_one_task_may_take_long(self):
        assert silent(AT + dt.timedelta(seconds=300)) == ["timers"]
        assert silent(AT + dt.timedelta(seconds=301)) == ["timers", "commit"]

    def test_end_with_the_next_sign_of_life(self):
        pulses.beat(part="timers", at=LATER - dt.timedelta(seconds=59))
        pulses.beat(part="commit", at=AT)
        assert silent(LATER) == ["commit"]

        pulses.beat(part="commit", at=LATER)
        assert silent(LATER) == []

    def test_are_not_those_of_parts_that_nobody_expects(self):
        pulses.beat(part="old-queue", at=AT)
        assert "old-queue" not in silent(LATER)


@pytest.mark.req("I2")
@pytest.mark.usefixtures("expected")
class TestSilenceShows:
    @pytest.fixture
    def long_running(self, monkeypatch):
        monkeypatch.setattr(clock, "PROCESS_STARTED_AT", AT)

    def test_in_red_on_every_page_with_what_stands_still(self, client, long_running):
        pulses.beat(part="commit", at=clock.now())
        client.force_login(get_user("ada"))

        page = client.get("/people/").content.decode()

        assert "Deadlines and escalations do not fire" in page
        assert "Nothing is written to the CRM" not in page

    def test_to_the_machines_that_watch(self, client, long_running):
        assert client.get("/healthz").status_code == 503
        assert "timers, commit" in client.get("/healthz").json()["checks"]["workers"]

        for part in ("timers", "commit"):
            pulses.beat(part=part, at=clock.now())
        assert client.get("/healthz").status_code == 200

    def test_and_keeps_no_traffic_away(self, client, long_running):
        assert client.get("/readyz").status_code == 200
