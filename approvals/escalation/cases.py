"""One step of one review at hand, and the people that it may turn to, read once for a batch."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from approvals import directory
from approvals.directory import LAST_RESORT, Directory
from approvals.escalation.plans import PlannedStep
from approvals.models import Decision, Proposal, Review
from orchestrator.people.models import Role, User
from orchestrator.people.permissions import role_has_right
from orchestrator.people.rights import Right


@dataclass(slots=True)
class Crew:
    """Everybody who can be turned to at one moment: roles, who fills them, who has voted."""

    at: dt.datetime
    directory: Directory
    # User names of who has voted, by revision.
    voted: Mapping[int, frozenset[str]]
    _users: dict[str, User] = field(default_factory=dict)
    _deciding: dict[tuple[int, int], bool] = field(default_factory=dict)

    def named(self, names: Iterable[str]) -> list[User]:
        """Return the active people of these user names, in their order."""
        wanted = sorted(names)
        unknown = [name for name in wanted if name not in self._users]
        if unknown:
            found = User.objects.filter(username__in=unknown, is_active=True)
            self._users.update({user.username: user for user in found})
        return [self._users[name] for name in wanted if name in self._users]

    def role(self, slug: str) -> Role | None:
        """Return the role of this name."""
        return self.directory.roles.get(slug)

    def may_decide(self, role: Role, proposal: Proposal) -> bool:
        """Say whether the role has the right to decide in the proposal's workflow."""
        key = (role.pk, proposal.workflow_id)
        if key not in self._deciding:
            self._deciding[key] = role_has_right(role, proposal.workflow, Right.DECIDE)
        return self._deciding[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One step that comes to pass, on one open review."""

    review: Review
    proposal: Proposal
    step: PlannedStep
    crew: Crew
    at: dt.datetime
    # Set in a drill: people are told that there is nothing to decide, and nothing changes.
    drill: str = ""

    @property
    def out(self) -> frozenset[str]:
        """Return who cannot decide any more: barred, or voted already."""
        voted = self.crew.voted.get(self.review.revision_id, frozenset())
        return voted.union(self.proposal.barred)

    def asked(self) -> list[User]:
        """Return who may decide it now and has not."""
        names: set[str] = set()
        if self.review.assignee is not None:
            names.add(self.review.assignee.username)
        else:
            names |= self.crew.directory.able(self.review.role, self.out)
        if self.review.widened_to is not None:
            names |= self.crew.directory.able(self.review.widened_to, self.out)
        return self.crew.named(names - self.out)

    def backups(self) -> tuple[Role, list[User]] | None:
        """Return the first role behind the one that is asked with somebody more to ask."""
        asked = {person.username for person in self.asked()}
        for role in self._behind():
            more = self.crew.directory.able(role, self.out) - asked
            if more and self.crew.may_decide(role, self.proposal):
                return role, self.crew.named(more)
        return None

    def owner(self) -> list[User]:
        """Return who answers for the workflow, or the ops owners where that person has left."""
        owner = self.proposal.workflow.owner
        if owner.is_active:
            return [owner]
        role = self.crew.role(LAST_RESORT)
        return self.crew.named(self.crew.directory.able(role, ())) if role else []

    def paged_role(self) -> Role:
        """Return the role whose on-call people are called."""
        named = self.crew.role(self.step.to)
        return named or self.review.role

    def _behind(self) -> Iterator[Role]:
        named = self.crew.role(self.step.to)
        if named is not None:
            yield named
            return
        chain = self.crew.directory.chain(self.review.role.slug)
        # Handed to one person: the others of the role are the first to ask.
        skipped = set() if self.review.assignee_id else {self.review.role_id}
        yield from (role for role in chain if role.pk not in skipped)


def crew_for(reviews: Iterable[Review], *, at: dt.datetime) -> Crew:
    """Return the people around these reviews, in a few queries for any number of them."""
    revisions = {review.revision_id for review in reviews}
    votes = Decision.objects.filter(revision__in=revisions).values_list(
        "revision_id", "person__username", "on_behalf_of__username"
    )
    voted: dict[int, set[str]] = {}
    for revision_id, *names in votes:
        voted.setdefault(revision_id, set()).update(name for name in names if name)
    return Crew(
        at=at,
        directory=directory.load(at=at),
        voted={revision_id: frozenset(names) for revision_id, names in voted.items()},
    )
