"""The life of one proposal as the ledger tells it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

# What each event makes of the revision that was approved last, and of the proposal.
AFTER: Mapping[str, tuple[str, str]] = {
    "proposal.submitted": ("", "received"),
    "proposal.prepared": ("", "in_review"),
    "proposal.revised": ("", "in_review"),
    "proposal.observed": ("", "observed"),
    "proposal.refused": ("", "refused"),
    "proposal.denied": ("", "denied"),
    "proposal.sent_back": ("", "revision_requested"),
    "proposal.approved": ("queued", "approved"),
    "proposal.returned": ("returned", "in_review"),
    "proposal.withdrawn": ("withdrawn", "withdrawn"),
    "proposal.expired": ("expired", "expired"),
    "commit.started": ("claimed", "committing"),
    "commit.postponed": ("queued", "approved"),
    "commit.requeued": ("queued", "approved"),
    "commit.failed": ("failed", "failed"),
    "commit.unknown": ("unknown", "outcome_unknown"),
    "commit.done": ("written", "committed"),
    "commit.discarded": ("discarded", "discarded"),
}
UNPREPARED = frozenset({"received", "in_review"})
# An approval that has ended one way does not end another way.
ENDED = frozenset({"written", "discarded", "returned", "expired", "withdrawn"})


@dataclass(slots=True)
class Story:
    """Where a proposal stands, and each of its approved revisions, by what the ledger says."""

    key: str = ""
    state: str = ""
    approved: dict[int, str] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def hear(self, event: str, detail: Mapping[str, Any]) -> None:
        """Take the next event in."""
        if event == "proposal.submitted":
            self.key = detail.get("key", "")
        if event == "proposal.approved":
            self.approved[detail["revision"]] = "queued"
            self.digests[detail["revision"]] = detail["digest"]
        if event == "commit.settled":
            self._stand("unclear" if detail["found"] == "unclear" else "settled")
        if event in AFTER:
            standing, state = AFTER[event]
            if standing and event != "proposal.approved":
                self._stand(standing)
            self._become(event, state)

    def _become(self, event: str, state: str) -> None:
        prepared_again = event == "proposal.prepared" and self.state not in UNPREPARED
        # Corrected before anybody had looked at the first words.
        still_new = event == "proposal.revised" and self.state == "received"
        if not (prepared_again or still_new):
            self.state = state

    def _stand(self, standing: str) -> None:
        if not self.approved:
            return
        latest = max(self.approved)
        if self.approved[latest] not in ENDED:
            self.approved[latest] = standing


def read(entries: Iterable[tuple[str, str, Any]]) -> dict[str, Story]:
    """Return the story of each proposal from (proposal, event, detail), in the ledger's order."""
    stories: dict[str, Story] = {}
    for proposal, event, detail in entries:
        stories.setdefault(proposal, Story()).hear(event, detail)
    return stories
