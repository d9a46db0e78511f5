"""ORDER BY, LIMIT and OFFSET, over rows or over groups."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from orchestrator.simulator.soql.nodes import Operand, Query
from orchestrator.simulator.soql.predicates import Access, Getter

Subject = TypeVar("Subject")


def arranged(
    subjects: Iterable[Subject], query: Query, access: Callable[[Operand], Access]
) -> list[Subject]:
    """Return the subjects in the order a query asks for; ties keep the order they came in."""
    found = list(subjects)
    for order in reversed(query.order_by):
        key = access(order.operand).key
        _sort(found, key, descending=order.descending, nulls_first=order.nulls_first)
    return found


def page(subjects: list[Subject], query: Query) -> list[Subject]:
    """Return the part of the subjects that LIMIT and OFFSET leave."""
    end = None if query.limit is None else query.offset + query.limit
    return subjects[query.offset : end]


def _sort(found: list[Any], key: Getter, *, descending: bool, nulls_first: bool) -> None:
    valued = [(key(subject), subject) for subject in found]
    nulls = [subject for value, subject in valued if value is None]
    rest = [pair for pair in valued if pair[0] is not None]
    rest.sort(key=lambda pair: pair[0], reverse=descending)
    others = [subject for _, subject in rest]
    found[:] = nulls + others if nulls_first else others + nulls
