"""Would policy refuse this at once? For what people put in the place of an agent's values."""

from orchestrator.kernel.errors import DomainError
from orchestrator.policy.verdict import Outcome, Verdict


class NotAcceptable(DomainError):
    """Policy would refuse the changed values at once."""

    code, status, title = "not_acceptable", 422, "Policy refuses these values"


def check_acceptable(verdict: Verdict) -> None:
    """
    Let pass what policy leaves to people.

    :raises NotAcceptable: if policy refuses it; `findings` say each why
    """
    if verdict.outcome == Outcome.REFUSE:
        refused = [each.text for each in verdict.refusals()]
        raise NotAcceptable(" ".join(refused), extra={"findings": refused})
