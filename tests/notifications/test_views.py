"""The pages of notifications: the list and its bell, settings, the log, shared channels."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from orchestrator.kernel import clock
from orchestrator.notifications.messages import Urgency
from orchestrator.notifications.models import Channel, Delivery, Notification, Preference
from orchestrator.people.models import User
from tests.factories import create_role, create_user
from tests.notifications.telling import create_channel, person_without_mail, tell

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
SECRET_HOOK = "https://hooks.example.com/secret-path"


@pytest.fixture
def person() -> User:
    return create_user(username="ben", full_name="Ben Okafor")


@pytest.fixture
def staff() -> User:
    user = create_user(username="sam")
    user.is_staff = True
    user.save()
    return user


@pytest.fixture
def desk(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def office(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


class TestCentre:
    def test_shows_what_is_unread_and_marks_it_when_it_is_opened(self, desk, person):
        told = tell(person)
        page = desk.get("/notifications/").content.decode()
        assert "A high-risk change waits" in page
        assert "Northwind renewal" in page
        answer = desk.post(f"/notifications/{told.pk}/open/")
        assert answer["Location"] == "/proposals/prp_1/"
        assert "You have read everything" in desk.get("/notifications/").content.decode()
        assert "A high-risk change waits" in desk.get("/notifications/?show=all").content.decode()

    def test_never_leads_to_another_site(self, desk, person):
        told = tell(person, path="//evil.example/")
        assert desk.post(f"/notifications/{told.pk}/open/")["Location"] == "/notifications/"

    def test_shows_nobody_what_somebody_else_was_told(self, desk):
        other = tell(create_user(), title="for somebody else")
        assert "for somebody else" not in desk.get("/notifications/?show=all").content.decode()
        assert desk.post(f"/notifications/{other.pk}/open/").status_code == 404

    def test_shows_hostile_text_as_text(self, desk, person):
        tell(person, title="<script>x</script>\u202e", lines=("<b>y</b>",))
        page = desk.get("/notifications/").content.decode()
        assert "<script>x" not in page
        assert "<b>y" not in page
        assert "U+202E" in page

    def test_goes_through_many_page_by_page(self, desk, person):
        for number in range(55):
            tell(person, key=f"k{number}", title=f"number {number:03}")
        first = desk.get("/notifications/").content.decode()
        older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
        second = desk.get(f"/notifications/{older}").content.decode()
        seen = re.findall(r"number \d{3}", first) + re.findall(r"number \d{3}", second)
        assert len(set(seen)) == 55

    def test_says_what_no_channel_delivered(self, desk, person):
        person.email = ""
        person.save()
        tell(person, urgency=Urgency.PAGE)
        assert "no channel delivered it" in desk.get("/notifications/").content.decode()

    def test_takes_few_queries_however_many_there_are(self, desk, person):
        for number in range(40):
            tell(person, key=f"k{number}")
        with CaptureQueriesContext(connection) as captured:
            desk.get("/notifications/")
        assert len(captured) <= 12


class TestBell:
    def test_comes_after_the_page_and_says_how_many_are_unread(self, desk, person):
        tell(person)
        page = desk.get("/notifications/settings/").content.decode()
        assert 'hx-get="/notifications/unread/"' in page
        with CaptureQueriesContext(connection) as captured:
            bell = desk.get("/notifications/unread/", headers={"HX-Request": "true"})
        assert ">1<" in bell.content.decode()
        assert len(captured) <= 3

    def test_is_quiet_when_everything_was_read(self, desk, person):
        tell(person)
        desk.post("/notifications/read/")
        bell = desk.get("/notifications/unread/", headers={"HX-Request": "true"})
        assert bell.content.decode().strip() == ""

    def test_leads_to_the_list_without_a_script(self, desk):
        assert desk.get("/notifications/unread/")["Location"] == "/notifications/"


class TestSettings:
    def test_add_order_test_and_remove_a_channel(self, desk, person):
        data = {"kind": "pagerduty", "address": "pagerduty://" + "ab12" * 8, "label": "My pager"}
        desk.post("/notifications/channels/", data)
        channel = Channel.objects.get(person=person, kind="pagerduty")
        page = desk.get("/notifications/settings/").content.decode()
        assert "My pager" in page
        assert "ab12ab12" not in page
        desk.post("/notifications/channels/order/", {f"rank-{channel.pk}-normal": "3"})
        channel.refresh_from_db()
        assert channel.ranks == {"normal": 3}
        desk.post("/notifications/settings/test/")
        desk.post("/notifications/settings/test/")
        assert Delivery.objects.filter(purpose="test", channel=channel).count() == 1
        desk.post(f"/notifications/channels/{channel.pk}/remove/")
        channel.refresh_from_db()
        assert channel.removed_at
        assert channel.address == ""
        assert Delivery.objects.get(channel=channel).state == "cancelled"
        events = set(Entry.objects.filter(subject_kind="channel").values_list("event", flat=True))
        assert events == {"channel.added", "channel.removed"}
        assert "ab12ab12" not in str(list(Entry.objects.values_list("detail", flat=True)))

    def test_keep_addresses_encrypted(self, desk):
        data = {"kind": "opsgenie", "address": "opsgenie://" + "ab12" * 9, "label": "Alerts"}
        desk.post("/notifications/channels/", data)
        with connection.cursor() as cursor:
            cursor.execute("SELECT address, masked FROM notifications_channel")
            assert "ab12ab12" not in str(cursor.fetchall())

    def test_say_what_is_wrong_with_an_address_and_keep_nothing(self, desk):
        data = {"kind": "slack", "address": "https://evil.example/x", "label": "Room"}
        answer = desk.post("/notifications/channels/", data)
        assert answer.status_code == 422
        assert "not an address of that service" in answer.content.decode()
        assert not Channel.objects.exists()

    def test_let_only_staff_name_a_host_or_carry_details(self, desk):
        data = {"kind": "webhook", "address": SECRET_HOOK, "label": "Hook"}
        assert desk.post("/notifications/channels/", data).status_code == 422
        more = {"kind": "email", "address": "b@example.com", "label": "x", "carries_details": "on"}
        desk.post("/notifications/channels/", more)
        assert not Channel.objects.get().carries_details

    def test_touch_nobody_elses_channel(self, desk):
        other = create_channel(person=person_without_mail(), address=SECRET_HOOK)
        assert desk.post(f"/notifications/channels/{other.pk}/remove/").status_code == 404
        order = {f"rank-{other.pk}-page": "0"}
        assert desk.post("/notifications/channels/order/", order).status_code == 404

    def test_move_what_waits_when_quiet_hours_change(self, desk, person):
        now = clock.now()
        Preference.objects.create(
            person=person,
            quiet_starts=(now - dt.timedelta(hours=1)).time(),
            quiet_ends=(now + dt.timedelta(hours=1)).time(),
        )
        held = tell(person, at=now).deliveries.get()
        assert held.held
        times = {"digest": "weekly", "digest_at": "09:30", "digest_weekday": "4"}
        desk.post("/notifications/settings/times/", times)
        held.refresh_from_db()
        assert not held.held
        assert Preference.objects.get().digest_weekday == 4

    def test_refuse_quiet_hours_that_would_never_end(self, desk):
        times = {
            "quiet_starts": "22:00",
            "quiet_ends": "22:00",
            "digest": "daily",
            "digest_at": "08:00",
            "digest_weekday": "0",
        }
        answer = desk.post("/notifications/settings/times/", times)
        assert answer.status_code == 422
        assert "would never end" in answer.content.decode()
        assert not Preference.objects.exists()


class TestSharedChannels:
    def test_are_added_by_staff_and_shown_masked(self, office):
        create_role(slug="deal-desk")
        data = {"role": "deal-desk", "kind": "webhook", "address": SECRET_HOOK, "label": "Room"}
        office.post("/notifications/roles/channels/", data)
        page = office.get("/notifications/roles/").content.decode()
        assert "Deal desk" in page
        assert "hooks.example.com" in page
        assert "secret-path" not in page
        office.post("/notifications/roles/deal-desk/test/")
        assert Delivery.objects.get().channel.role.slug == "deal-desk"

    def test_are_not_for_everybody(self, desk):
        create_role(slug="deal-desk")
        assert desk.get("/notifications/roles/").status_code == 403
        assert desk.post("/notifications/roles/channels/", {}).status_code == 403
        assert desk.post("/notifications/roles/deal-desk/test/").status_code == 403


class TestLog:
    def test_shows_ones_own_deliveries_and_to_staff_everybodys(self, client, person, staff):
        tell(person, title="told to Ben")
        client.force_login(person)
        assert "told to Ben" in client.get("/notifications/deliveries/").content.decode()
        client.force_login(staff)
        assert "Nothing to show" in client.get("/notifications/deliveries/").content.decode()
        everybody = client.get("/notifications/deliveries/?whose=all").content.decode()
        assert "to Ben Okafor" in everybody
        assert "told to Ben" not in everybody
        client.force_login(create_user())
        stranger = client.get("/notifications/deliveries/?whose=all").content.decode()
        assert "Ben Okafor" not in stranger

    def test_lets_staff_send_a_failed_delivery_again(self, client, person, staff):
        failed = tell(person).deliveries.get()
        Delivery.objects.update(state="failed", finished_at=clock.now(), attempts=6)
        client.force_login(person)
        assert client.post(f"/notifications/deliveries/{failed.pk}/retry/").status_code == 403
        client.force_login(staff)
        client.post(f"/notifications/deliveries/{failed.pk}/retry/")
        failed.refresh_from_db()
        assert (failed.state, failed.attempts) == ("queued", 0)
        assert client.post(f"/notifications/deliveries/{failed.pk}/retry/").status_code == 409
        assert Notification.objects.get().deliveries.get() == failed
