"""Did people do what was proposed? Judged look by look. Pure."""

from collections.abc import Collection
from typing import Any

from orchestrator.commits.comparison import same_value
from orchestrator.observation.states import Result

# What no further look changes: nothing was to be done, nothing can be told, or people did it.
SETTLED = frozenset({Result.ALREADY_SO, Result.NOT_COMPARABLE, Result.AGREED})


def first_result(*, operation: str, base: Any, proposed: Any) -> Result:
    """Return where one field stands before the first look."""
    if operation == "create":
        return Result.NOT_COMPARABLE
    if operation == "update" and same_value(base, proposed):
        return Result.ALREADY_SO
    return Result.UNTOUCHED


def after_look(so_far: Result, *, base: Any, proposed: Any, actual: Any, by_us: bool) -> Result:
    """
    Return where one field of an update stands once a look showed this value.

    Agreement at one look stays, whatever becomes of the value later; so does a third value, until
    a look shows the proposed one. What we wrote ourselves is nobody's opinion.
    """
    if so_far in SETTLED:
        return so_far
    if same_value(actual, proposed):
        return so_far if by_us else Result.AGREED
    if same_value(actual, base) or by_us:
        return Result.UNTOUCHED if so_far is Result.GONE else so_far
    return Result.DIFFERED


def after_loss(so_far: Result, *, operation: str) -> Result:
    """Return where a field stands once a look did not find its record."""
    if so_far in SETTLED or so_far is Result.DIFFERED:
        return so_far
    return Result.AGREED if operation == "delete" else Result.GONE


def overall(results: Collection[Result]) -> Result:
    """Return what the fields of one proposal come to."""
    counted = {each for each in results if each not in SETTLED or each is Result.AGREED}
    if not counted:
        unclear = Result.NOT_COMPARABLE in results or not results
        return Result.NOT_COMPARABLE if unclear else Result.ALREADY_SO
    if Result.AGREED in counted:
        return Result.AGREED if len(counted) == 1 else Result.PARTLY
    ranked = (Result.DIFFERED, Result.GONE, Result.UNTOUCHED)
    return next(each for each in ranked if each in counted)
