"""A directory closes and opens accounts: SCIM's shapes, and what closing means here."""

import json

import pytest
from django.test import Client

from audit.models import Entry
from orchestrator.identity import scim_shapes
from orchestrator.identity.scim_shapes import BadScim
from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.people import carried, operations
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow
from tests.factories import AT, PASSWORD, create_role, create_user, create_workflow, get_user
from tests.identity.conftest import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]
TOKEN = "the-directory's-own-token"
OKTA = {"Operations": [{"op": "replace", "value": {"active": False}}]}
ENTRA = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}


@pytest.fixture
def root(settings):
    person = create_user(username="root", password=PASSWORD)
    person.is_staff = True
    person.save()
    settings.SCIM = {"token": TOKEN, "acts_for": "root"}
    return person


@pytest.fixture
def ben():
    return create_user(username="ben", password=PASSWORD)


def call(method, path, body=None, token=TOKEN):
    return getattr(Client(), method)(
        f"/scim/v2/{path}",
        data=json.dumps(body) if body is not None else None,
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {token}"},
    )


def is_active(person):
    return User.objects.get(pk=person.pk).is_active


class Stuck:
    """A duty that nobody can take and nobody can drop."""

    kind, title = "stuck", "What is stuck"

    def items(self, person, *, at):
        return [carried.Item(kind="stuck", key="1", title="A safe")] if person.pk else []

    def drop(self, key, **_):
        raise NotAllowed("Nobody knows its number.")

    hand_over = drop


class TestTheDoor:
    @pytest.mark.parametrize("token", ["", "wrong", TOKEN + "x", "csn_abc_def"])
    def test_is_closed_to_who_does_not_know_the_token(self, root, ben, token):
        answer = call("patch", f"Users/{ben.pk}", OKTA, token)

        assert answer.status_code in (401, 403)
        assert is_active(ben)

    def test_is_closed_to_everybody_while_there_is_no_token(self, ben):
        assert call("get", "Users", token="").status_code == 401
        assert Client().get("/scim/v2/Users").status_code == 401

    def test_is_closed_to_people_who_are_signed_in(self, root, client):
        client.force_login(root)
        answer = client.get("/scim/v2/Users")
        assert answer.status_code == 401
        assert answer.json()["schemas"] == [scim_shapes.ERROR]

    def test_says_what_it_can(self, root):
        answer = call("get", "ServiceProviderConfig")
        assert answer["Content-Type"] == "application/scim+json"
        assert answer.json()["patch"] == {"supported": True}

    def test_makes_nobody(self, root):
        answer = call("post", "Users", {"userName": "new"})
        assert (answer.status_code, answer.json()["status"]) == (501, "501")
        assert not User.objects.filter(username="new").exists()


class TestReading:
    def test_finds_one_by_user_name(self, root, ben):
        found = call("get", 'Users?filter=userName eq "BEN"').json()

        assert found["totalResults"] == 1
        assert found["Resources"][0]["id"] == str(ben.pk)
        assert found["Resources"][0]["active"] is True
        assert "password" not in json.dumps(found).lower()

    def test_pages(self, root, ben):
        page = call("get", "Users?startIndex=2&count=1").json()

        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (2, 2, 1)

    @pytest.mark.parametrize(
        "path", ["Users?filter=emails co x", 'Users?filter=userName eq "a" or active eq true']
    )
    def test_refuses_filters_that_it_does_not_know(self, root, path):
        answer = call("get", path)
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")

    @pytest.mark.parametrize("path", ["Users/999999", "Users/ben", "Users/1e5"])
    def test_says_that_there_is_nobody(self, root, path):
        answer = call("get", path)
        assert (answer.status_code, answer.json()["schemas"]) == (404, [scim_shapes.ERROR])


class TestClosing:
    @pytest.mark.parametrize(
        ("method", "body"),
        [("patch", OKTA), ("patch", ENTRA), ("put", {"userName": "ben", "active": False})],
    )
    def test_closes_the_account_and_its_sessions_at_once(self, root, ben, method, body):
        browser = Client()
        sign_in(browser)

        answer = call(method, f"Users/{ben.pk}", body)

        assert (answer.status_code, answer.json()["active"]) == (200, False)
        assert browser.get("/")["Location"].startswith("/sign-in/")
        note = Entry.objects.get(event="person.closed")
        assert note.detail["reason"] == "The directory closed their account."

    def test_by_deleting_keeps_the_person_for_the_record(self, root, ben):
        assert call("delete", f"Users/{ben.pk}").status_code == 204
        assert not is_active(ben)

    def test_twice_changes_nothing(self, root, ben):
        call("patch", f"Users/{ben.pk}", OKTA)
        assert call("patch", f"Users/{ben.pk}", OKTA).status_code == 200
        assert Entry.objects.filter(event="person.closed").count() == 1

    def test_hands_on_what_somebody_has_to_take(self, root):
        workflow = create_workflow()
        owner = workflow.owner

        answer = call("patch", f"Users/{owner.pk}", OKTA)

        assert answer.status_code == 200, answer.content
        assert Workflow.objects.get(pk=workflow.pk).owner == root

    def test_leaves_no_role_to_nobody(self, root, ben):
        alone = create_role(slug="risk-owner")
        operations.add_member(role=alone, person=ben, by=root.actor, at=AT)

        assert call("patch", f"Users/{ben.pk}", OKTA).status_code == 200

        assert root.groups.filter(role=alone).exists()
        assert Notification.objects.filter(person=root).exists()

    def test_that_is_impossible_ends_the_sessions_and_tells(self, root, ben, monkeypatch):
        monkeypatch.setitem(carried._providers, "stuck", Stuck())
        browser = Client()
        sign_in(browser)

        answer = call("patch", f"Users/{ben.pk}", OKTA)

        assert (answer.status_code, answer.json()["status"]) == (409, "409")
        assert browser.get("/")["Location"].startswith("/sign-in/")
        assert "could not be closed" in Notification.objects.get(person=root).title

    def test_needs_somebody_who_answers_for_it(self, root, ben, settings):
        settings.SCIM = {"token": TOKEN, "acts_for": ""}

        assert call("patch", f"Users/{ben.pk}", OKTA).status_code == 503
        assert is_active(ben)

    def test_never_closes_who_answers_for_it(self, root):
        assert call("patch", f"Users/{root.pk}", OKTA).status_code == 409
        assert is_active(root)


class TestOpening:
    def test_gives_no_role_and_no_password_back(self, root, ben):
        call("patch", f"Users/{ben.pk}", OKTA)

        answer = call("put", f"Users/{ben.pk}", {"active": True})

        assert answer.json()["active"] is True
        person = get_user("ben")
        assert not person.check_password(PASSWORD)
        assert not person.groups.exists()


class TestShapes:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            ({}, "invalidSyntax"),
            ({"Operations": []}, "invalidValue"),
            ({"Operations": ["x"]}, "invalidSyntax"),
            ({"Operations": [{"op": "remove", "path": "active"}]}, "invalidSyntax"),
            ({"Operations": [{"op": "replace", "path": "title", "value": "x"}]}, "invalidPath"),
            ({"Operations": [{"op": "replace", "path": "active", "value": 0}]}, "invalidValue"),
        ],
    )
    def test_that_make_no_sense_are_refused_by_name(self, body, kind):
        with pytest.raises(BadScim) as refused:
            scim_shapes.active_of_patch(body)
        assert refused.value.scim_type == kind

    @pytest.mark.parametrize("body", ["{", "[]", "null"])
    def test_that_are_no_objects_are_refused(self, root, ben, body):
        answer = Client().put(
            f"/scim/v2/Users/{ben.pk}",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")


class TestNonsense:
    @pytest.mark.parametrize("key", ["9" * 30, "9" * 5000, "²", "-1"])
    def test_of_ids_finds_nobody(self, root, key):
        assert call("get", f"Users/{key}").status_code == 404

    def test_in_a_filter_is_refused(self, root):
        refused = call("get", "Users?filter=userName%20eq%20%22a%00%22")
        assert refused.status_code == 400

    def test_that_never_ends_is_refused(self, root, ben):
        refused = Client().patch(
            f"/scim/v2/Users/{ben.pk}",
            data="[" * 200_000,
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )

        assert refused.status_code == 400
