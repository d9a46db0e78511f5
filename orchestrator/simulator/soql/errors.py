"""How a query is refused."""


class Fault(Exception):
    """A query that cannot be answered, at an offset of its text where one place is to blame."""

    def __init__(self, error_code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.error_code = error_code
        self.message = message
        self.offset = offset


class SoqlError(Exception):
    """A refused query, as the REST API words it."""

    def __init__(self, error_code: str, message: str) -> None:
        super().__init__(f"{error_code}: {message}")
        self.error_code = error_code
        self.message = message


EXCERPT = 80


def refusal(fault: Fault, text: str) -> SoqlError:
    """Return the error a client sees: the line, a caret, the place and the message."""
    if fault.offset is None:
        return SoqlError(fault.error_code, fault.message)
    before = text[: fault.offset]
    line_start = before.rfind("\n") + 1
    row, column = before.count("\n") + 1, fault.offset - line_start + 1
    shown_from = max(line_start, fault.offset - EXCERPT // 2)
    shown = text[shown_from : shown_from + EXCERPT].split("\n", 1)[0]
    caret = " " * (fault.offset - shown_from) + "^"
    place = f"ERROR at Row:{row}:Column:{column}"
    return SoqlError(fault.error_code, f"\n{shown}\n{caret}\n{place}\n{fault.message}")
