"""Calling the ops owner and the system owner when somebody pulls the kill switch."""

import datetime as dt

from django.db import transaction

from orchestrator.commits.models import Halt
from orchestrator.commits.states import HaltState
from orchestrator.commits.switch import Stop
from orchestrator.paging import paging, queries
from orchestrator.paging.subjects import SWITCH, PageSubject
from orchestrator.people.models import Role

CALLED_ROLES = ("ops-owner", "system-owner")
WHY = "the kill switch was pulled, and nothing is written"


@transaction.atomic
def call(*, at: dt.datetime) -> int:
    """
    Call about halts in force, each once, and end the pages about those that are released.

    A sweep and no part of halting: whatever happens here, the switch stops what it stops.
    """
    halts = list(Halt.objects.exclude(state=HaltState.RELEASED).order_by("pk"))
    in_force = {f"{halt.pk}:{slug}" for halt in halts for slug in CALLED_ROLES}
    _end(queries.open_subjects(SWITCH) - in_force, at)
    known = queries.known_subjects(SWITCH, in_force)
    roles = {role.slug: role for role in Role.objects.filter(slug__in=CALLED_ROLES)}
    return sum(_call_about(halt, roles, at) for halt in halts if not _told(halt, roles, known))


def _told(halt: Halt, roles: dict[str, Role], known: set[str]) -> bool:
    return all(f"{halt.pk}:{slug}" in known for slug in roles)


def _call_about(halt: Halt, roles: dict[str, Role], at: dt.datetime) -> int:
    """Call one person of each role: neither who pulled it nor who is called already."""
    barred = [halt.halted_by]
    for slug in (slug for slug in CALLED_ROLES if slug in roles):
        subject = PageSubject(
            kind=SWITCH,
            id=f"{halt.pk}:{slug}",
            title=f"Halted for {Stop(halt.scope, halt.value).words}: {halt.reason}",
            path="/controls/",
            barred=tuple(barred),
        )
        page = paging.page(subject=subject, role=roles[slug], why=WHY, step="halted", at=at)
        if page is not None:
            barred += page.turns.values_list("person__username", flat=True)
    return 1


def _end(subject_ids: set[str], at: dt.datetime) -> None:
    halts = Halt.objects.in_bulk({int(subject.partition(":")[0]) for subject in subject_ids})
    for subject in sorted(subject_ids):
        halt = halts[int(subject.partition(":")[0])]
        words = f"Released by {halt.released_by_label}."
        paging.resolve(subject_kind=SWITCH, subject_ids=[subject], words=words, at=at)
