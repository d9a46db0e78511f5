"""Views of the inbox that people keep: a tab and its filters under a name."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, Value, When

from approvals.filter_form import kept_query
from approvals.models import SavedView
from approvals.models.saved_views import MOST_VIEWS
from orchestrator.kernel.errors import DomainError, NotAllowed, NotFound
from orchestrator.people.models import Role, User

NAME_LENGTH = 60
# What others share beside a person's own: beyond that nobody reads the names.
MOST_SHARED = 30


class BadView(DomainError):
    """It cannot be kept like this."""

    code, status, title = "bad_view", 422, "This view cannot be kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a person wants a view to be."""

    name: str
    # The role to share it with, by its name in addresses; empty for nobody.
    share_with: str = ""
    is_default: bool = False


def views_for(*, person: User, roles: Collection[int]) -> list[SavedView]:
    """Return the person's own views, then what is shared with their roles, in one query."""
    rows = SavedView.objects.filter(Q(owner=person) | Q(shared_with__in=roles))
    theirs = Case(When(owner=person, then=Value(0)), default=Value(1))
    found = rows.select_related("owner", "shared_with").order_by(theirs, "name", "pk")
    return list(found[: MOST_VIEWS + MOST_SHARED])


@transaction.atomic
def save(*, person: User, query: str, wish: Wish, at: dt.datetime) -> SavedView:
    """
    Keep what an address shows under a name; the person's view of that name is replaced.

    :raises BadView: if the name is empty or too long, or if there are too many already
    :raises NotAllowed: if it is to be shared with a role that the person is not in
    """
    name = _name(wish.name)
    own = _own(person)
    known = next((view for view in own if view.name.casefold() == name.casefold()), None)
    if known is None:
        free = sorted(set(range(1, MOST_VIEWS + 1)) - {view.place for view in own})
        if not free:
            raise BadView(f"You keep {MOST_VIEWS} views already. Remove one, then save this one.")
        known = SavedView(owner=person, place=free[0])
    known.query = kept_query(query)
    return _store(known, person, wish, name, at)


@transaction.atomic
def change(*, view_id: int, person: User, wish: Wish, at: dt.datetime) -> SavedView:
    """
    Rename a view of the person's own, share it, or make it what they see first.

    :raises NotFound: if it is somebody else's, or gone
    :raises BadView: if the name is empty, too long, or another view's
    :raises NotAllowed: if it is to be shared with a role that the person is not in
    """
    name = _name(wish.name)
    own = _own(person)
    view = next((each for each in own if each.pk == view_id), None)
    if view is None:
        raise NotFound("There is no such view of yours.")
    if any(each.name.casefold() == name.casefold() for each in own if each.pk != view_id):
        raise BadView(f"Another view of yours is called {name} already.")
    return _store(view, person, wish, name, at)


def remove(*, view_id: int, person: User) -> None:
    """
    Forget a view of the person's own; those it was shared with lose it too.

    :raises NotFound: if it is somebody else's, or gone
    """
    removed, _ = SavedView.objects.filter(pk=view_id, owner=person).delete()
    if not removed:
        raise NotFound("There is no such view of yours.")


def _own(person: User) -> list[SavedView]:
    """Return the person's views, under a lock: names and places are chosen one after another."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    return list(SavedView.objects.filter(owner=person).order_by("place"))


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > NAME_LENGTH or "\x00" in name:
        raise BadView(f"Give it a name of at most {NAME_LENGTH} characters.")
    return name


def _store(view: SavedView, person: User, wish: Wish, name: str, at: dt.datetime) -> SavedView:
    view.shared_with = _role(person, wish.share_with) if wish.share_with else None
    view.name, view.is_default, view.changed_at = name, wish.is_default, at
    if wish.is_default:
        others = SavedView.objects.filter(owner=person, is_default=True).exclude(pk=view.pk)
        others.update(is_default=False)
    view.save()
    return view


def _role(person: User, slug: str) -> Role:
    role = Role.objects.filter(slug=slug, group__user=person).first()
    if role is None:
        raise NotAllowed("A view is shared with a role by one of its members.")
    return role
