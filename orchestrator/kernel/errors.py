"""The base of every refusal that a caller can act on."""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable code, an HTTP status and a sentence that says what to do."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused"

    def __init__(self, detail: str, *, extra: Mapping[str, Any] | None = None) -> None:
        """Keep the sentence for people and the values for machines apart."""
        super().__init__(detail)
        self.detail = detail
        self.extra: dict[str, Any] = dict(extra or {})


class NotAllowed(DomainError):
    """The caller is known and may not do this."""

    code, status, title = "not_allowed", 403, "Not allowed"


class ReasonNeeded(DomainError):
    """What people undo, stop or give up comes with a reason."""

    code, status, title = "reason_needed", 422, "A reason is needed"


class NotFound(DomainError):
    """There is no such thing, or the caller may not know of it."""

    code, status, title = "not_found", 404, "Not found"
