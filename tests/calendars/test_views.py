"""The pages of calendars."""

import datetime as dt

import pytest

from orchestrator.calendars import operations
from orchestrator.calendars.models import Calendar, SpecialDay
from orchestrator.people.models import Role, User
from tests.approvals.clockwork import workflow_with, works_by
from tests.calendars.scene import create_calendar
from tests.factories import AT, SETUP, create_cast, create_user, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5", "I1")]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FORM = {
    "title": "Sales EMEA",
    "zone": "Europe/Berlin",
    "region": "DE-BE",
    **dict.fromkeys(DAYS, "09:00-12:00, 13:00-17:00"),
    "saturday": "",
    "sunday": "",
}


@pytest.fixture
def visitor(client):
    def sign_in(*, staff=False):
        person = create_user(username="staff" if staff else "anybody")
        User.objects.filter(pk=person.pk).update(is_staff=staff)
        client.force_login(person)
        return client

    return sign_in


def text(response):
    return " ".join(response.content.decode().split())


class TestIndex:
    def test_says_what_goes_without_any(self, visitor):
        page = text(visitor().get("/calendars/"))

        assert "Monday to Friday, 9:00 to 17:00 UTC" in page
        assert "Make a calendar" not in page

    def test_lists_them_in_short(self, visitor):
        create_calendar(region="DE", weekend="10:00-12:00")

        page = text(visitor().get("/calendars/"))

        assert "Sales EMEA" in page
        assert "Mon to Fri 09:00-17:00; Sat to Sun 10:00-12:00" in page


class TestCreate:
    def test_makes_one(self, visitor):
        answer = visitor(staff=True).post("/calendars/new/", {**FORM, "slug": "sales-emea"})

        assert answer.headers["Location"] == "/calendars/sales-emea/"
        assert Calendar.objects.get().week[0] == [[540, 720], [780, 1020]]

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"zone": "Europe/Atlantis"}, "like Europe/Berlin"),
            ({"region": "DE-XX"}, "one of DE-BB"),
            ({"monday": "22:00-06:00"}, "night work as two"),
            ({"slug": "Sales"}, "small letters"),
            (dict.fromkeys(DAYS, ""), "no open hour"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, visitor, wrong, words):
        answer = visitor(staff=True).post("/calendars/new/", {**FORM, "slug": "emea", **wrong})

        assert answer.status_code == 422
        assert words in text(answer)
        assert 'value="Sales EMEA"' in text(answer)
        assert not Calendar.objects.exists()

    def test_is_for_staff(self, visitor):
        answer = visitor().post("/calendars/new/", {**FORM, "slug": "sales-emea"})

        assert answer.status_code == 403
        assert not Calendar.objects.exists()


class TestShow:
    def test_shows_week_and_holidays_and_changes_nothing(self, visitor):
        create_calendar(region="DE-BE")

        page = text(visitor().get("/calendars/sales-emea/"))

        assert '<th scope="row">Monday</th><td class="num">09:00-17:00</td>' in page
        assert "Christmas Day" in page
        assert "A business day is 8 h" in page
        assert "Change the calendar" not in page

    def test_is_not_there_by_any_name(self, visitor):
        assert visitor().get("/calendars/nowhere/").status_code == 404

    def test_can_be_changed_by_staff(self, visitor):
        create_calendar()

        visitor(staff=True).post("/calendars/sales-emea/change/", {**FORM, "title": "Sales"})

        changed = Calendar.objects.get()
        assert (changed.title, changed.region) == ("Sales", "DE-BE")

    def test_keeps_a_change_that_is_refused_on_the_page(self, visitor):
        create_calendar()

        answer = visitor(staff=True).post(
            "/calendars/sales-emea/change/", {**FORM, "zone": "Berlin"}
        )

        assert (answer.status_code, Calendar.objects.get().region) == (422, "")
        assert "like Europe/Berlin" in text(answer)

    @pytest.mark.parametrize("address", ["change/", "days/", "days/remove/", "roles/"])
    def test_changes_only_for_staff_and_never_by_looking(self, visitor, address):
        create_calendar()
        page = visitor()

        assert page.post(f"/calendars/sales-emea/{address}", FORM).status_code == 403
        assert page.get(f"/calendars/sales-emea/{address}").status_code == 405


class TestSpecialDays:
    def test_are_named_and_taken_away(self, visitor):
        create_calendar()
        page = visitor(staff=True)
        day = {"day": "2099-12-24", "hours": "09:00-12:00", "note": "Christmas Eve"}

        shown = page.post("/calendars/sales-emea/days/", day, follow=True)
        assert "Christmas Eve" in text(shown)
        assert "09:00-12:00" in text(shown)

        page.post("/calendars/sales-emea/days/remove/", {"day": "2099-12-24"})
        assert not SpecialDay.objects.exists()

    def test_need_a_day_and_a_reason(self, visitor):
        create_calendar()

        answer = visitor(staff=True).post("/calendars/sales-emea/days/", {"hours": "nine"})

        assert answer.status_code == 422
        assert "no span of hours" in text(answer)
        assert not SpecialDay.objects.exists()


class TestUses:
    def test_names_the_roles_and_the_workflows_that_one_may_see(self, client, crm):
        create_cast()
        calendar = create_calendar()
        workflow_with("decide_within: 4 business hours, calendar: sales-emea")
        works_by("deal-desk", calendar)
        client.force_login(get_user("ben"))

        page = text(client.get("/calendars/sales-emea/uses/"))

        assert "Deal desk" in page
        assert "Deal hygiene" in page

    def test_come_alone_into_the_page_of_the_calendar(self, visitor):
        create_calendar()
        headers = {"HX-Request": "true", "HX-Target": "calendar-uses"}

        fragment = visitor().get("/calendars/sales-emea/uses/", headers=headers)

        assert "<html" not in text(fragment)
        assert "none that you may see" in text(fragment)

    def test_let_staff_give_a_calendar_to_a_role_and_take_it_back(self, visitor):
        create_cast()
        create_calendar()
        page = visitor(staff=True)

        page.post("/calendars/sales-emea/roles/", {"role": "deal-desk", "uses": "yes"})
        assert Role.objects.get(slug="deal-desk").calendar.slug == "sales-emea"

        page.post("/calendars/sales-emea/roles/", {"role": "deal-desk", "uses": ""})
        assert Role.objects.get(slug="deal-desk").calendar is None


def test_a_note_is_text_and_nothing_else(visitor):
    operations.set_special_day(
        calendar=create_calendar(),
        day=dt.date(2099, 1, 4),
        spans=(),
        note="<b>bold</b>",
        by=SETUP,
        at=AT,
    )

    assert "&lt;b&gt;bold" in text(visitor().get("/calendars/sales-emea/"))
