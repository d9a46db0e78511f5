"""Who decides on a rollback where no action asks anybody."""

import pytest

from approvals.reversing import LastResorts
from orchestrator.people import queries
from orchestrator.people.models import Role
from tests.approvals.away import leave
from tests.approvals.deciding import SOON

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def test_is_a_role_in_which_somebody_is_there(proposal):
    usual = LastResorts(at=SOON).of(proposal)
    role = Role.objects.get(slug=usual)
    for person in queries.reachable_members(role=role, at=SOON):
        leave(person.username)

    instead = LastResorts(at=SOON).of(proposal)

    assert instead != usual
    away = queries.away(at=SOON)
    there = Role.objects.get(slug=instead).group.user_set.exclude(pk__in=list(away))
    assert there.filter(is_active=True).exists()
