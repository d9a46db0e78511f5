"""The page of the auditor, and its two buttons."""

import pytest

from orchestrator.assurance.models import Alarm, Finding, Look
from tests.assurance.receiving import receiver
from tests.factories import AT, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


@pytest.fixture
def owner(client):
    person = get_user("dora")
    person.is_staff = True
    person.save()
    client.force_login(person)
    return client


class TestThePage:
    def test_says_before_the_first_look_that_nobody_looked(self, owner):
        page = owner.get("/assurance/").content.decode()
        assert "has not looked yet" in page
        assert "not set up" in page

    def test_shows_what_stands_to_everybody_and_the_buttons_to_few(self, client):
        Finding.objects.create(
            check_name="proposals",
            subject_kind="proposal",
            subject_id="prp_1",
            words="Nobody is asked.",
            path="/proposals/prp_1/",
            seen_at=AT,
            last_seen_at=AT,
        )
        client.force_login(get_user("eve"))
        page = client.get("/assurance/").content.decode()
        assert "Nobody is asked." in page
        assert "Try out the alarm" not in page

    def test_costs_few_queries(self, owner, django_assert_max_num_queries):
        with django_assert_max_num_queries(12):
            owner.get("/assurance/")


class TestLookNow:
    def test_looks_at_everything_at_once(self, owner):
        answer = owner.post("/assurance/look/", follow=True)
        assert "nothing without a next step" in answer.content.decode()
        assert Look.objects.count() == 1

    def test_is_not_for_everybody(self, client):
        client.force_login(get_user("eve"))
        assert client.post("/assurance/look/").status_code == 403
        assert Look.objects.count() == 0


class TestTryOutTheAlarm:
    def test_really_sends_by_every_way_and_says_what_came_of_it(self, owner, settings):
        with receiver() as ears:
            settings.COUNTERSIGN = {**settings.COUNTERSIGN, "alarm_webhook_url": ears.url}
            page = owner.post("/assurance/alarm/", follow=True).content.decode()

        assert "Drill: nothing is wrong" in ears.bodies[0]["title"]
        assert "webhook: answered 200" in page
        assert Alarm.objects.get().drill

    def test_is_not_for_everybody(self, client):
        client.force_login(get_user("eve"))
        assert client.post("/assurance/alarm/").status_code == 403
        assert Alarm.objects.count() == 0
