"""One proposal on its way through preparation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from approvals.bases import Reading
from approvals.clocks import Clocks, clocks_for
from approvals.content import Draft
from approvals.coverage import Coverage
from approvals.models import Change, Proposal, Revision
from orchestrator.calendars.queries import NamedHours
from orchestrator.policy.verdict import Outcome, Verdict
from orchestrator.workflows.definition import WorkflowDefinition


class Reason(Protocol):
    """Why something did not go on: what errors and refusals have in common."""

    @property
    def code(self) -> str:
        """Return the stable code."""

    @property
    def detail(self) -> str:
        """Return the sentence for people."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a proposal is refused for good."""

    code: str
    detail: str


@dataclass(slots=True, kw_only=True)
class Pending:
    """A claimed proposal with all that preparation learns about it."""

    proposal: Proposal
    revision: Revision
    draft: Draft
    definition: WorkflowDefinition
    grants: Sequence[Coverage] | None
    # The calendars that the definitions of its batch name.
    calendars: Mapping[str, NamedHours] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    verdict: Verdict | None = None
    # The org says no for good, before there is anything to judge.
    refusal: Refusal | None = None
    # The org cannot be asked now: try again later.
    trouble: Reason | None = None

    @property
    def clocks(self) -> Clocks:
        """Return the clocks of the version it was proposed in."""
        return clocks_for(self.calendars, self.definition)

    @property
    def outcome(self) -> Outcome:
        """Return what follows from the verdict, or from there being none."""
        return Outcome.REFUSE if self.verdict is None else self.verdict.outcome

    def why_refused(self) -> Refusal:
        """Return the first reason for a refusal."""
        if self.refusal is not None:
            return self.refusal
        for finding in self.verdict.refusals() if self.verdict else ():
            return Refusal(finding.code, finding.text)
        return Refusal("refused", "The workflow does not allow this.")

    def frozen_verdict(self) -> dict[str, Any]:
        """Return the verdict as it is kept with the revision."""
        if self.verdict is not None:
            return self.verdict.as_json()
        refused = self.why_refused()
        finding = {
            "rule": "records",
            "outcome": Outcome.REFUSE.value,
            "code": refused.code,
            "text": refused.detail,
            "check": "failed",
        }
        return {
            "outcome": Outcome.REFUSE.value,
            "findings": [finding],
            "stages": [],
            "risk": self.proposal.risk,
            "risk_reasons": self.proposal.risk_reasons,
            "approve_needs_text": False,
            "provisional": False,
        }
