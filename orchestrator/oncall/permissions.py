"""May this person change a schedule, or only their own part of it?"""

from orchestrator.kernel.errors import NotAllowed
from orchestrator.oncall.models import Schedule
from orchestrator.people.models import User
from orchestrator.people.permissions import may_administer_agents
from orchestrator.people.queries import is_member


def may_edit(person: User) -> bool:
    """Say whether the person may change rotations and feeds: staff and ops owners."""
    return may_administer_agents(person)


def check_may_edit(person: User) -> None:
    """
    Refuse anybody who may not change schedules.

    :raises NotAllowed: if the person is neither staff nor an ops owner
    """
    if not may_edit(person):
        raise NotAllowed("Schedules are for ops owners and staff. You can ask for a swap instead.")


def may_set_address(person: User) -> bool:
    """Say whether the person may have us fetch a calendar from the web: staff only."""
    return person.is_active and (person.is_staff or person.is_superuser)


def check_may_override(by: User, *, person: User, schedule: Schedule) -> None:
    """
    Refuse whoever puts somebody else on call without the right to.

    :raises NotAllowed: if `by` may not edit schedules, and is not taking a shift of their own role
    """
    own = by.pk == person.pk and is_member(user=by, role_id=schedule.role_id)
    if not own and not may_edit(by):
        raise NotAllowed(
            "You may take shifts of your own role. Putting somebody else on call is for ops owners "
            "and staff."
        )
