"""Nobody decides on a field that they may not see."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.db.models import F

from approvals.models import Change, Proposal
from approvals.states import Operation
from approvals.visibility import Sight, sight_of, sights_for
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import rights_on
from orchestrator.people.rights import Right

MOST_NAMED = 3


class CannotSeeAll(DomainError):
    """Something changes that the person may not see, so they cannot know what they approve."""

    code, status, title = "cannot_see_all", 403, "You do not see all of it"


class Written(Protocol):
    """A change, as far as it says which fields it writes or removes."""

    operation: str
    object_name: str

    @property
    def fields(self) -> Iterable[str]:
        """Return the fields that it writes."""

    @property
    def base(self) -> Iterable[str] | None:
        """Return the fields of the record as we read it."""


def unseen(sight: Sight, changes: Iterable[Written]) -> list[str]:
    """Return the fields that change, or go with a record, and that the person may not see. Pure."""
    return sight.hidden_among(
        (change.object_name, name)
        for change in changes
        for name in [*change.fields, *_removed(change)]
    )


def check_sees_all(
    person: User,
    proposal: Proposal,
    changes: Sequence[Change] | None = None,
    *,
    sight: Sight | None = None,
) -> None:
    """
    Refuse whoever may not see a field that changes, and say who may.

    :raises CannotSeeAll: if a field is hidden from the person
    """
    seen = sight or sight_of(person=person, proposal=proposal)
    if seen.whole:
        return
    written = changes if changes is not None else _changes_of(proposal)
    hidden = unseen(seen, written)
    if not hidden:
        return
    names = " and ".join(hidden[:MOST_NAMED])
    more = f" and {len(hidden) - MOST_NAMED} more" if len(hidden) > MOST_NAMED else ""
    raise CannotSeeAll(
        f"None of your roles may see {names}{more}, which would change here, so you cannot decide "
        f"on it. {_who_could(proposal, seen, hidden)}",
        extra={"fields": hidden},
    )


def blind_to(person: User, proposals: Iterable[Proposal]) -> set[str]:
    """Return those of the proposals in which something changes that the person may not see."""
    rows = list(proposals)
    sights = sights_for(person=person, workflows={row.workflow for row in rows})
    partly = {row.pk: sights[row.workflow_id] for row in rows if not sights[row.workflow_id].whole}
    if not partly:
        return set()
    changes = Change.objects.filter(
        revision__proposal__in=list(partly),
        revision__number=F("revision__proposal__revision_number"),
    ).annotate(proposal=F("revision__proposal"))
    return {change.proposal for change in changes if unseen(partly[change.proposal], [change])}


def _changes_of(proposal: Proposal) -> list[Change]:
    rows = Change.objects.filter(
        revision__proposal=proposal, revision__number=proposal.revision_number
    )
    return list(rows.only("operation", "object_name", "fields", "base"))


def _removed(change: Written) -> Iterable[str]:
    return (change.base or ()) if change.operation == Operation.DELETE else ()


def _who_could(proposal: Proposal, sight: Sight, hidden: Iterable[str]) -> str:
    """Say which roles both decide here and see everything that is hidden from this person."""
    needed = {Right.DECIDE, *(sight.kept[path].right for path in hidden)}
    able = [
        slug
        for slug, given in rights_on(proposal.workflow).items()
        if needed <= {Right(each) for each in given if each in Right.values()}
    ]
    titles = list(Role.objects.filter(slug__in=able).values_list("title", flat=True))
    if titles:
        return f"{' and '.join(titles)} can: hand it on to them."
    return "No role that decides here may: ask whoever administers the workflow to change that."
