"""Everything the review page shows of one proposal, in a handful of queries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Prefetch

from approvals import permissions
from approvals.blindness import check_sees_all
from approvals.desk import desk_of
from approvals.mandates import Mandate
from approvals.models import Change, Decision, Proposal, Review, Revision
from approvals.opening import open_review
from approvals.states import ReviewState
from approvals.visibility import CLEAR, Mask, Sight, kept_by, masked
from orchestrator.connectors.base import FieldDescription, RecordKey, Snapshot
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.registry import connector_for
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.orgs.models import Org
from orchestrator.people.models import User
from orchestrator.people.permissions import rights_by_workflow
from orchestrator.people.resolution import Duties
from orchestrator.people.rights import Right


class Known(NamedTuple):
    """What a page has asked of its reader already."""

    duties: Duties
    rights: frozenset[Right]
    sight: Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One proposal with its revisions, changes, reviews and votes."""

    proposal: Proposal
    # Newest first; the first one is what is decided on.
    revisions: Sequence[Revision]
    changes: Sequence[Change]
    # Of every revision, in order; votes are in `review.decisions.all()`.
    reviews: Sequence[Review]
    # Why this person may not decide now, or none if they may.
    refusal: DomainError | None
    # In whose place they would decide.
    mandate: Mandate | None = None
    # What this person may not see of it was taken out of the rows above.
    mask: Mask = CLEAR
    # What the person's roles give them in the workflow, and which duties they carry.
    rights: frozenset[Right] = frozenset()
    duties: Duties | None = None

    @property
    def revision(self) -> Revision:
        """Return the revision that is decided on."""
        return self.revisions[0]

    @property
    def verdict(self) -> Mapping[str, Any]:
        """Return the frozen verdict, or nothing while the records have not been read."""
        return self.revision.verdict or {}

    @property
    def current_reviews(self) -> list[Review]:
        """Return the stages of the revision that is decided on."""
        return [each for each in self.reviews if each.revision_id == self.revision.pk]

    @property
    def open_review(self) -> Review | None:
        """Return the stage that waits for people."""
        return next((each for each in self.reviews if each.state == ReviewState.OPEN), None)

    @property
    def may_decide(self) -> bool:
        """Say whether this person may decide now."""
        return self.refusal is None


def detail(*, proposal_id: str, person: User, at: dt.datetime) -> Detail:
    """
    Return a proposal for a person who may see it.

    :raises NotFound: if there is none, or the person may not know of it
    """
    proposal = (
        Proposal.objects.select_related("workflow__org", "version", "agent__owner")
        .defer("version__definition", "version__source")
        .filter(pk=proposal_id)
        .first()
    )
    duties = desk_of(person, at=at).duties
    rights = _rights(person, proposal)
    if proposal is None or not permissions.may_see(person, proposal, duties=duties, rights=rights):
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    revisions = list(proposal.revisions.order_by("-number"))
    votes = Decision.objects.select_related("person", "on_behalf_of")
    reviews = list(
        proposal.reviews.select_related("role", "assignee")
        .prefetch_related(Prefetch("decisions", queryset=votes))
        .order_by("revision__number", "stage")
    )
    changes = list(Change.objects.filter(revision=revisions[0]).order_by("position"))
    sight = Sight(kept_by(proposal.workflow), frozenset(rights))
    mandate, refusal = _standing(person, proposal, Known(duties, rights, sight), changes, at)
    mask = masked(sight, proposal, revisions=revisions, changes=changes, reviews=reviews)
    return Detail(
        proposal=proposal,
        revisions=revisions,
        changes=changes,
        reviews=reviews,
        refusal=refusal,
        mandate=mandate,
        mask=mask,
        rights=rights,
        duties=duties,
    )


def _rights(person: User, proposal: Proposal | None) -> frozenset[Right]:
    """Return what the person's roles give them in its workflow: one query for the page."""
    if proposal is None:
        return frozenset()
    given = rights_by_workflow(person, [proposal.workflow_id])
    return given.get(proposal.workflow_id, frozenset())


def field_descriptions(
    *, org: Org, changes: Sequence[Change]
) -> dict[tuple[str, str], FieldDescription]:
    """Return how the org describes the fields of the changes; nothing while it does not answer."""
    described = {}
    try:
        connector = connector_for(org)
        for name in {change.object_name for change in changes}:
            for field in connector.describe(name).fields.values():
                described[name, field.name] = field
    except ConnectorError:
        return {}
    return described


def records_now(*, org: Org, changes: Sequence[Change]) -> dict[int, Snapshot | None]:
    """
    Return the records as they are at this moment, by position: is it still true?

    :raises ConnectorError: if the org cannot be asked
    """
    wanted = {
        RecordKey(change.object_name, change.record_id): sorted(change.base or {})
        for change in changes
        if change.record_id and change.base is not None
    }
    found = connector_for(org).read(wanted) if wanted else {}
    return {
        change.position: found.get(RecordKey(change.object_name, change.record_id))
        for change in changes
        if change.record_id
    }


def record_links(*, org: Org, changes: Sequence[Change]) -> dict[int, str]:
    """Return where each record can be seen in the CRM itself, by position."""
    try:
        connector = connector_for(org)
    except ConnectorError:
        return {}
    return {
        change.position: connector.record_url(RecordKey(change.object_name, change.record_id))
        for change in changes
        if change.record_id
    }


def _standing(
    person: User,
    proposal: Proposal,
    known: Known,
    changes: Sequence[Change],
    at: dt.datetime,
) -> tuple[Mandate | None, DomainError | None]:
    """Return the place that the person may fill now, or why there is none."""
    try:
        review = open_review(proposal, at)
        places = permissions.check_may_decide(
            person, proposal, review, duties=known.duties, rights=known.rights
        )
        check_sees_all(person, proposal, changes, sight=known.sight)
        return permissions.check_has_not_voted(person, review, places), None
    except DomainError as refusal:
        return None, refusal
