"""What is wrong with a request, by stable code, and the refusal made of it."""

from collections.abc import Sequence
from typing import NamedTuple

from orchestrator.kernel.errors import DomainError


class Problem(NamedTuple):
    """One thing that is wrong, where, and what to do about it."""

    code: str
    path: str
    text: str

    def as_json(self) -> dict[str, str]:
        """Return the problem as the answer lists it."""
        return {"code": self.code, "path": self.path, "text": self.text}


class InvalidProposal(DomainError):
    """The request cannot be taken; its code is that of the first problem."""

    code, status, title = "invalid_proposal", 422, "The proposal cannot be taken"

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Name the first problem, list them all."""
        first = problems[0]
        super().__init__(first.text, extra={"problems": [each.as_json() for each in problems]})
        self.code = first.code  # type: ignore[misc]  # the first problem names the refusal


class NotGranted(InvalidProposal):
    """No grant of the agent covers what it asks for."""

    code, status, title = "not_granted", 403, "Not granted"
