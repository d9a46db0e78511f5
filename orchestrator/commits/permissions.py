"""Who may pull the kill switch, and who may deal with commits that failed."""

from orchestrator.commits.states import Scope
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people import permissions
from orchestrator.people.models import User
from orchestrator.workflows.models import Workflow


def may_switch(person: User, *, scope: str, value: str) -> bool:
    """
    Say whether this person may halt a scope, or release it.

    Ops owners and staff may for every scope; who administers a workflow may for that workflow.
    """
    if permissions.may_administer_agents(person):
        return True
    if scope != Scope.WORKFLOW:
        return False
    workflow = Workflow.objects.filter(slug=value).first()
    return workflow is not None and permissions.may_administer(person, workflow)


def check_switch(person: User, *, scope: str, value: str) -> None:
    """
    Refuse who may not touch the switch in this scope.

    :raises NotAllowed: if so
    """
    if not may_switch(person, scope=scope, value=value):
        raise NotAllowed(
            "Ops owners and staff may halt and release everything; whoever administers a workflow "
            "may halt and release that workflow. Ask one of them."
        )


def may_try_connections(person: User) -> bool:
    """Say whether this person may have a paused org tried now."""
    return permissions.may_administer_agents(person)


def check_connection(person: User) -> None:
    """
    Refuse who may not have a paused org tried now.

    :raises NotAllowed: if so
    """
    if not may_try_connections(person):
        raise NotAllowed("Ops owners and staff may have a connection tried again. Ask one of them.")


def may_connect(person: User) -> bool:
    """Say whether this person may connect orgs, test them, and change what they sign in with."""
    return permissions.may_administer_people(person)


def check_connect(person: User) -> None:
    """
    Refuse who may not connect or test an org: it is done with the keys to the CRM.

    :raises NotAllowed: if so
    """
    if not may_connect(person):
        raise NotAllowed("Connections are tested and changed by staff. Ask one of them.")


def check_administer(person: User, workflow: Workflow) -> None:
    """
    Refuse who may not deal with this workflow's failures.

    :raises NotAllowed: if so
    """
    if not permissions.may_administer(person, workflow):
        raise NotAllowed(f"Ask the owner of {workflow.title} for the right to administer it.")
