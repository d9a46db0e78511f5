"""Is what a line is about still there? Asked live, for many lines at once."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable

from django.db.models import Q
from guardian.models import GroupObjectPermission

from orchestrator.agents.models import Grant, Key
from orchestrator.duties.models import DutyLine
from orchestrator.people.models import User
from orchestrator.people.permissions import WORKFLOW
from orchestrator.workflows.models import Workflow

Still = Callable[[Collection[str], dt.datetime], set[str]]


def gone(lines: Iterable[DutyLine], *, at: dt.datetime) -> set[int]:
    """Return the lines whose subject is not there any more; what nobody can look up stays."""
    by_kind: dict[str, list[DutyLine]] = {}
    for line in lines:
        if line.subject_kind in STILL:
            by_kind.setdefault(line.subject_kind, []).append(line)
    found: set[int] = set()
    for kind, listed in by_kind.items():
        there = STILL[kind]([line.subject_id for line in listed], at)
        found |= {line.pk for line in listed if line.subject_id not in there}
    return found


def _grants(subjects: Collection[str], at: dt.datetime) -> set[str]:
    not_over = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    rows = Grant.objects.filter(not_over, pk__in=[int(each) for each in subjects])
    return {str(key) for key in rows.values_list("pk", flat=True)}


def _keys(subjects: Collection[str], at: dt.datetime) -> set[str]:
    rows = Key.objects.filter(prefix__in=subjects, revoked_at=None, expires_at__gt=at)
    return set(rows.values_list("prefix", flat=True))


def _members(subjects: Collection[str], at: dt.datetime) -> set[str]:
    names = {each.partition(":")[2] for each in subjects}
    rows = User.objects.filter(username__in=names, groups__role__isnull=False)
    pairs = rows.values_list("groups__role__slug", "username")
    return {f"{slug}:{name}" for slug, name in pairs}


def _rights(subjects: Collection[str], at: dt.datetime) -> set[str]:
    slugs = {each.rsplit(":", 1)[1] for each in subjects}
    workflows = {
        str(key): slug
        for key, slug in Workflow.objects.filter(slug__in=slugs).values_list("pk", "slug")
    }
    rows = GroupObjectPermission.objects.filter(object_pk__in=list(workflows), **WORKFLOW)
    found = rows.values_list("group__role__slug", "permission__codename", "object_pk")
    return {
        f"{role}:{codename.removesuffix('_workflow')}:{workflows[key]}"
        for role, codename, key in found
    }


def _staff(subjects: Collection[str], at: dt.datetime) -> set[str]:
    powerful = Q(is_staff=True) | Q(is_superuser=True)
    rows = User.objects.filter(powerful, username__in=subjects, is_active=True)
    return set(rows.values_list("username", flat=True))


def _accounts(subjects: Collection[str], at: dt.datetime) -> set[str]:
    rows = User.objects.filter(username__in=subjects, is_active=True)
    return set(rows.values_list("username", flat=True))


STILL: dict[str, Still] = {
    "grant": _grants,
    "key": _keys,
    "member": _members,
    "right": _rights,
    "staff": _staff,
    "account": _accounts,
}
