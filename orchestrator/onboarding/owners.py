"""The ops owners of a new installation, and the workflow that its configuration goes through."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from orchestrator.kernel.actors import Actor
from orchestrator.kernel.errors import DomainError
from orchestrator.people import operations as people
from orchestrator.people.models import Role, User
from orchestrator.policy.conditions import compile_condition
from orchestrator.workflows.configuration import ensure_configuration_workflow
from orchestrator.workflows.staffing import DEFAULT_ROLE

FEWEST = 2


class TooFewOwners(DomainError):
    """Some things take two people, so one is not enough to begin with."""

    code, status, title = "too_few_owners", 422, "Two people are needed"


@transaction.atomic
def name_ops_owners(*, owners: Sequence[User], by: Actor, at: dt.datetime) -> Role:
    """
    Let these people run the workflows: make the role and what is missing beside it.

    :raises TooFewOwners: if the role would have fewer than two members
    :raises InactivePerson: if one of them cannot sign in
    """
    role = Role.objects.filter(slug=DEFAULT_ROLE).first()
    members = set(User.objects.filter(groups__role=role, is_active=True)) if role else set()
    if len(members | set(owners)) < FEWEST:
        raise TooFewOwners(
            "Name two ops owners: going up a mode and releasing a halt take two people."
        )
    role = role or people.create_role(
        slug=DEFAULT_ROLE,
        title="Ops owner",
        description="Runs the workflows day to day.",
        fallback=None,
        by=by,
        at=at,
    )
    for owner in owners:
        people.add_member(role=role, person=owner, by=by, at=at)
    first = owners[0] if owners else sorted(members, key=lambda each: each.username)[0]
    ensure_configuration_workflow(owner=first, by=by, at=at, check_condition=compile_condition)
    return role
