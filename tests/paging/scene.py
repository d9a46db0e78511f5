"""A role with people, and pages about a matter."""

import datetime as dt

from orchestrator.paging import paging
from orchestrator.paging.models import PageCall, PageTurn
from orchestrator.paging.subjects import PageSubject
from orchestrator.people.models import Role, User
from tests.factories import AT, create_role, get_user

MINUTE = dt.timedelta(minutes=1)
WHY = "Nobody has decided, and time is up."


def create_callers() -> Role:
    """Return the deal desk of ben and cleo, with dora behind them as ops owner."""
    owners = create_role(slug="ops-owner", members=[get_user("dora")])
    return create_role(
        slug="deal-desk", members=[get_user("ben"), get_user("cleo")], fallback=owners
    )


def a_subject(
    *, id: str = "prp_1", barred: tuple[str, ...] = (), workflow: str = ""
) -> PageSubject:
    return PageSubject(
        kind="proposal",
        id=id,
        title="Northwind renewal: Qualification",
        path=f"/proposals/{id}/page/",
        workflow=workflow,
        until=AT + dt.timedelta(hours=2),
        barred=barred,
    )


def open_page(
    *,
    subject: PageSubject | None = None,
    role: Role | None = None,
    step: str = "page",
    at: dt.datetime = AT,
) -> PageCall:
    page = paging.page(
        subject=subject or a_subject(),
        role=role or create_callers(),
        why=WHY,
        step=step,
        at=at,
    )
    assert page is not None
    return page


def fresh(page: PageCall) -> PageCall:
    return PageCall.objects.select_related("role").get(pk=page.pk)


def history(page: PageCall) -> list[tuple[str, str]]:
    """Return who was called, in order, and what came of it."""
    turns = PageTurn.objects.filter(page=page).order_by("number")
    return [(turn.person.username, turn.state) for turn in turns]


def called_now(page: PageCall) -> User | None:
    turn = PageTurn.objects.filter(page=page, state="calling").first()
    return turn.person if turn else None
