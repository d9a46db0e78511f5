"""The pages on which ops owners set up schedules and rotations."""

import pytest
from django.test import Client

from orchestrator.kernel import clock
from orchestrator.oncall.models import Layer, Schedule
from tests.oncall.schedules import DAY, HOUR, MONDAY, create_rota, create_schedule, ops_owner
from tests.registry_factories import create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "A2")]
ROTATION = {
    "title": "Primary",
    "kind": "weekly",
    "every": "1",
    "unit": "days",
    "starts_on": "2026-01-05",
    "hand_off_at": "09:00",
    "reason": "The first rota.",
}


@pytest.fixture(autouse=True)
def _stopped_clock(monkeypatch):
    """A Tuesday at ten in the schedule's year."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY + DAY + 10 * HOUR)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(get_user(name))
    return client


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


class TestCreateSchedule:
    def test_leads_to_the_first_rotation(self):
        create_role(slug="deal-desk", members=[get_user("ada")])
        ops_owner()
        answer = signed_in("dora").post(
            "/on-call/roles/deal-desk/schedule/",
            {"title": "Deal desk", "time_zone": "Europe/Berlin"},
        )

        assert answer["Location"] == "/on-call/deal-desk/layers/new/"
        assert Schedule.objects.get().time_zone == "Europe/Berlin"

    def test_refuses_a_zone_that_there_is_not(self):
        create_role(slug="deal-desk")
        ops_owner()
        answer = signed_in("dora").post(
            "/on-call/roles/deal-desk/schedule/", {"title": "Deal desk", "time_zone": "Mars/Base"}
        )

        assert answer.status_code == 422

    def test_is_not_for_everybody(self):
        create_role(slug="deal-desk", members=[get_user("ada")])

        assert signed_in("ada").get("/on-call/roles/deal-desk/schedule/").status_code == 403


class TestRotation:
    def test_previews_without_storing_anything(self):
        create_rota("ada", "ben")
        seen = Layer.objects.get().pk
        answer = signed_in("dora").post(
            "/on-call/deal-desk/layers/1/",
            {**ROTATION, "seen": seen, "place_ada": "1", "do": "preview"},
        )
        page = text_of(answer)

        assert answer.status_code == 200
        assert "nothing is stored" in page
        assert "13 days 15 hours" in page
        assert Layer.objects.get().participants.count() == 2

    def test_saves_what_was_previewed(self):
        create_rota("ada", "ben")
        seen = Layer.objects.get().pk
        answer = signed_in("dora").post(
            "/on-call/deal-desk/layers/1/",
            {**ROTATION, "seen": seen, "place_ada": "2", "place_ben": "1", "do": "save"},
        )

        assert answer.status_code == 302
        layer = Layer.objects.get(in_force_until=None)
        assert [each.person.username for each in layer.participants.all()] == ["ben", "ada"]

    def test_keeps_nights_and_weekends(self):
        create_schedule("ada")
        hours = {"days_1": ["1", "2"], "from_1": "18:00", "to_1": "09:00"}
        signed_in("dora").post(
            "/on-call/deal-desk/layers/new/", {**ROTATION, **hours, "place_ada": "1", "do": "save"}
        )

        assert Layer.objects.get().windows == [{"weekdays": [1, 2], "from": "18:00", "to": "09:00"}]

    @pytest.mark.parametrize(
        ("entered", "says"),
        [
            ({}, "Give at least one person a place"),
            ({"place_ada": "1", "place_ben": "1"}, "Two people have the same place"),
            ({"place_ada": "1", "days_1": ["1"]}, "Choose days, and from when until when"),
            ({"place_ada": "1", "kind": "custom", "every": "300"}, "At most 90 days"),
        ],
    )
    def test_says_what_is_wrong_beside_the_form(self, entered, says):
        create_rota("ada", "ben")
        answer = signed_in("dora").post(
            "/on-call/deal-desk/layers/1/", {**ROTATION, **entered, "do": "save"}
        )

        assert answer.status_code == 422
        assert says in text_of(answer)

    def test_is_not_for_members(self):
        create_rota("ada", "ben")

        assert signed_in("ada").get("/on-call/deal-desk/layers/1/").status_code == 403

    def test_ends_a_layer(self):
        create_rota("ada", "ben")
        seen = Layer.objects.get().pk
        signed_in("dora").post(
            "/on-call/deal-desk/layers/1/end/", {"seen": seen, "reason": "No more."}
        )

        assert not Layer.objects.filter(in_force_until=None).exists()
