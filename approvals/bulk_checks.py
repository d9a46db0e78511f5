"""Looking at many proposals before one decision on them: what can be decided, what not and why."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from approvals.attention.opened import took
from approvals.attention.speed import Material, material_of_lines
from approvals.bulk_conflicts import conflicts
from approvals.eligibility import Chosen, Line, preflight
from approvals.lines import label_of
from approvals.models import Proposal
from approvals.states import Vote
from orchestrator.people.models import User


@dataclass(frozen=True, slots=True)
class Held:
    """How long a list was before the person, and what there was to read of it."""

    took: dt.timedelta
    material: Material


def check(
    *, person: User, chosen: Sequence[Chosen], vote: str, text: str, at: dt.datetime
) -> list[Line]:
    """Return every chosen proposal with what keeps it out; so many queries, however many."""
    lines = preflight(person=person, chosen=chosen, vote=vote, text=text, at=at)
    if vote != Vote.APPROVE:
        return lines
    good = [line.chosen.proposal_id for line in lines if line.objection is None]
    found = conflicts(good) if good else {}
    return [
        replace(line, objection=line.objection or found.get(line.chosen.proposal_id))
        for line in lines
    ]


def digest_of(chosen: Iterable[Chosen]) -> str:
    """Return what stands for a list of proposals, each with its content, in its order."""
    listed = "\n".join("~".join(each) for each in chosen)
    return hashlib.sha256(listed.encode()).hexdigest()


def held(
    *, person: User, chosen: Sequence[Chosen], lines: Sequence[Line], shown: str, at: dt.datetime
) -> Held | None:
    """Return how long the person had exactly this list before them; None where nobody knows."""
    time = took(shown, person_id=person.pk, digest=digest_of(chosen), at=at)
    if time is None:
        return None
    said = [_said(line.proposal) for line in lines if line.proposal is not None]
    return Held(time, material_of_lines(said))


def _said(proposal: Proposal) -> tuple[str, str]:
    """Return the words of a line: what the record is called, and what happens to it."""
    shown = proposal.headline
    first = shown["first"] or {}
    values = [first.get(key) for key in ("field", "old", "new")]
    return label_of(proposal), " ".join(str(each) for each in [*shown["fields"], *values] if each)
