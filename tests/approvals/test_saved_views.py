"""Views of the inbox that people keep."""

import pytest
from django.db import IntegrityError, transaction

from approvals import saved_views
from approvals.models import SavedView
from approvals.models.saved_views import MOST_VIEWS
from approvals.saved_views import BadView, Wish
from orchestrator.kernel.errors import NotAllowed, NotFound
from tests.factories import AT, create_role, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]


def save(name="Late", query="due=overdue", person="ben", **wish):
    wanted = Wish(name=name, **wish)
    return saved_views.save(person=get_user(person), query=query, wish=wanted, at=AT)


def names(person, *roles):
    found = saved_views.views_for(person=get_user(person), roles=[role.pk for role in roles])
    return [view.name for view in found]


def test_keep_only_what_the_inbox_understands():
    view = save(query="?tab=team&due=overdue&risk=nonsense&after=x~y&evil=1&below=80")

    assert view.query == "tab=team&due=overdue&below=80"


def test_a_second_one_of_that_name_replaces_the_first():
    save(name="Late")
    save(name="late ", query="risk=high")

    assert names("ben") == ["late"]
    assert SavedView.objects.get().query == "risk=high"


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_names_are_short_and_there(name):
    with pytest.raises(BadView):
        save(name=name)


def test_there_is_a_most_of_them():
    for number in range(MOST_VIEWS):
        save(name=f"View {number}")

    with pytest.raises(BadView):
        save(name="One more")
    saved_views.remove(view_id=SavedView.objects.first().pk, person=get_user("ben"))
    assert save(name="One more").place == 1


def test_members_share_with_their_role_and_nobody_else_does():
    desk = create_role(slug="deal-desk", members=[get_user("ben"), get_user("cleo")])
    save(share_with="deal-desk")

    assert names("cleo", desk) == ["Late"]
    assert names("eve") == []
    with pytest.raises(NotAllowed):
        save(person="eve", share_with="deal-desk")


def test_a_busy_role_does_not_fill_the_inbox_and_ones_own_come_first(monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    monkeypatch.setattr(saved_views, "MOST_SHARED", 1)
    desk = create_role(slug="deal-desk", members=[get_user("ben"), get_user("cleo")])
    for person, name in (("cleo", "A"), ("eve", "B"), ("ben", "Z")):
        desk.group.user_set.add(get_user(person))
        save(name=name, person=person, share_with="deal-desk")

    assert names("ben", desk) == ["Z", "A"]


def test_one_is_shown_first():
    first, second = save(name="A", is_default=True), save(name="B", is_default=True)

    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)


def test_renaming_keeps_names_apart_and_is_for_the_owner():
    save(name="A")
    view = save(name="B")
    with pytest.raises(BadView):
        saved_views.change(view_id=view.pk, person=get_user("ben"), wish=Wish(name="a"), at=AT)
    with pytest.raises(NotFound):
        saved_views.change(view_id=view.pk, person=get_user("eve"), wish=Wish(name="C"), at=AT)
    with pytest.raises(NotFound):
        saved_views.remove(view_id=view.pk, person=get_user("eve"))
    saved_views.change(view_id=view.pk, person=get_user("ben"), wish=Wish(name="C"), at=AT)
    assert names("ben") == ["A", "C"]


def test_the_database_keeps_names_and_places_apart():
    view = save()

    for wrong in ({"place": 2}, {"place": 1, "name": "Other"}, {"place": 31, "name": "Other"}):
        row = {"owner": view.owner, "name": "LATE", "changed_at": AT, **wrong}
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(**row)
