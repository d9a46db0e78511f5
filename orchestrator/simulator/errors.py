"""How the org refuses: status, error codes, and the shape of the body."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ApiError:
    """One error of an answer."""

    code: str
    message: str
    fields: tuple[str, ...] | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """Return the error as single-record resources and composite items write it."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = list(self.fields)
        return {**body, **self.extra}

    def as_collection_row(self) -> dict[str, Any]:
        """Return the error as collections write it."""
        fields = list(self.fields or ())
        return {"statusCode": self.code, "message": self.message, "fields": fields, **self.extra}


class Refusal(Exception):
    """A request, or one record of it, that the org does not accept."""

    def __init__(self, status: int, *errors: ApiError, whole_batch: bool = False) -> None:
        """Keep the HTTP status and the errors; `whole_batch` takes other rows of a batch along."""
        super().__init__(errors[0].message if errors else str(status))
        self.status = status
        self.errors: Sequence[ApiError] = errors
        self.whole_batch = whole_batch

    def body(self) -> list[dict[str, Any]]:
        """Return the body of the answer."""
        return [error.as_row() for error in self.errors]


def refusal(
    code: str, message: str, fields: Sequence[str] | None = None, *, status: int = 400
) -> Refusal:
    """Return a refusal with one error."""
    return Refusal(status, ApiError(code, message, None if fields is None else tuple(fields)))


def not_found() -> Refusal:
    """Return the refusal of a path or record that is not there."""
    return refusal("NOT_FOUND", "The requested resource does not exist", status=404)


def missing(code: str) -> Refusal:
    """Return the refusal of a record that is not there, by one of the codes sources mention."""
    if code == "NOT_FOUND":
        return not_found()
    return refusal(code, "invalid cross reference id", [], status=404)


def is_deleted() -> Refusal:
    """Return the refusal to touch a record in the recycle bin."""
    return refusal("ENTITY_IS_DELETED", "entity is deleted", [], status=404)


def method_not_allowed(method: str, allowed: Sequence[str]) -> Refusal:
    """Return the refusal of a method on a path that has others."""
    message = f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}"
    return refusal("METHOD_NOT_ALLOWED", message, status=405)


def wrong_id(label: str, text: str, field: str) -> Refusal:
    """Return the refusal of text that is not an id of the right kind of record."""
    message = f"{label}: id value of incorrect type: {text}"
    return refusal("MALFORMED_ID", message, [field])


def no_such_column(name: str, object_name: str) -> Refusal:
    """Return the refusal of a field that the object does not have."""
    return refusal("INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}")


def bad_json(message: str) -> Refusal:
    """Return the refusal of a body that cannot be read."""
    return refusal("JSON_PARSER_ERROR", message)
