"""May this person?"""

import pytest

from approvals import permissions
from approvals.models import Review
from orchestrator.people.models import User
from tests.factories import create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B2")]


class TestMaySee:
    @pytest.mark.parametrize("username", ["ada", "ben", "cleo", "dora"])
    def test_lets_the_owner_and_the_roles_of_the_workflow_see(self, crm, record, username):
        assert permissions.may_see(get_user(username), create_proposal())

    def test_hides_it_from_strangers(self, crm, record):
        assert not permissions.may_see(get_user("eve"), create_proposal())

    def test_shows_it_to_whom_it_was_handed(self, crm, record):
        proposal = create_proposal()
        Review.objects.update(assignee=get_user("eve"))

        assert permissions.may_see(get_user("eve"), proposal)

    def test_hides_it_from_whoever_may_not_sign_in(self, crm, record):
        proposal = create_proposal()
        User.objects.filter(username="ben").update(is_active=False)

        assert not permissions.may_see(get_user("ben"), proposal)
