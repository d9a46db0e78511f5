"""The pages of on-call schedules."""

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.kernel import clock
from orchestrator.oncall import editing, swapping
from orchestrator.oncall.models import Override, Schedule, Swap
from orchestrator.oncall.schedule_page import coming_shifts
from tests.oncall.schedules import (
    DAY,
    HOUR,
    MONDAY,
    add_layer,
    create_rota,
    create_schedule,
    ops_owner,
)
from tests.registry_factories import create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2", "A2")]


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


class TestOverview:
    def test_shows_now_next_and_the_hand_off(self):
        create_rota("ada", "ben")
        page = text_of(signed_in("eve").get("/on-call/"))

        assert "<strong>Ben</strong>" in page
        assert "<strong>Ada</strong> takes over" in page
        assert "Mon 23 Nov 09:00" in page

    def test_shows_the_readers_own_time_where_it_differs(self):
        create_rota("ada", "ben")
        eve = get_user("eve")
        eve.time_zone = "America/New_York"
        eve.save()

        assert "03:00 your time" in text_of(signed_in("eve").get("/on-call/"))

    def test_shows_in_red_that_nobody_is_on_call(self):
        create_schedule("ada")
        page = text_of(signed_in("eve").get("/on-call/"))

        assert "Nobody is on call now." in page
        assert "tone-bad" in page

    def test_offers_the_first_schedule_to_ops_owners_only(self):
        create_role(slug="ae-manager")
        ops_owner()
        address = reverse("oncall:create-schedule", args=["ae-manager"])

        assert address in text_of(signed_in("dora").get("/on-call/"))
        assert address not in text_of(signed_in("eve").get("/on-call/"))

    def test_takes_as_many_queries_for_many_schedules(self, django_assert_max_num_queries):
        for number in range(6):
            create_rota("ada", "ben", slug=f"desk-{number}")
        client = signed_in("ada")
        with django_assert_max_num_queries(45):
            client.get("/on-call/")


class TestFragment:
    def test_is_small_for_htmx_and_a_page_for_everybody_else(self):
        create_rota("ada", "ben")
        address = "/on-call/roles/deal-desk/now/"
        fragment = text_of(signed_in("eve").get(address, headers={"HX-Request": "true"}))
        page = text_of(signed_in("eve").get(address))

        assert "<html" not in fragment
        assert "Ben" in fragment
        assert "<html" in page
        assert "Ben" in page

    def test_says_that_a_role_has_no_schedule(self):
        create_role(slug="ae-manager")
        answer = signed_in("eve").get("/on-call/roles/ae-manager/now/")

        assert "has no on-call schedule" in text_of(answer)


class TestSchedulePage:
    def test_shows_four_weeks_by_layer_and_the_final_one(self):
        create_rota("ada", "ben")
        page = text_of(signed_in("eve").get("/on-call/deal-desk/"))

        assert page.count('class="oncall-week"') == 4
        assert "Ben, Mon 16 Nov 09:00 to Mon 23 Nov 09:00 (Europe/Berlin)" in page
        assert "weekly, Monday 09:00" in page

    @pytest.mark.parametrize("start", ["2027-01-04", "nonsense", "2026-13-45", "9999-12-31"])
    def test_survives_any_week_that_is_asked_for(self, start):
        create_rota("ada", "ben")

        assert signed_in("eve").get(f"/on-call/deal-desk/?from={start}").status_code == 200

    def test_lets_a_member_take_a_shift(self):
        create_rota("ada", "ben")
        answer = signed_in("ada").post(
            "/on-call/deal-desk/overrides/",
            {
                "person": "ada",
                "starts_at": "2026-11-18T18:00",
                "ends_at": "2026-11-18T22:00",
                "reason": "Ben is at a concert.",
            },
        )

        assert answer.status_code == 302
        # Six in the evening in Berlin, where the schedule's clock hangs.
        assert Override.objects.get().starts_at == MONDAY + 2 * DAY + 17 * HOUR

    def test_says_why_a_shift_cannot_be_taken(self):
        create_rota("ada", "ben")
        answer = signed_in("ada").post(
            "/on-call/deal-desk/overrides/",
            {
                "person": "ben",
                "starts_at": "2026-11-18T18:00",
                "ends_at": "2026-11-18T22:00",
                "reason": "I would rather not.",
            },
        )

        assert answer.status_code == 422
        assert "You may take shifts of your own role" in text_of(answer)

    def test_takes_an_override_back(self):
        schedule = create_rota("ada", "ben")
        row = Override.objects.create(
            schedule=schedule,
            person=get_user("ada"),
            starts_at=MONDAY + 3 * DAY,
            ends_at=MONDAY + 4 * DAY,
            reason="Covers.",
            made_by=get_user("ada"),
            made_at=MONDAY,
        )
        signed_in("ada").post(f"/on-call/deal-desk/overrides/{row.pk}/withdraw/")
        row.refresh_from_db()

        assert row.withdrawn_at is not None

    def test_asks_for_a_swap_and_answers_it(self):
        create_rota("ada", "ben")
        ada, ben = signed_in("ada"), signed_in("ben")
        form = ada.get("/on-call/deal-desk/").context["swap_form"]
        entered = {
            "mine": form.fields["mine"].choices[0][0],
            "theirs": form.fields["theirs"].choices[0][0],
            "reason": "A wedding.",
        }
        assert ada.post("/on-call/deal-desk/swaps/", entered).status_code == 302
        swap = Swap.objects.get()
        assert "Accept" in text_of(ben.get("/on-call/deal-desk/"))
        assert "asks you to swap" in text_of(ben.get("/on-call/"))

        ben.post(f"/on-call/deal-desk/swaps/{swap.pk}/", {"move": "accept"})

        swap.refresh_from_db()
        assert swap.state == "accepted"
        assert "by a swap" in text_of(ben.get("/on-call/deal-desk/"))

    def test_lets_nobody_answer_for_somebody_else(self):
        schedule = create_rota("ada", "ben")
        at = clock.now()
        mine, theirs = sorted(coming_shifts(schedule, at), key=lambda each: each.starts_at)[:2]
        swap = swapping.ask(
            schedule=schedule,
            gives=mine,
            takes=theirs,
            by=mine.person,
            reason="A wedding.",
            at=at,
        )
        address = f"/on-call/deal-desk/swaps/{swap.pk}/"

        assert signed_in("ada").post(address, {"move": "accept"}).status_code == 403

    def test_moves_the_schedule_to_another_zone(self):
        create_rota("ada", "ben")
        signed_in("dora").post(
            "/on-call/deal-desk/change/",
            {"title": "Desk", "time_zone": "Asia/Kolkata", "reason": "Moved."},
        )

        assert Schedule.objects.get().time_zone == "Asia/Kolkata"

    def test_shows_its_history(self):
        schedule = create_rota("ada", "ben")
        add_layer(schedule, "ben", title="Backup")
        editing.end_layer(
            schedule=schedule,
            number=2,
            seen=editing.layer_at(schedule, 2).pk,
            reason="One is enough.",
            by=ops_owner(),
            at=clock.now(),
        )

        assert "One is enough." in text_of(signed_in("eve").get("/on-call/deal-desk/"))
