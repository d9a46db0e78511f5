"""One's own page and the pages of others: everybody looks, staff and ops owners act."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from approvals.models import Review
from orchestrator.people import queries
from orchestrator.people.models import Absence, User
from tests.factories import (
    AT,
    OPPORTUNITY,
    PASSWORD,
    create_proposal,
    create_role,
    create_user,
    create_workflow,
    get_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2", "A4")]
MOST_QUERIES = 30


@pytest.fixture(autouse=True)
def stopped_clock():
    with time_machine.travel(AT, tick=False):
        yield


def signed_in(name, *, is_staff=False):
    person = get_user(name)
    if is_staff:
        User.objects.filter(pk=person.pk).update(is_staff=True)
    client = Client()
    client.force_login(get_user(name))
    return client


def text_of(response):
    return response.content.decode()


def away(client, *, address="/me/", **changes):
    data = {
        "starts_at": "2026-11-20T08:00", "ends_at": "2026-11-27T18:00", "delegate": "ben",
        "note": "", **changes,
    }  # fmt: skip
    return client.post(address, data)


class TestMe:
    @pytest.mark.parametrize(
        ("zone", "changes"),
        [
            ("Europe/Berlin", {"starts_at": "0001-01-01T00:00"}),
            ("America/New_York", {"ends_at": "9999-12-31T23:59"}),
        ],
    )
    def test_answers_a_day_that_no_other_zone_has(self, zone, changes):
        User.objects.filter(pk=get_user("ada").pk).update(time_zone=zone)
        get_user("ben")

        answer = away(signed_in("ada"), **changes)

        assert answer.status_code == 422
        assert not Absence.objects.exists()

    def test_says_that_one_is_away_in_ones_own_zone(self):
        User.objects.filter(pk=get_user("ada").pk).update(time_zone="Europe/Berlin")
        get_user("ben")

        assert away(signed_in("ada")).status_code == 302

        absence = Absence.objects.get()
        assert absence.starts_at == dt.datetime(2026, 11, 20, 7, 0, tzinfo=dt.UTC)
        page = text_of(signed_in("ada").get("/me/"))
        assert "Stands in: Ben" in page
        assert "Nobody." in page

    def test_keeps_what_was_typed_and_says_what_is_wrong(self):
        get_user("ben")
        client = signed_in("ada")

        response = away(client, ends_at="2026-11-19T18:00", note="Skiing")

        assert response.status_code == 422
        assert "It has to end after it starts" in text_of(response)
        assert 'value="Skiing"' in text_of(response)
        assert 'value="2026-11-20T08:00"' in text_of(response)

    def test_offers_neither_oneself_nor_who_left(self):
        User.objects.filter(pk=get_user("eve").pk).update(is_active=False)

        page = text_of(signed_in("ada").get("/me/"))

        assert 'value="ada"' not in page
        assert 'value="eve"' not in page

    def test_ends_an_absence_and_changes_who_stands_in(self):
        get_user("ben")
        client = signed_in("ada")
        away(client)
        absence = Absence.objects.get()

        client.post(f"/absences/{absence.pk}/delegate/", {"delegate": get_user("cleo").username})
        absence.refresh_from_db()
        assert absence.delegate.username == "cleo"
        client.post(f"/absences/{absence.pk}/end/")

        absence.refresh_from_db()
        assert absence.cancelled_at == AT

    def test_is_closed_to_others(self):
        get_user("ben")
        away(signed_in("ada"))
        number = Absence.objects.get().pk

        answers = [
            signed_in("ben").post(f"/absences/{number}/{each}/", {"reason": "x"}).status_code
            for each in ("end", "delegate")
        ]

        assert answers == [403, 403]

    def test_names_whom_one_stands_in_for_and_who_decides_in_the_end(self):
        get_user("ben")
        away(signed_in("ada"), starts_at="2026-11-18T08:00")
        away(signed_in("ben"), starts_at="2026-11-18T08:00", delegate=get_user("cleo").username)

        assert "away as well: Cleo decides now" in text_of(signed_in("ada").get("/me/"))
        assert "<strong>Ada</strong>, out of office until" in text_of(signed_in("cleo").get("/me/"))

    def test_changes_the_time_zone(self):
        client = signed_in("ada")

        assert client.post("/me/time-zone/", {"zone": "Mars/Base"}).status_code == 422
        client.post("/me/time-zone/", {"zone": "America/New_York"})

        assert get_user("ada").time_zone == "America/New_York"

    @pytest.mark.parametrize(
        "wrong", [{"present": "x"}, {"again": "other"}, {"new": "12345678", "again": "12345678"}]
    )
    def test_refuses_a_password_and_shows_none_of_them(self, wrong):
        new = "a-much-longer-password"
        data = {"present": PASSWORD, "new": new, "again": new, **wrong}

        response = signed_in("ada").post("/me/password/", data)

        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert not any(word in text_of(response) for word in (PASSWORD, new))
        assert get_user("ada").check_password(PASSWORD)

    def test_changes_the_password_and_stays_signed_in_here_alone(self):
        here, there = signed_in("ada"), signed_in("ada")
        new = "a-much-longer-password"

        here.post("/me/password/", {"present": PASSWORD, "new": new, "again": new})

        assert here.get("/me/").status_code == 200
        assert there.get("/me/").status_code == 302


class TestPerson:
    def test_offers_others_nothing_to_do(self):
        get_user("ben")

        page = text_of(signed_in("eve").get("/people/ben/"))

        assert 'action="/people/' not in page
        assert "Last signed in" not in page
        assert "What they carry" not in page
        assert "What they carry" in text_of(signed_in("ben").get("/people/ben/"))

    def test_lets_ops_owners_say_that_somebody_is_away_and_no_more(self):
        create_role(slug="ops-owner", members=[get_user("dora")])
        get_user("ben")
        client = signed_in("dora")

        page = text_of(client.get("/people/ada/" if get_user("ada") else ""))
        assert "/people/ada/absences/" in page
        assert "/people/ada/hand-over/" not in page
        assert away(client, address="/people/ada/absences/").status_code == 422
        assert away(client, address="/people/ada/absences/", reason="Ill.").status_code == 302
        answers = {
            client.post(f"/people/ada/{each}/", {"reason": "x"}).status_code
            for each in ("hand-over", "close", "reopen")
        }

        assert Absence.objects.get().person.username == "ada"
        assert answers == {403}

    def test_refuses_absences_of_others_to_everybody_else(self):
        get_user("ada"), get_user("ben")

        response = away(signed_in("eve"), address="/people/ada/absences/", reason="Ill.")

        assert response.status_code == 403

    def test_looks_first_and_hands_over_then(self):
        role = create_role(slug="deal-desk", members=[get_user("ben")])
        get_user("cleo")
        client = signed_in("sam", is_staff=True)
        data = {"everything": "cleo", "reason": "She moves on."}

        looked = client.post("/people/ben/hand-over/", {**data, "do": "look"})
        assert "What it would come to" in text_of(looked)
        assert queries.reachable_members(role=role) == [get_user("ben")]
        client.post("/people/ben/hand-over/", {**data, "do": "hand-over"})

        assert queries.reachable_members(role=role) == [get_user("cleo")]

    def test_gives_each_duty_to_whom_it_was_chosen_for(self):
        first = create_role(slug="first", members=[get_user("ben")])
        second = create_role(slug="second", members=[get_user("ben")])
        third = create_role(slug="third", members=[get_user("ben")])
        get_user("cleo"), get_user("dora")

        signed_in("sam", is_staff=True).post(
            "/people/ben/hand-over/",
            {
                "everything": "cleo", "reason": "She moves on.", "do": "hand-over",
                "item-role:second": "dora", "item-role:third": "-keep",
            },
        )  # fmt: skip

        members = [queries.reachable_members(role=role) for role in (first, second, third)]
        assert members == [[get_user("cleo")], [get_user("dora")], [get_user("ben")]]

    def test_says_item_by_item_why_an_account_stays_open(self):
        create_role(slug="lonely", members=[get_user("ben")])

        response = signed_in("sam", is_staff=True).post("/people/ben/close/", {"reason": "Left."})

        assert response.status_code == 409
        assert "Lonely: Nobody could be reached any more" in text_of(response)
        assert get_user("ben").is_active

    def test_closes_and_opens_an_account(self):
        get_user("ben")
        client = signed_in("sam", is_staff=True)

        client.post("/people/ben/close/", {"reason": "Left."})
        assert not get_user("ben").is_active
        weak = client.post("/people/ben/reopen/", {"reason": "Back.", "password": "x"})
        client.post("/people/ben/reopen/", {"reason": "Back.", "password": PASSWORD})

        assert weak.status_code == 422
        assert get_user("ben").is_active

    def test_asks_as_many_questions_for_many_as_for_few(self, django_assert_max_num_queries):
        for _ in range(6):
            create_role(members=[get_user("ben"), create_user()])
        client = signed_in("sam", is_staff=True)

        with django_assert_max_num_queries(MOST_QUERIES):
            client.get("/people/ben/")


class TestEverybody:
    def test_shows_in_red_where_nobody_can_be_reached(self):
        create_role(slug="deal-desk", members=[get_user("ada")])
        get_user("ben")
        away(signed_in("ada"), starts_at="2026-11-18T08:00", delegate="")

        page = text_of(signed_in("ben").get("/people/"))

        assert "Where nobody can be reached now" in page
        assert "1 role reaches nobody" in page
        assert "staff decide instead" in page


class TestReviewPage:
    @pytest.fixture
    def proposal(self, crm):
        crm.add("Opportunity", OPPORTUNITY, Name="Northwind", StageName="Prospecting", Amount=1.0)
        create_workflow()
        return create_proposal()

    def test_says_in_whose_place_somebody_decides_and_decided(self, proposal):
        away(signed_in("ben"), starts_at="2026-11-18T08:00", delegate=get_user("eve").username)
        client = signed_in("eve")

        before = text_of(client.get(f"/proposals/{proposal.pk}/"))
        client.post(
            f"/proposals/{proposal.pk}/decide/", {"vote": "approve", "digest": proposal.digest}
        )
        after = text_of(client.get(f"/proposals/{proposal.pk}/"))

        assert "in the place of <strong>Ben</strong>" in before
        assert "for Ben" in after
        assert "out of office until" in after
        assert Review.objects.get().state == "approved"
