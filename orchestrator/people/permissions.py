"""May this person? Rights come from roles: an object permission of the role's group."""

from collections.abc import Collection

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission

from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import Role, User
from orchestrator.people.rights import Right

WORKFLOW = {"content_type__app_label": "workflows", "content_type__model": "workflow"}
ADMINISTRATORS = "ops-owner"


def workflows_with_right(person: User, right: Right | str) -> set[int]:
    """Return the ids of the workflows on which the person has the right, in one query."""
    if not person.is_active:
        return set()
    if person.is_superuser:
        return _every_workflow()
    rows = _permissions(Right(right)).filter(group__user=person)
    return {int(pk) for pk in rows.values_list("object_pk", flat=True)}


def rights_by_workflow(
    person: User, workflow_ids: Collection[int] | None = None
) -> dict[int, frozenset[Right]]:
    """Return the rights that the person's roles give them on each workflow, in one query."""
    if person.is_superuser:
        wanted = _every_workflow() if workflow_ids is None else workflow_ids
        return dict.fromkeys(wanted, rights_of(person, ()))
    rows = GroupObjectPermission.objects.filter(group__user=person, **WORKFLOW)
    if workflow_ids is not None:
        rows = rows.filter(object_pk__in=[str(each) for each in workflow_ids])
    found: dict[int, set[str]] = {}
    for key, codename in rows.values_list("object_pk", "permission__codename"):
        found.setdefault(int(key), set()).add(codename)
    return {key: rights_of(person, codenames) for key, codenames in found.items()}


def rights_of(person: User, codenames: Collection[str]) -> frozenset[Right]:
    """Return the rights that permissions stand for in the hands of the person."""
    if not person.is_active:
        return frozenset()
    if person.is_superuser:
        return frozenset(Right)
    return frozenset(right for right in Right if not set(right.given_by).isdisjoint(codenames))


def codenames_given(person: User) -> ArraySubquery:
    """Return the permissions that the person's roles give on each workflow of a query."""
    rows = GroupObjectPermission.objects.filter(
        group__user=person, object_pk=Cast(OuterRef("pk"), models.CharField()), **WORKFLOW
    )
    return ArraySubquery(rows.values("permission__codename"))


def may_view(person: User, workflow: models.Model) -> bool:
    """Say whether the person may see the workflow."""
    return _has(person, workflow, Right.VIEW)


def may_decide(person: User, workflow: models.Model) -> bool:
    """Say whether the person may decide on proposals of the workflow, as far as rights go."""
    return _has(person, workflow, Right.DECIDE)


def deciding_by_role(person_ids: Collection[int], workflow: models.Model) -> set[int]:
    """Return those of the people who may decide in the workflow by a role they are in."""
    holders = User.objects.filter(
        pk__in=person_ids,
        is_active=True,
        groups__in=_permissions(Right.DECIDE).filter(object_pk=str(workflow.pk)).values("group"),
    )
    return set(holders.values_list("pk", flat=True))


def workflows_decided_by_role(person_id: int) -> set[int]:
    """Return the ids of the workflows in which a role of the person has the right to decide."""
    rows = _permissions(Right.DECIDE).filter(group__user=person_id, group__user__is_active=True)
    return {int(pk) for pk in rows.values_list("object_pk", flat=True)}


def may_administer(person: User, workflow: models.Model) -> bool:
    """Say whether the person may change the workflow's mode and versions."""
    return _has(person, workflow, Right.ADMINISTER)


def role_has_right(role: Role, workflow: models.Model, right: Right) -> bool:
    """Say whether the role was given exactly this right."""
    rows = GroupObjectPermission.objects.filter(
        permission__codename=right.codename,
        object_pk=str(workflow.pk),
        group=role.group_id,
        **WORKFLOW,
    )
    return bool(rows.exists())


def rights_on(workflow: models.Model) -> dict[str, list[str]]:
    """Return the rights that each role was given on the workflow, by the role's name."""
    rows = GroupObjectPermission.objects.filter(
        group__role__isnull=False, object_pk=str(workflow.pk), **WORKFLOW
    ).order_by("group__role__title", "pk")
    found: dict[str, list[str]] = {}
    for slug, codename in rows.values_list("group__role__slug", "permission__codename"):
        found.setdefault(slug, []).append(codename.removesuffix("_workflow"))
    return found


def may_administer_agents(person: User) -> bool:
    """Say whether the person may register agents and handle their keys and grants."""
    if not person.is_active:
        return False
    if person.is_staff or person.is_superuser:
        return True
    return person.groups.filter(role__slug=ADMINISTRATORS).exists()


def check_may_administer_agents(person: User) -> None:
    """
    Refuse anybody who is not an administrator.

    :raises NotAllowed: if the person is neither staff nor an ops owner
    """
    if not may_administer_agents(person):
        raise NotAllowed("Agents, keys and grants are for ops owners and staff. Ask one of them.")


def may_read_ledger(person: User) -> bool:
    """Say whether the person may read the whole ledger, in one query."""
    if not person.is_active or person.is_superuser:
        return person.is_active
    given = Permission.objects.filter(content_type__app_label="audit", codename="view_entry")
    return given.filter(Q(group__user=person) | Q(user=person)).exists()


def may_administer_people(person: User) -> bool:
    """Say whether the person may add people, create roles and change their members."""
    return person.is_active and (person.is_staff or person.is_superuser)


def check_may_administer_people(person: User) -> None:
    """
    Refuse anybody who is not staff: whoever fills the roles decides who decides.

    :raises NotAllowed: if the person is not staff
    """
    if not may_administer_people(person):
        raise NotAllowed("People and roles are for staff. Ask one of them.")


def _has(person: User, workflow: models.Model, right: Right) -> bool:
    if not person.is_active:
        return False
    if person.is_superuser:
        return True
    rows = _permissions(right).filter(group__user=person, object_pk=str(workflow.pk))
    return bool(rows.exists())


def _permissions(right: Right) -> models.QuerySet[GroupObjectPermission]:
    rows: models.QuerySet[GroupObjectPermission] = GroupObjectPermission.objects.filter(
        permission__codename__in=right.given_by, **WORKFLOW
    )
    return rows


def _every_workflow() -> set[int]:
    # By content type: this package stands below workflows and does not know their model.
    workflow = ContentType.objects.get_by_natural_key("workflows", "workflow")
    return set(workflow.get_all_objects_for_this_type().values_list("pk", flat=True))
