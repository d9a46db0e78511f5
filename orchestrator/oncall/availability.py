"""When people cannot be on call: they are away, they left, or they are in the role no more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from orchestrator.oncall.stacking import Period
from orchestrator.people.models import Absence, User

ALWAYS: Period = (
    dt.datetime.min.replace(tzinfo=dt.UTC),
    dt.datetime.max.replace(tzinfo=dt.UTC),
)


def absences_of(
    people: Collection[int], *, since: dt.datetime, until: dt.datetime
) -> dict[int, list[Period]]:
    """Return when each of these people is away in [since, until), in one query."""
    rows = Absence.objects.filter(
        person__in=people, cancelled_at=None, starts_at__lt=until, ends_at__gt=since
    )
    found: dict[int, list[Period]] = defaultdict(list)
    for person, starts_at, ends_at in rows.values_list("person", "starts_at", "ends_at"):
        found[person].append((starts_at, ends_at))
    return dict(found)


def members_of(groups: Iterable[int]) -> dict[int, set[int]]:
    """Return the active members of each of these groups, in one query."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = User.objects.filter(is_active=True, groups__in=list(groups))
    for group, person in rows.values_list("groups", "pk"):
        found[group].add(person)
    return dict(found)
