"""What the page shows on which somebody leaves a part of a proposal out, or edits values."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from approvals import altering, reading
from approvals.alteration import LeftOut
from approvals.alteration_form import AlterationForm
from approvals.alteration_terms import NotAlterable, may_alter
from approvals.altering import Drawn
from approvals.ballots import check_altered_words
from approvals.detail import Detail, detail, field_descriptions
from approvals.opening import NotWhatYouSaw
from approvals.states import Operation
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.workflows.definition import ActionDefinition
from orchestrator.workflows.queries import definition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A proposal, and the form that alters it."""

    found: Detail
    form: AlterationForm
    action: ActionDefinition | None
    # Why it cannot be altered by this person now, or None.
    refusal: DomainError | None
    # What was sent was made from an earlier revision.
    stale: bool = False

    def preview(self, *, at: dt.datetime) -> Drawn:
        """
        Return what would be approved, judged; nothing is stored.

        :raises DomainError: as altering it would
        """
        proposal, wish = self.found.proposal, self.form.wish()
        drawn = altering.draw_up(
            proposal=proposal, wish=wish, described=altering.described(proposal), at=at
        )
        check_altered_words(drawn, wish)
        return drawn

    def records(self) -> list[dict[str, Any]]:
        """Return each change with its fields: what is there, what was proposed, what is typed."""
        kinds = self.found.proposal.headline.get("kinds", {})
        return [
            {
                "change": change,
                "way_out": self.form.way_out(change.position),
                "rows": [
                    {
                        **row,
                        "kind": row["kind"] or kinds.get(f"{change.object_name}.{row['name']}", ""),
                        "now": (change.base or {}).get(row["name"]),
                    }
                    for row in self.form.rows(change.position)
                ],
            }
            for change in self.found.changes
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One edited value in words for the page."""

    path: str
    kind: str
    proposed: Any
    approved: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What somebody is shown before they send it."""

    kept: str
    edits: Sequence[Value]
    left_out: Sequence[str]
    # Whether anybody voted on what it is made from.
    votes: bool


class BadValues(DomainError):
    """Something that was typed is no value of its field."""

    code, status, title = "bad_values", 422, "Nothing was sent yet"


def sheet(
    *,
    proposal_id: str,
    person: User,
    editable: bool,
    sent: QueryDict | None,
    at: dt.datetime,
) -> Sheet:
    """
    Return the form, with what was sent in it: nothing that was typed is lost.

    :raises NotFound: if the person may not know of the proposal
    """
    found = detail(proposal_id=proposal_id, person=person, at=at)
    proposal, revision = found.proposal, found.revision
    action = definition_of(proposal.version_id).actions.get(proposal.action)
    stale = sent is not None and sent.get("digest") != revision.digest
    form = AlterationForm(
        _moved(sent, revision.digest) if sent is not None and stale else sent,
        changes=revision.content["changes"],
        described=field_descriptions(org=proposal.workflow.org, changes=found.changes),
        rules=_rules(action),
        editable=editable,
        initial={"digest": revision.digest},
    )
    return Sheet(
        found=found,
        form=form,
        action=action,
        refusal=found.refusal or _refusal(found, action, editable=editable),
        stale=stale,
    )


def changed_meanwhile(found: Detail) -> DomainError:
    """Return how to say that somebody changed it while the person typed."""
    return NotWhatYouSaw(
        f"The proposal has changed while you worked on it: this is revision "
        f"{found.revision.number}. What you typed is kept below; check it against what is there."
    )


def heading(found: Detail) -> str:
    """Return what the page is about."""
    return reading.heading(found)


def bad_values(form: AlterationForm) -> DomainError:
    """Return how to say that some of what was typed cannot be read."""
    many = len(form.errors)
    return BadValues(
        f"{many} inputs need another value; it is said below each."
        if many > 1
        else "One input needs another value; it is said below it."
    )


def result(drawn: Drawn, found: Detail) -> Result:
    """Return what would be approved, in words."""
    kinds = found.proposal.headline.get("kinds", {})
    made = drawn.alteration
    before = sum(len(change.fields) for change in found.changes)
    after = sum(len(change.fields) for change in made.changes)
    records = f"{len(made.changes)} of {len(found.changes)} records, "
    return Result(
        kept=f"Kept: {records if len(found.changes) > 1 else ''}{after} of {before} values.",
        edits=[
            Value(
                path=(path := f"{each.object_name}.{each.field}"),
                kind=kinds.get(path, ""),
                proposed=each.proposed,
                approved=each.approved,
            )
            for each in made.edits
        ],
        left_out=[name for each in made.left_out for name in _names(each, found)],
        votes=any(vote for review in found.current_reviews for vote in review.decisions.all()),
    )


def _names(left_out: LeftOut, found: Detail) -> list[str]:
    """Return what was left out as the page calls it: a record by its name."""
    if not left_out.whole:
        return [f"{left_out.object_name}.{name}" for name in left_out.fields]
    label = found.changes[left_out.position].record_label
    made = "new " if left_out.operation == Operation.CREATE else ""
    return [f"{made}{left_out.object_name} {label or left_out.record_id}".strip()]


def _refusal(
    found: Detail, action: ActionDefinition | None, *, editable: bool
) -> DomainError | None:
    parts, edits = may_alter(action, by_agent=found.proposal.agent_id is not None)
    if edits if editable else parts:
        return None
    return NotAlterable("This is decided as it is: approve it, deny it, or send it back.")


def _rules(action: ActionDefinition | None) -> dict[tuple[str, str], Any]:
    targets = action.targets if action else []
    return {(each.object, name): rule for each in targets for name, rule in each.fields.items()}


def _moved(sent: QueryDict, digest: str) -> QueryDict:
    """Return what was sent as if it had been made from the revision that is there now."""
    moved = sent.copy()
    moved["digest"] = digest
    return moved
