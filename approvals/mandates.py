"""By what right somebody decides: in their own place, or in that of somebody who is away. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.kernel.errors import DomainError
from orchestrator.people.resolution import Duties, Leave


class AlreadyVoted(DomainError):
    """One person fills one place: nobody votes twice on one revision."""

    code, status, title = "already_voted", 409, "You have voted"


@dataclass(frozen=True, slots=True)
class Mandate:
    """One place that somebody may fill: their own, or that of somebody who is away."""

    stands_for: Leave | None = None
    # As staff, because nobody else can be reached.
    last_resort: bool = False


OWN = Mandate()


class Asked(Protocol):
    """A review, as far as it says whom it asks."""

    @property
    def role_id(self) -> int:
        """Return the role that was asked."""

    @property
    def widened_to_id(self) -> int | None:
        """Return the role that was asked as well, since the time ran short."""

    @property
    def assignee_id(self) -> int | None:
        """Return the person it was handed to, if any."""


class CastVote(Protocol):
    """A vote that counts: who cast it, and whose place it fills."""

    @property
    def person_id(self) -> int:
        """Return who voted."""

    @property
    def place_id(self) -> int:
        """Return whose place the vote fills."""


def roles_asked(review: Asked) -> tuple[int, ...]:
    """Return the roles whose members may decide the review."""
    asked = (review.role_id, review.widened_to_id)
    return tuple(role for role in asked if role is not None)


def mandates(duties: Duties, review: Asked, *, person_id: int) -> list[Mandate]:
    """Return the places that a person could fill on this review, their own first; maybe none."""
    carried = [duties.roles[role] for role in roles_asked(review) if role in duties.roles]
    if review.assignee_id == person_id or any(duty.own for duty in carried):
        return [OWN]
    leaves = [leave for leave in duties.stands_in_for if leave.person == review.assignee_id]
    leaves += [leave for duty in carried for leave in duty.places_of]
    if leaves:
        return [Mandate(leave) for leave in dict.fromkeys(leaves)]
    return [Mandate(last_resort=True)] if any(duty.last_resort for duty in carried) else []


def unbarred(found: Iterable[Mandate], barred: Collection[str]) -> list[Mandate]:
    """Return those that are not for somebody who may not decide themselves."""
    return [
        each for each in found if each.stands_for is None or each.stands_for.username not in barred
    ]


def open_place(found: Sequence[Mandate], votes: Iterable[CastVote], *, person_id: int) -> Mandate:
    """
    Return the first mandate whose place nobody has filled on this revision.

    :raises AlreadyVoted: if the person has voted, or every place they could fill is filled
    """
    cast = list(votes)
    filled = {vote.place_id for vote in cast}
    if any(vote.person_id == person_id for vote in cast):
        raise AlreadyVoted("You have voted on this revision; another person fills this place.")
    for each in found:
        if (each.stands_for.person if each.stands_for else person_id) not in filled:
            return each
    whose = found[0].stands_for if found else None
    if whose is not None:
        raise AlreadyVoted(f"{whose.name} has voted on this revision: their place is filled.")
    raise AlreadyVoted("Whoever stood in for you has voted on this revision in your place.")
