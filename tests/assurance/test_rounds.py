"""The auditor: looks, restarts once, then raises the alarm by two paths."""

import datetime as dt

import pytest
from django.db import DatabaseError

from orchestrator.assurance import rounds
from orchestrator.assurance.checks.irregular import Check, Irregularity
from orchestrator.assurance.models import Alarm, Finding, Look
from orchestrator.commits import pulses
from orchestrator.paging import paging
from orchestrator.paging.models import PageCall
from tests.assurance.receiving import receiver
from tests.factories import AT, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
LOST = Irregularity("review", "rvw_1", "Nobody is asked.", "/proposals/prp_1/")


@pytest.fixture(autouse=True)
def second_path(settings):
    with receiver() as ears:
        settings.COUNTERSIGN = {
            **settings.COUNTERSIGN,
            "alarm_webhook_url": ears.url,
            "heartbeat_url": "",
        }
        yield ears


class Scene:
    """One check whose findings and restarts a test decides."""

    def __init__(self, *, restarts: bool = True, vital: bool = True) -> None:
        self.found: list[Irregularity] = [LOST]
        self.restarted: list[str] = []
        self.broken = False
        self.minute = 0
        self.check = Check(
            "scene", "All is well", self.look, self.restart if restarts else None, vital=vital
        )

    def look(self, at: dt.datetime) -> list[Irregularity]:
        if self.broken:
            raise DatabaseError("no")
        return self.found

    def restart(self, subject: str, at: dt.datetime) -> bool:
        self.restarted.append(subject)
        return True

    def round(self) -> Look:
        self.minute += 1
        at = AT + dt.timedelta(minutes=self.minute)
        return rounds.run(at_clock=lambda: at, checks=[self.check])


class TestARound:
    def test_restarts_what_has_no_next_step_once_and_then_raises_the_alarm(self, second_path):
        scene = Scene()

        scene.round()
        assert (scene.restarted, second_path.bodies) == (["rvw_1"], [])
        assert Finding.objects.get().state == "restarted"

        scene.round()
        assert scene.restarted == ["rvw_1"]
        assert Finding.objects.get().state == "alarmed"
        [told] = second_path.bodies
        assert "Nobody is asked." in told["text"]
        assert "/proposals/prp_1/" in told["text"]

    def test_says_nothing_of_what_a_restart_put_right(self, second_path):
        scene = Scene()
        scene.round()
        scene.found = []
        scene.round()

        assert Finding.objects.get().state == "cleared"
        assert second_path.calls == 0

    def test_does_not_restart_again_what_is_at_a_loss_again(self, second_path):
        scene = Scene()
        scene.round()
        scene.found = []
        scene.round()
        scene.found = [LOST]
        scene.round()
        scene.round()

        assert scene.restarted == ["rvw_1"]
        assert second_path.calls == 1

    def test_looks_twice_before_it_calls_people_about_what_it_cannot_restart(self, second_path):
        scene = Scene(restarts=False)
        scene.round()
        assert second_path.calls == 0
        scene.round()
        assert second_path.calls == 1
        scene.round()
        assert second_path.calls == 1

    def test_raises_one_alarm_for_many_findings(self, second_path):
        scene = Scene(restarts=False)
        scene.found = [Irregularity("review", f"rvw_{n}", f"Number {n}.") for n in range(50)]
        scene.round()
        scene.round()

        [told] = second_path.bodies
        assert "50 things" in told["title"]
        assert "And 30 more." in told["text"]
        assert Finding.objects.filter(state="alarmed", alarm=Alarm.objects.get()).count() == 50

    def test_pages_the_ops_owners_too_and_ends_that_once_all_is_well(self):
        create_role(slug="ops-owner", members=[get_user("dora")])
        scene = Scene(restarts=False)
        scene.round()
        scene.round()
        page = PageCall.objects.get(subject_kind="assurance")
        assert [turn.person for turn in page.turns.all()] == [get_user("dora")]

        scene.found = []
        scene.round()
        page.refresh_from_db()
        assert page.state == "resolved"

    def test_counts_a_check_that_cannot_look_as_a_finding_and_clears_nothing(self, second_path):
        scene = Scene(restarts=False)
        scene.round()
        scene.broken = True
        look = scene.round()

        assert look.counts == {"scene": None}
        states = dict(Finding.objects.values_list("subject_kind", "state"))
        assert states == {"review": "seen", "check": "seen"}
        scene.round()
        assert "could not look" in second_path.bodies[0]["text"]

    def test_asks_the_other_questions_when_one_breaks_in_its_own_code(self):
        def broken(at):
            raise ValueError("odd")

        def restart(subject, at):
            raise LookupError(subject)

        odd = Check("odd", "All is well", broken)
        stuck = Check("stuck", "All is well", lambda at: [LOST], restart)
        look = rounds.run(at_clock=lambda: AT, checks=[odd, stuck])

        assert look.counts == {"odd": None, "stuck": 1}
        assert pulses.last_seen()["auditor"] == AT

    def test_takes_the_second_path_when_paging_is_what_is_broken(self, second_path, monkeypatch):
        def broken(*unused, **named):
            raise RuntimeError("paging is broken")

        monkeypatch.setattr(paging, "page", broken)
        monkeypatch.setattr(paging, "resolve", broken)
        create_role(slug="ops-owner", members=[get_user("ada")])
        scene = Scene()
        scene.round()
        scene.round()

        assert "Nobody is asked." in second_path.bodies[0]["text"]
        assert Alarm.objects.get().state == "sent"

    def test_shows_that_it_lives(self):
        scene = Scene()
        scene.round()
        assert pulses.last_seen()["auditor"] == AT + dt.timedelta(minutes=1)

    def test_is_forgotten_after_a_week(self):
        scene = Scene()
        scene.found = []
        scene.round()
        assert rounds.forget(at=AT + dt.timedelta(days=6)) == 0
        assert rounds.forget(at=AT + dt.timedelta(days=8)) == 1


class TestTheSecondPath:
    def test_is_tried_again_until_it_takes_the_alarm(self, second_path):
        second_path.answer = 500
        scene = Scene(restarts=False)
        scene.round()
        scene.round()
        alarm = Alarm.objects.get()
        assert (alarm.state, alarm.results[0]["words"]) == ("queued", "answered 500")

        second_path.answer = 200
        scene.round()
        alarm.refresh_from_db()
        assert (alarm.state, alarm.attempts) == ("sent", 2)
        assert len({body["key"] for body in second_path.bodies}) == 1

    def test_gives_up_in_the_end_and_says_so(self, second_path, caplog):
        second_path.answer = 500
        scene = Scene(restarts=False)
        scene.round()
        scene.round()
        for _ in range(120):
            scene.round()
        alarm = Alarm.objects.get()
        assert (alarm.state, alarm.attempts) == ("failed", 6)
        assert "reached nobody" in caplog.text

    def test_is_missed_where_there_is_none(self, settings):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "alarm_webhook_url": ""}
        scene = Scene(restarts=False)
        scene.round()
        scene.round()
        assert Alarm.objects.get().state == "failed"

    def test_goes_by_mail_too(self, settings, mailoutbox):
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "alarm_emails": ["night@example.com"]}
        scene = Scene(restarts=False)
        scene.round()
        scene.round()

        assert mailoutbox[0].to == ["night@example.com"]
        assert "Nobody is asked." in mailoutbox[0].body
        assert [each["way"] for each in Alarm.objects.get().results] == ["e-mail", "webhook"]

    def test_never_shows_its_address(self, settings, caplog):
        secret = "http://127.0.0.1:1/secret-token"
        settings.COUNTERSIGN = {**settings.COUNTERSIGN, "alarm_webhook_url": secret}
        scene = Scene(restarts=False)
        scene.round()
        scene.round()
        assert "secret-token" not in str(Alarm.objects.get().results) + caplog.text


class TestTheHeartbeat:
    @pytest.fixture
    def watcher(self, settings):
        with receiver() as ears:
            settings.COUNTERSIGN = {**settings.COUNTERSIGN, "heartbeat_url": ears.url}
            yield ears

    def test_is_sent_after_a_look_that_found_nothing(self, watcher):
        scene = Scene()
        scene.found = []
        assert (scene.round().heartbeat, watcher.calls) == ("sent", 1)

    def test_is_withheld_while_something_vital_stands(self, watcher):
        scene = Scene(restarts=False)
        scene.round()
        assert (scene.round().heartbeat, watcher.calls) == ("withheld", 1)
        scene.found = []
        assert (scene.round().heartbeat, watcher.calls) == ("sent", 2)

    def test_goes_on_over_what_people_have_to_see_to(self, watcher):
        scene = Scene(restarts=False, vital=False)
        scene.round()
        assert scene.round().heartbeat == "sent"

    def test_is_withheld_by_an_auditor_that_cannot_look(self, watcher):
        scene = Scene()
        scene.broken = True
        assert (scene.round().heartbeat, watcher.calls) == ("withheld", 0)

    def test_that_fails_is_noted(self, watcher):
        watcher.answer = 500
        scene = Scene()
        scene.found = []
        assert scene.round().heartbeat == "failed"
