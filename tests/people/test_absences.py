"""Being away: set, called off, reminded of, and never in a circle."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.people import absence_notices, absences, queries
from orchestrator.people.models import Absence, User
from orchestrator.people.operations import InactivePerson
from tests.registry_factories import AT, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
DAY = dt.timedelta(days=1)


def leave(person, delegate=None, *, starts=0.0, days=5.0, by="", at=AT, **more):
    """Say that somebody is away, from so many days after the test's moment."""
    away = get_user(person)
    return absences.set_absence(
        person=away,
        starts_at=AT + starts * DAY,
        ends_at=AT + (starts + days) * DAY,
        delegate=get_user(delegate) if delegate else None,
        by=get_user(by) if by else away,
        at=at,
        **more,
    )


def staff(username):
    person = get_user(username)
    person.is_staff = True
    person.save()
    return person


class TestSetAbsence:
    def test_says_who_is_away_and_for_whom_it_says_so(self):
        leave("ada", "ben", note="Skiing.")

        found = queries.away(at=AT)
        assert [(row.person.username, row.delegate.username) for row in found.values()] == [
            ("ada", "ben")
        ]
        entry = Entry.objects.get(event="absence.set")
        assert (entry.actor_id, entry.subject_id) == ("ada", "ada")
        assert (entry.detail["delegate"], entry.detail["note"]) == ("ben", "Skiing.")

    def test_opens_and_closes_by_the_clock(self):
        leave("ada", starts=1, days=2)

        moments = {day: bool(queries.away(at=AT + day * DAY)) for day in (0.9, 1, 2.9, 3)}

        assert moments == {0.9: False, 1: True, 2.9: True, 3: False}

    def test_leaves_the_past_as_it_was(self):
        absence = leave("ada", "ben", starts=-2)

        assert absence.starts_at == AT

    def test_tells_both(self):
        leave("ada", "ben", starts=1)

        told = dict(Notification.objects.values_list("person__username", "title"))
        assert told["ada"].startswith("You are out of office from 19 Nov 2026")
        assert told["ben"].startswith("You stand in for Ada from 19 Nov 2026")

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"delegate": "ada"}, absences.BadAbsence),
            ({"days": -1}, absences.BadAbsence),
            ({"starts": -9, "days": 8}, absences.BadAbsence),
            ({"days": 91}, absences.BadAbsence),
            ({"note": "x" * 301}, absences.BadAbsence),
            ({"by": "eve", "reason": "I can."}, NotAllowed),
        ],
    )
    def test_refuses_what_makes_no_sense(self, more, error):
        with pytest.raises(error):
            leave("ada", **more)

        assert not Absence.objects.exists()

    def test_refuses_a_delegate_who_cannot_sign_in(self):
        User.objects.filter(pk=get_user("ben").pk).update(is_active=False)

        with pytest.raises(InactivePerson):
            leave("ada", "ben")

    def test_refuses_a_second_one_at_the_same_time(self):
        leave("ada", days=5)

        with pytest.raises(absences.AwayAlready):
            leave("ada", starts=4)
        leave("ada", starts=5)

        assert Absence.objects.count() == 2

    def test_lets_the_database_refuse_what_two_transactions_would_not_see(self):
        first = leave("ada")

        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.create(
                person=first.person,
                starts_at=first.starts_at + DAY,
                ends_at=first.ends_at + DAY,
                created_at=AT,
            )

    def test_lets_staff_and_ops_owners_do_it_for_others_with_a_reason(self):
        staff("sam")
        create_role(slug="ops-owner", members=[get_user("dora")])

        leave("ada", by="sam", reason="She is ill.")
        leave("ben", by="dora", reason="He is ill.")
        with pytest.raises(absences.BadAbsence):
            leave("cleo", by="sam")

        reasons = Entry.objects.filter(event="absence.set").order_by("pk")
        assert [row.detail["reason"] for row in reasons] == ["She is ill.", "He is ill."]


class TestCircles:
    def test_are_refused_with_the_way_in_words(self):
        leave("ben", "ada")

        with pytest.raises(absences.DelegationCircle) as refusal:
            leave("ada", "ben")

        assert "Ada → Ben → Ada" in refusal.value.detail

    def test_are_refused_over_three_people(self):
        leave("ben", "cleo")
        leave("cleo", "ada", starts=2)

        with pytest.raises(absences.DelegationCircle):
            leave("ada", "ben")

    def test_are_refused_where_they_close_later_only(self):
        leave("ben", "ada", starts=4)

        with pytest.raises(absences.DelegationCircle):
            leave("ada", "ben", days=5)

    def test_are_none_where_the_times_do_not_meet(self):
        leave("ben", "ada", starts=5)

        leave("ada", "ben", days=5)

        assert Absence.objects.count() == 2

    def test_are_none_where_the_way_is_broken_at_every_moment(self):
        leave("ben", "cleo", days=2)
        leave("cleo", "ada", starts=2)

        leave("ada", "ben", days=5)

        assert Absence.objects.count() == 3

    def test_are_refused_when_somebody_else_is_to_stand_in(self):
        leave("ben", "ada")
        absence = leave("ada", "cleo")

        with pytest.raises(absences.DelegationCircle):
            absences.change_delegate(absence=absence, to=get_user("ben"), by=get_user("ada"), at=AT)


class TestEndAbsence:
    def test_brings_the_person_back_at_once(self):
        absence = leave("ada", "ben")

        absences.end_absence(absence=absence, by=get_user("ada"), at=AT + DAY)

        assert queries.away(at=AT + 2 * DAY) == {}
        assert Entry.objects.filter(event="absence.ended").count() == 1

    def test_refuses_to_end_it_twice(self):
        absence = leave("ada")
        absences.end_absence(absence=absence, by=get_user("ada"), at=AT + DAY)

        with pytest.raises(absences.AbsenceOver):
            absences.end_absence(absence=absence, by=get_user("ada"), at=AT + 2 * DAY)

    def test_is_closed_to_the_delegate(self):
        with pytest.raises(NotAllowed):
            absences.end_absence(absence=leave("ada", "ben"), by=get_user("ben"), at=AT)


class TestReminders:
    def remind(self, days):
        return absence_notices.remind_due(at=AT + days * DAY)

    def test_come_once_at_the_start_and_once_at_the_end(self):
        leave("ada", "ben", starts=1, days=2)

        counts = [self.remind(days) for days in (0.5, 1, 1.1, 3, 3.1)]

        assert counts == [0, 1, 0, 1, 0]
        events = Notification.objects.filter(person__username="ben").order_by("created_at")
        assert [row.event for row in events] == ["absence.set", "absence.started", "absence.over"]

    def test_are_left_out_for_what_was_called_off(self):
        absences.end_absence(absence=leave("ada", starts=1), by=get_user("ada"), at=AT)

        assert self.remind(2) == 0

    def test_say_only_that_it_is_over_after_a_long_downtime(self):
        leave("ada", "ben", starts=1, days=2)

        assert self.remind(9) == 1
        assert not Notification.objects.filter(event="absence.started").exists()


@pytest.mark.req("A2")
class TestWhoIsReached:
    def reached(self, role, days=1.0):
        return [each.username for each in queries.reachable_members(role=role, at=AT + days * DAY)]

    def test_are_those_who_are_there(self):
        role = create_role(members=[get_user("ada"), get_user("ben")])
        leave("ada")

        assert self.reached(role) == ["ben"]
        assert [each.username for each in queries.reachable_members(role=role)] == ["ada", "ben"]

    def test_is_the_delegate_who_is_no_member(self):
        role = create_role(members=[get_user("ada")])
        leave("ada", "cleo", days=2)

        assert self.reached(role) == ["cleo"]
        assert self.reached(role, days=2) == ["ada"]

    def test_falls_back_from_role_to_role_to_ops_owners_to_staff(self):
        staff("sam")
        owners = create_role(slug="ops-owner", members=[get_user("dora")])
        lead = create_role(members=[get_user("cleo")])
        desk = create_role(members=[get_user("ben")], fallback=lead)
        found = [self.reached(desk)]
        for person in ("ben", "cleo", "dora"):
            leave(person)
            found.append(self.reached(desk))

        assert found == [["ben"], ["cleo"], ["dora"], ["sam"]]
        unreachable = {gap.slug for gap in queries.unreachable_roles(at=AT)}
        assert unreachable == {desk.slug, lead.slug, owners.slug}

    def test_is_told_apart_for_the_pages_of_staff(self):
        owners = create_role(slug="ops-owner", members=[get_user("dora")])
        create_role(slug="desk", members=[get_user("ben")], fallback=owners)
        create_role(slug="lonely")
        leave("ben")

        gaps = {gap.slug: (gap.carried_by, gap.last_resort) for gap in queries.role_gaps(at=AT)}

        assert gaps == {"desk": ("Ops owner", False), "lonely": ("Ops owner", True)}
        assert [gap.slug for gap in queries.unreachable_roles(at=AT)] == ["lonely"]

    def test_leaves_whoever_is_away_able_to_look_in(self):
        role = create_role(members=[get_user("ada")], fallback=create_role())
        leave("ada")

        assert role.pk in queries.roles_of(user=get_user("ada"), at=AT)

    def test_takes_one_query_with_absences_too(self, django_assert_num_queries):
        create_role(members=[get_user("ada")])
        leave("ada", "ben")
        person = get_user("ben")

        with django_assert_num_queries(1):
            duties = queries.duties_of(user=person, at=AT)

        assert [leave.username for leave in duties.stands_in_for] == ["ada"]
