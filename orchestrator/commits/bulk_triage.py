"""One word for many failures of one cause: each in its own transaction, with its own guard."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.commits import deadletters
from orchestrator.commits.letters import MOST_AT_ONCE
from orchestrator.kernel.choices import Choices
from orchestrator.kernel.errors import DomainError
from orchestrator.kernel.ids import new_id
from orchestrator.people.models import User


class BulkVerdict(Choices):
    """What can be said of many at once."""

    REQUEUE = "requeue"
    DISCARD = "discard"


ACTS: dict[BulkVerdict, Callable[..., Any]] = {
    BulkVerdict.REQUEUE: deadletters.requeue,
    BulkVerdict.DISCARD: deadletters.discard,
}


class TooMany(DomainError):
    """More than one action may deal with."""

    code, status, title = "too_many", 422, "Too many at once"


class NoneChosen(DomainError):
    """Nothing was chosen."""

    code, status, title = "none_chosen", 422, "Nothing chosen"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them; no refusal where it was done."""

    commit_id: str
    refusal: DomainError | None

    @property
    def done(self) -> bool:
        """Say whether it was done."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all, under the id that stands in every ledger entry."""

    bulk_id: str
    results: Sequence[Result]

    @property
    def done(self) -> int:
        """Return how many were done."""
        return sum(1 for result in self.results if result.done)


def act_on_all(
    *,
    commit_ids: Sequence[str],
    verdict: BulkVerdict,
    reason: str,
    person: User,
    at: dt.datetime,
) -> Outcome:
    """
    Requeue or discard each of these; what somebody else dealt with meanwhile says so.

    :raises ReasonNeeded: if no reason is given
    :raises NoneChosen: if there is none
    :raises TooMany: if there are more than one action may deal with
    """
    deadletters.check_reason(reason)
    chosen = list(dict.fromkeys(commit_ids))
    if not chosen:
        raise NoneChosen("Choose at least one of them.")
    if len(chosen) > MOST_AT_ONCE:
        raise TooMany(f"At most {MOST_AT_ONCE} at once; do the rest afterwards.")
    bulk = new_id("tri")
    return Outcome(
        bulk, [_one(ACTS[verdict], commit_id, reason, person, at, bulk) for commit_id in chosen]
    )


def _one(
    act: Callable[..., Any], commit_id: str, reason: str, person: User, at: dt.datetime, bulk: str
) -> Result:
    try:
        act(commit_id=commit_id, reason=reason, person=person, at=at, bulk=bulk)
    except DomainError as refusal:
        return Result(commit_id, refusal)
    return Result(commit_id, None)
