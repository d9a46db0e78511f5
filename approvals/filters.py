"""What the inbox is narrowed to."""

import datetime as dt
import re
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from approvals.models import Proposal
from approvals.models.proposals import WORDS
from approvals.states import ProposalState
from orchestrator.kernel.choices import Choices
from orchestrator.kernel.hidden import is_hidden

# More matches than this are common words: then the list itself is looked through.
MOST_MATCHES = 2_000


class Due(Choices):
    OVERDUE = "overdue"
    HOUR = "hour"
    TODAY = "today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the list is narrowed to; empty means everything."""

    workflow: str = ""
    agent: str = ""
    # Their ids where they are known: then the list is read from their own index.
    workflow_id: int | str | None = None
    agent_id: int | str | None = None
    risk: str = ""
    action: str = ""
    object_name: str = ""
    operation: str = ""
    # In the requester's title or the name of the record.
    text: str = ""
    # Less sure than so many per cent.
    below: int | None = None
    # Waiting since then or longer, and due until then.
    opened_before: dt.datetime | None = None
    due_before: dt.datetime | None = None
    # One group of what is alike.
    group: str = ""

    @property
    def rare(self) -> bool:
        """Say whether few rows of a list may fit, so that many have to be looked at."""
        return self != Filters(due_before=self.due_before)

    def of_reviews(self) -> Q:
        """Return the condition on reviews."""
        wanted = self.of_proposals("proposal__")
        if self.opened_before is not None:
            wanted &= Q(opened_at__lte=self.opened_before)
        if self.group:
            wanted &= Q(group_key=self.group)
        return wanted

    def of_proposals(self, prefix: str = "") -> Q:
        """Return the condition, on proposals or on what points at them."""
        wanted = {
            "workflow__slug": self.workflow,
            "agent__slug": self.agent,
            "risk": self.risk,
            "action": self.action,
            "headline__object": self.object_name,
            "headline__operation": self.operation,
        }
        named = Q(**{f"{prefix}{name}": value for name, value in wanted.items() if value})
        if self.below is not None:
            named &= Q(**{f"{prefix}confidence__lt": self.below / 100})
        if not self.text:
            return named
        columns = ("title", "headline__label")
        said = [Q(**{f"{prefix}{column}__icontains": self.text}) for column in columns]
        return named & (said[0] | said[1])

    def found_by_words(self) -> list[str] | None:
        """Return the waiting proposals with these words, or None where those are many."""
        words = re.findall(r"\w+", self.text)
        if not words:
            return None
        wanted = " & ".join(f"'{word}':*" for word in words)
        waiting = Proposal.objects.filter(state=ProposalState.IN_REVIEW).order_by()
        found = waiting.annotate(words=WORDS).filter(
            words=SearchQuery(wanted, search_type="raw", config="simple")
        )
        keys = list(found.values_list("pk", flat=True)[: MOST_MATCHES + 1])
        return keys if len(keys) <= MOST_MATCHES else None


EVERYTHING = Filters()


def shows(filters: Filters, proposal: Proposal) -> bool:
    """Say whether the searched words stand in what is left of a row for its reader to see."""
    wanted = filters.text.casefold()
    label = proposal.headline["label"]
    seen = [proposal.title, "" if is_hidden(label) else str(label)]
    return any(wanted in words.casefold() for words in seen)
