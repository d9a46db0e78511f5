"""Secret calendar addresses."""

from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from orchestrator.kernel import clock
from orchestrator.kernel.errors import NotAllowed, NotFound
from orchestrator.oncall import addresses, overriding
from orchestrator.oncall.models import Address
from orchestrator.people.models import User
from tests.oncall.schedules import DAY, HOUR, MONDAY, WEEK, add_layer, create_rota, utc
from tests.registry_factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
AT = MONDAY + 10 * HOUR


def parsed(secret: str, at=AT) -> Any:
    return Calendar.from_ical(addresses.calendar_at(secret, at=at))


def events(secret: str, at=AT) -> list[tuple]:
    return [
        (event["DTSTART"].dt, event["DTEND"].dt, str(event["SUMMARY"]))
        for event in parsed(secret, at).walk("VEVENT")
    ]


class TestCalendar:
    def test_of_a_schedule_says_who_is_on_call(self):
        schedule = create_rota("ada", "ben")
        secret = addresses.make(schedule=schedule, by=get_user("eve"), at=AT)

        assert (
            utc(2026, 11, 16, 8),
            utc(2026, 11, 23, 8),
            "On call: Deal desk (Ben)",
        ) in events(secret)

    def test_of_a_person_has_their_own_shifts_and_when_they_are_asked_second(self):
        schedule = create_rota("ada", "ben")
        add_layer(schedule, "ada", title="Backup")
        secret = addresses.make(schedule=None, by=get_user("ada"), at=AT)
        found = events(secret)

        assert (utc(2026, 11, 16, 8), utc(2026, 11, 23, 8), "Backup on call: Deal desk") in found
        assert (utc(2026, 11, 23, 8), utc(2026, 11, 30, 8), "On call: Deal desk") in found
        assert len([each for each in found if each[0] == utc(2026, 11, 23, 8)]) == 1

    def test_has_overrides_in_it(self):
        schedule = create_rota("ada", "ben")
        secret = addresses.make(schedule=None, by=get_user("ben"), at=AT)
        overriding.override(
            schedule=schedule,
            person=get_user("ada"),
            starts_at=AT + DAY,
            ends_at=AT + 2 * DAY,
            reason="Covers.",
            by=get_user("ada"),
            at=AT,
        )

        assert [each[:2] for each in events(secret)][1:3] == [
            (utc(2026, 11, 16, 8), AT + DAY),
            (AT + 2 * DAY, utc(2026, 11, 23, 8)),
        ]

    def test_keeps_the_identity_of_its_events_from_day_to_day(self):
        schedule = create_rota("ada", "ben")
        secret = addresses.make(schedule=schedule, by=get_user("eve"), at=AT)
        identities = [
            {
                str(event["UID"])
                for event in parsed(secret, at).walk("VEVENT")
                if event["DTSTART"].dt in (utc(2026, 11, 23, 8), utc(2026, 11, 30, 8))
            }
            for at in (AT, AT + DAY)
        ]

        assert identities[0] == identities[1]
        assert len(identities[0]) == 2


class TestSecrets:
    def test_are_kept_as_hashes_only(self):
        secret = addresses.make(schedule=None, by=get_user("ada"), at=AT)
        row = Address.objects.get()

        assert secret.startswith(row.prefix)
        assert secret.removeprefix(f"{row.prefix}-") not in str(vars(row))

    def test_stop_working_when_revoked_or_when_their_owner_leaves(self):
        ada = get_user("ada")
        one = addresses.make(schedule=None, by=ada, at=AT)
        two = addresses.make(schedule=None, by=ada, at=AT)
        row = Address.objects.get(prefix=one[:8])
        with pytest.raises(NotAllowed):
            addresses.revoke(address=row, by=get_user("eve"), at=AT)
        addresses.revoke(address=row, by=ada, at=AT)
        with pytest.raises(NotFound):
            addresses.calendar_at(one, at=AT)
        assert addresses.calendar_at(two, at=AT)

        User.objects.filter(pk=ada.pk).update(is_active=False)
        with pytest.raises(NotFound):
            addresses.calendar_at(two, at=AT)

    def test_are_ten_at_most_for_one_person(self):
        ada = get_user("ada")
        for _ in range(10):
            addresses.make(schedule=None, by=ada, at=AT)
        with pytest.raises(addresses.TooManyAddresses):
            addresses.make(schedule=None, by=ada, at=AT)


class TestPages:
    @pytest.fixture(autouse=True)
    def _stopped_clock(self, monkeypatch):
        monkeypatch.setattr(clock, "now", lambda: AT + WEEK)

    def test_show_an_address_once_and_calendar_programs_need_no_session(self):
        create_rota("ada", "ben")
        client = Client()
        client.force_login(get_user("ada"))
        made = client.post("/on-call/my/calendars/", {"schedule": "deal-desk"})
        address = made.context["made"]

        answer = Client().get(address[address.index("/on-call/") :])
        assert made.status_code == 201
        assert answer["Content-Type"].startswith("text/calendar")
        assert b"On call: Deal desk" in answer.content
        assert address not in client.get("/on-call/my/calendars/").content.decode()

    @pytest.mark.parametrize("secret", ["nothing", "x" * 400])
    def test_tell_strangers_with_a_wrong_address_nothing(self, secret):
        assert Client().get(f"/on-call/feeds/{secret}.ics").status_code == 404

    def test_revoke_only_ones_own(self):
        addresses.make(schedule=None, by=get_user("ada"), at=AT)
        row = Address.objects.get()
        client = Client()
        client.force_login(get_user("eve"))

        assert client.post(f"/on-call/my/calendars/{row.pk}/revoke/").status_code == 404
        row.refresh_from_db()
        assert row.revoked_at is None
