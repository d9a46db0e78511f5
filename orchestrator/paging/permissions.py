"""Who may look at a page, answer it, and be called."""

import datetime as dt

from orchestrator.paging import whom
from orchestrator.paging.models import PageCall
from orchestrator.people.models import User


def may_take(person: User, page: PageCall, *, at: dt.datetime) -> bool:
    """Say whether the person is among those who may be called about the page."""
    return any(each.pk == person.pk for each in whom.order(page, at=at))


def may_answer(person: User, page: PageCall, *, at: dt.datetime) -> bool:
    """Say whether the person may answer: whoever was called, and whoever may be called."""
    if not person.is_active or person.username in page.barred:
        return False
    return page.turns.filter(person=person).exists() or may_take(person, page, at=at)


def may_see(person: User, page: PageCall, *, at: dt.datetime) -> bool:
    """Say whether the person may know of the page: who watches may, beside who may answer."""
    return may_watch(person) or may_answer(person, page, at=at)


def may_watch(person: User) -> bool:
    """Say whether the person may see what others are called for: staff and ops owners may."""
    if person.is_staff or person.is_superuser:
        return True
    return person.groups.filter(role__slug=whom.OPS_OWNER).exists()
