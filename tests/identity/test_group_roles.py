"""Roles by the directory's groups."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from audit.models import Entry
from orchestrator.identity import group_roles
from orchestrator.identity.group_roles import GroupMapped, NotAcknowledged, apply_groups
from orchestrator.identity.models import DirectoryMembership, GroupRole
from orchestrator.kernel.errors import NotAllowed
from orchestrator.notifications.models import Notification
from orchestrator.people import operations
from orchestrator.people.models import Role
from orchestrator.people.rights import Right
from tests.factories import AT, create_role, create_user, create_workflow, get_user
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("B5")]


@pytest.fixture
def root():
    person = create_user(username="root")
    person.is_staff = True
    person.save()
    return person


@pytest.fixture
def desk():
    return create_role(slug="desk", members=[create_user(username="cleo")])


@pytest.fixture
def ben():
    return create_user(username="ben")


def roles_of(person):
    return set(Role.objects.filter(group__user=person).values_list("slug", flat=True))


def mapped(role, group="crm-desk"):
    return GroupRole.objects.create(group=group, role=role)


class TestASignIn:
    def test_gives_and_takes_what_the_claim_says(self, directory, ben, desk, client):
        SocialAccount.objects.create(user=ben, provider="directory", uid="b")
        mapped(desk)

        directory.sign_in(client, "b", groups=["crm-desk", "everybody"])
        assert roles_of(ben) == {"desk"}
        directory.sign_in(Client(), "b", groups=["everybody"])

        assert roles_of(ben) == set()
        notes = Entry.objects.filter(event__startswith="role.member_", detail__person="ben")
        given, taken = notes.order_by("pk")
        assert (given.event, given.actor_id) == ("role.member_added", "directory")
        assert taken.detail["reason"] == "The directory's groups no longer give it."

    def test_without_the_claim_changes_nothing(self, directory, ben, desk, client):
        SocialAccount.objects.create(user=ben, provider="directory", uid="b")
        mapped(desk)
        directory.sign_in(client, "b", groups=["crm-desk"])

        directory.sign_in(Client(), "b")

        # What the provider once said of somebody stands until it says otherwise.
        assert roles_of(ben) == {"desk"}


class TestGroups:
    def test_leave_alone_what_somebody_gave_by_hand(self, ben, desk, root):
        operations.add_member(role=desk, person=ben, by=root.actor, at=AT)
        mapped(desk)

        apply_groups(person=ben, groups=["crm-desk"], at=AT)
        apply_groups(person=ben, groups=[], at=AT)

        assert roles_of(ben) == {"desk"}
        assert not DirectoryMembership.objects.exists()

    def test_give_nothing_that_nobody_mapped(self, ben, desk):
        apply_groups(person=ben, groups=["desk", "ops-owner", "crm-desk"], at=AT)

        assert roles_of(ben) == set()

    def test_forget_what_was_taken_by_hand(self, ben, desk, root):
        mapped(desk)
        apply_groups(person=ben, groups=["crm-desk"], at=AT)
        operations.remove_member(role=desk, person=ben, reason="No.", by=root.actor, at=AT)

        apply_groups(person=ben, groups=[], at=AT)

        assert not DirectoryMembership.objects.exists()

    def test_keep_and_report_the_last_one_of_a_role(self, ben, root):
        alone = create_role(slug="risk-owner")
        mapped(alone, "risk")
        apply_groups(person=ben, groups=["risk"], at=AT)

        apply_groups(person=ben, groups=[], at=AT)

        assert roles_of(ben) == {"risk-owner"}
        assert Entry.objects.get(event="directory.membership_kept").detail["role"] == "risk-owner"
        assert "nobody else could be reached" in Notification.objects.get(person=root).title


class TestMapping:
    def test_is_for_staff_and_noted(self, desk, ben, root):
        with pytest.raises(NotAllowed):
            group_roles.map_group(group="g", role=desk, acknowledged=True, by=ben, at=AT)

        row = group_roles.map_group(group="g", role=desk, acknowledged=False, by=root, at=AT)
        with pytest.raises(GroupMapped):
            group_roles.map_group(group="g", role=desk, acknowledged=False, by=root, at=AT)
        group_roles.unmap_group(mapped=row, by=root, at=AT)

        events = Entry.objects.filter(event__startswith="directory.group_").order_by("pk")
        assert [each.event for each in events] == [
            "directory.group_mapped",
            "directory.group_unmapped",
        ]

    def test_of_a_role_that_administers_has_to_be_meant(self, root):
        create_workflow()
        owners = Role.objects.get(slug="ops-owner")
        with pytest.raises(NotAcknowledged):
            group_roles.map_group(group="g", role=owners, acknowledged=False, by=root, at=AT)

        group_roles.map_group(group="g", role=owners, acknowledged=True, by=root, at=AT)

        assert GroupRole.objects.get().role == owners

    def test_of_a_role_with_the_right_to_administer_has_to_be_meant(self, desk, root):
        workflow = create_workflow()
        operations.grant_right(
            role=desk, workflow=workflow, right=Right.ADMINISTER, by=root.actor, at=AT
        )

        assert group_roles.administers(desk)

    def test_has_a_page_that_says_what_is_wrong(self, desk, root, client):
        client.force_login(root)
        form = {"group": "crm-desk", "role": desk.pk}

        client.post("/directory/groups/map/", form)
        again = client.post("/directory/groups/map/", form)

        assert again.status_code == 422
        assert "gives" in read(again.text).text()
        client.post(f"/directory/groups/{GroupRole.objects.get().pk}/remove/")
        assert not GroupRole.objects.exists()
        client.force_login(get_user("ben"))
        assert client.get("/directory/groups/").status_code == 403
