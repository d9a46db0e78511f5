"""What is left of somebody whose account was closed: nothing that acts, and nothing that reads."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from audit.models import Entry
from orchestrator.chat import linking
from orchestrator.chat.models import LinkCode, SlackAccount
from orchestrator.oncall import addresses
from orchestrator.people import accounts
from orchestrator.people.models import User
from orchestrator.people.permissions import may_read_ledger
from tests.factories import AT, PASSWORD, get_user
from tests.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("A2")]
SOON = AT + dt.timedelta(minutes=1)


def staff(name="sam"):
    person = get_user(name)
    person.is_staff = True
    person.save()
    return person


def close(person, by):
    return accounts.close_account(
        person=get_user(person), successors={}, by=by, reason="He left.", at=AT
    )


def reopen(person, by):
    accounts.reopen_account(
        person=get_user(person), password="first-of-a-new-life", by=by, reason="Back.", at=SOON
    )


class TestReopening:
    def test_is_refused_for_an_account_that_is_open(self):
        sam = staff()
        get_user("ben")

        with pytest.raises(accounts.StillOpen):
            reopen("ben", sam)

        assert Client().login(username="ben", password=PASSWORD)
        assert not Entry.objects.filter(event="person.reopened").exists()

    def test_of_an_open_account_changes_no_password_by_its_address_either(self):
        get_user("ben")
        form = {"reason": "I want to be Ben.", "password": "first-of-a-new-life"}

        answer = signed_in(staff()).post("/people/ben/reopen/", form)

        assert answer.status_code == 409
        assert not Client().login(username="ben", password="first-of-a-new-life")

    def test_brings_back_no_right_that_the_person_had(self):
        sam, tess = staff(), staff("tess")
        User.objects.filter(pk=tess.pk).update(is_superuser=True)
        reads = Permission.objects.get(content_type__app_label="audit", codename="view_entry")
        tess.user_permissions.add(reads)

        close("tess", sam)
        reopen("tess", sam)

        back = User.objects.get(username="tess")
        assert (back.is_active, back.is_staff, back.is_superuser) == (True, False, False)
        assert not may_read_ledger(back)
        assert Entry.objects.get(event="person.closed").detail["staff"] is True


class TestWaysIn:
    def test_end_in_slack(self):
        code = linking.issue_code(person=get_user("ben"), at=AT)
        linking.link(code=code, team_id="T1", user_id="U1", at=AT)
        linking.issue_code(person=get_user("ben"), at=AT)
        sam = staff()

        close("ben", sam)

        assert not SlackAccount.objects.exists()
        assert not LinkCode.objects.exists()
        entry = Entry.objects.get(event="chat.unlinked")
        assert (entry.subject_id, entry.actor_id) == ("ben", "sam")

    def test_end_where_calendars_are_read_and_stay_ended(self):
        secret = addresses.make(schedule=None, by=get_user("ben"), at=AT)
        sam = staff()
        assert Client().get(f"/on-call/feeds/{secret}.ics").status_code == 200

        close("ben", sam)
        assert Client().get(f"/on-call/feeds/{secret}.ics").status_code == 404
        reopen("ben", sam)

        assert Client().get(f"/on-call/feeds/{secret}.ics").status_code == 404
