"""Reading open dead letters for the pages: narrowed, grouped by cause, a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db.models import Count, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from approvals.lines import label_of
from approvals.visibility import mask_rows
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.commits.states import LetterKind
from orchestrator.people.models import User

PAGE_SIZE = 50
GROUPS_A_PAGE = 20
SHOWN_OF_A_GROUP = 4
MOST_ESCALATED = 20
# One bulk action deals with at most so many.
MOST_AT_ONCE = 500
LONGEST_LIST = 200
MINE = "mine"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which failures: of workflows the reader may see, and further as the address says."""

    workflow_ids: Collection[int]
    person: User
    tab: str = ""
    workflow: str = ""
    agent: str = ""
    object_name: str = ""
    cause: str = ""
    owner: str = ""


@dataclass(slots=True)
class Group:
    """The failures of one cause: how many, since when, and the newest of them."""

    kind: str
    cause: str
    count: int
    escalated: int
    oldest: Any
    due: Any
    newest: int
    letters: list[DeadLetter] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page, newest first, and where the next one begins."""

    found: Sequence[T]
    before: str


def groups(narrowed: Narrowed, *, before: str = "", size: int = GROUPS_A_PAGE) -> Page[Group]:
    """Return the causes with the newest failures of each, newest cause first, in two queries."""
    rows = (
        narrowed_letters(narrowed)
        .order_by()
        .values("kind", "cause")
        .annotate(
            count=Count("pk"),
            escalated=Count("escalated_at"),
            oldest=Min("opened_at"),
            due=Min("due_at"),
            newest=Max("pk"),
        )
        .order_by("-newest")
    )
    if before:
        rows = rows.filter(newest__lt=int(before))
    found = [Group(**row) for row in rows[: size + 1]]
    page = found[:size]
    _fill(page, narrowed)
    return Page(page, str(page[-1].newest) if len(found) > size else "")


def page(narrowed: Narrowed, *, before: str = "", size: int = PAGE_SIZE) -> Page[DeadLetter]:
    """Return failures one by one, newest first."""
    rows = _with_words(narrowed_letters(narrowed))
    if before:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: size + 1])
    shown = found[:size]
    _mask(shown, narrowed.person)
    return Page(shown, str(shown[-1].pk) if len(found) > size else "")


def escalated(narrowed: Narrowed) -> list[DeadLetter]:
    """Return what nobody dealt with in time, the most overdue first."""
    rows = narrowed_letters(narrowed).filter(escalated_at__isnull=False)
    return _mask(list(_with_words(rows).order_by("due_at", "pk")[:MOST_ESCALATED]), narrowed.person)


def counts(narrowed: Narrowed) -> dict[str, int]:
    """Return how many failures each tab holds, with nothing else narrowed."""
    each = {kind: Count("pk", filter=Q(kind=kind)) for kind in LetterKind.values()}
    found: dict[str, int] = _visible(narrowed).aggregate(
        **each,
        everything=Count("pk"),
        mine=Count("pk", filter=Q(owner=narrowed.person)),
        overdue=Count("escalated_at"),
    )
    return found


def owners(narrowed: Narrowed) -> list[tuple[str, str]]:
    """Return who owns something here, as (user name, name)."""
    rows = User.objects.filter(pk__in=_visible(narrowed).order_by().values("owner"))
    return [(each.username, each.display_name) for each in rows.order_by("username")[:LONGEST_LIST]]


def object_names(narrowed: Narrowed) -> list[str]:
    """Return the objects that something here is about."""
    rows = (
        _visible(narrowed).order_by().values_list("commit__proposal__headline__object", flat=True)
    )
    return sorted(str(name) for name in rows.distinct()[:LONGEST_LIST])


def of_cause(narrowed: Narrowed) -> list[DeadLetter]:
    """Return what one bulk action may deal with, the oldest first."""
    rows = _with_words(narrowed_letters(narrowed)).exclude(kind=LetterKind.UNREAD)
    return _mask(list(rows.order_by("pk")[:MOST_AT_ONCE]), narrowed.person)


def narrowed_letters(narrowed: Narrowed) -> QuerySet[DeadLetter]:
    """Return the open letters that fit everything."""
    rows = _visible(narrowed)
    if narrowed.tab == MINE:
        rows = rows.filter(owner=narrowed.person)
    elif narrowed.tab:
        rows = rows.filter(kind=narrowed.tab)
    wanted = {
        "workflow__slug": narrowed.workflow,
        "commit__agent": narrowed.agent,
        "commit__proposal__headline__object": narrowed.object_name,
        "cause": narrowed.cause,
        "owner__username": narrowed.owner,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def _visible(narrowed: Narrowed) -> QuerySet[DeadLetter]:
    return DeadLetter.objects.filter(closed_at=None, workflow__in=narrowed.workflow_ids)


def _with_words(rows: QuerySet[DeadLetter]) -> QuerySet[DeadLetter]:
    return rows.select_related("owner", "workflow", "commit__proposal__agent")


def _mask(letters: list[DeadLetter], person: User) -> list[DeadLetter]:
    """Take out of letters what their reader may not see, what the CRM said of it included."""
    for letter in letters:
        letter.commit.proposal.workflow = letter.workflow
    proposals = [letter.commit.proposal for letter in letters]
    partly = mask_rows(person=person, proposals=proposals)
    for letter in letters:
        if letter.commit.proposal_id in partly:
            letter.commit.error_text = ""
    return letters


def _fill(page: Sequence[Group], narrowed: Narrowed) -> None:
    """Put the newest letters beside their groups."""
    place = Window(RowNumber(), partition_by=[F("kind"), F("cause")], order_by=F("pk").desc())
    rows = (
        _with_words(narrowed_letters(narrowed))
        .filter(cause__in=[group.cause for group in page])
        .annotate(place=place)
        .filter(place__lte=SHOWN_OF_A_GROUP)
        .order_by("-pk")
    )
    by_key = {(group.kind, group.cause): group for group in page}
    for letter in _mask(list(rows), narrowed.person) if page else ():
        group = by_key.get((letter.kind, letter.cause))
        if group is not None:
            group.letters.append(letter)


def titles(
    commit_ids: Collection[str], *, workflow_ids: Collection[int], person: User
) -> dict[str, str]:
    """Return what each commit of these workflows is about, open or not, by its id."""
    found = Commit.objects.filter(pk__in=commit_ids, proposal__workflow__in=workflow_ids)
    rows = list(found.select_related("proposal__workflow"))
    mask_rows(person=person, proposals=[row.proposal for row in rows])
    return {row.pk: label_of(row.proposal) for row in rows}
