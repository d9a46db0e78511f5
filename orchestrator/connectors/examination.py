"""What a look at an org found, step by step, for whoever connects it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.errors import ConnectorError
from orchestrator.connectors.remedies import remedy_for
from orchestrator.kernel.choices import Choices
from orchestrator.orgs.models import Org


class Finding(Choices):
    """How one step went; one that was skipped had an earlier one in its way."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried, what came of it, and what to do about it."""

    title: str
    finding: Finding
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examination:
    """Every step of one look, in order."""

    steps: Sequence[Step] = field(default_factory=tuple)
    usage: LimitUsage | None = None

    @property
    def finding(self) -> Finding:
        """Return the worst that any step found."""
        found = {step.finding for step in self.steps}
        worst = (Finding.FAILED, Finding.WARNED)
        return next((each for each in worst if each in found), Finding.PASSED)


class Examiner(Protocol):
    """Looks at an org now, past everything that is remembered of it, in bounded time."""

    def examine(self, objects: Sequence[str], *, at: dt.datetime) -> Examination:
        """Sign in, ask for the allowance, describe these objects; refusals become steps."""

    def signs_in(self) -> Finding:
        """Say whether the sign-in works, and ask for nothing else."""

    def newest_record(self, object_name: str, fields: Sequence[str]) -> Mapping[str, Any] | None:
        """
        Return the newest record of an object with these fields and its Id, if there is one.

        :raises ConnectorError: if the org cannot be asked
        """


def failed(title: str, error: ConnectorError) -> Step:
    """Return the step that this error ended."""
    return Step(title, Finding.FAILED, error.detail, remedy_for(error))


def skipped(title: str) -> Step:
    """Return a step that was not tried because an earlier one failed."""
    return Step(title, Finding.SKIPPED, "Not tried: see above.")


class ExaminerFactory(Protocol):
    """Makes the examiner of an org."""

    def __call__(self, org: Org, *, seconds: float) -> Examiner:
        """Return who looks at this org and takes no longer than these seconds in all."""
