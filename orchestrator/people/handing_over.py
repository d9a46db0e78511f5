"""Handing duties from one person to others: all of them or none, looked at before."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from audit import ledger
from orchestrator.kernel.errors import DomainError, ReasonNeeded
from orchestrator.people import carried
from orchestrator.people.carried import Item
from orchestrator.people.models import User
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.people.telling import Notice, tell


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item, or would: who takes it, or why they cannot."""

    item: Item
    to: User | None
    problem: str = ""


class CannotHandOver(DomainError):
    """Some of it cannot change hands like this, so nothing did."""

    code, status, title = "cannot_hand_over", 409, "Nothing was handed over"

    def __init__(self, results: list[Result]) -> None:
        """Keep every item with its result."""
        wrong = [f"{each.item.title}: {each.problem}" for each in results if each.problem]
        super().__init__(f"Nothing was changed. {' '.join(wrong)}")
        self.results = results


# By item; nobody means that it is dropped. What is not named stays with the person.
Successors = Mapping[str, User | None]


@transaction.atomic
def hand_over(
    *, person: User, successors: Successors, by: User, reason: str, at: dt.datetime
) -> list[Result]:
    """
    Give a person's duties to others, each to whom it was chosen for, all of them or none.

    :raises NotAllowed: if `by` is not staff
    :raises ReasonNeeded: if no reason is given
    :raises CannotHandOver: if one of them cannot change hands, with every item's result
    """
    check_may_administer_people(by)
    if not reason.strip():
        raise ReasonNeeded("Say why; it stands in the ledger beside your name.")
    items = [item for item in carried.carried_by(person, at=at) if item.id in successors]
    results = [
        _moved(item, person, successors[item.id], by=by, reason=reason, at=at) for item in items
    ]
    if any(each.problem for each in results):
        raise CannotHandOver(results)
    _record(person, results, by, reason, at)
    _tell(person, results, by, reason, at)
    return results


def preview(
    *, person: User, successors: Successors, by: User, reason: str, at: dt.datetime
) -> list[Result]:
    """
    Return what handing over would come to, item by item; it is done and undone again.

    :raises NotAllowed: if `by` is not staff
    """
    try:
        with transaction.atomic():
            results = hand_over(
                person=person, successors=successors, by=by, reason=reason or "Preview.", at=at
            )
            transaction.set_rollback(True)
    except CannotHandOver as refusal:
        return refusal.results
    return results


def _moved(
    item: Item, person: User, to: User | None, *, by: User, reason: str, at: dt.datetime
) -> Result:
    provider = carried.provider_of(item)
    try:
        with transaction.atomic():
            if item.elsewhere:
                return Result(item, None, "Change it on its own page first.")
            if to is None:
                provider.drop(item.key, person=person, by=by, reason=reason, at=at)
            elif to.pk == person.pk or not to.is_active:
                return Result(item, to, f"{to.display_name} cannot take it.")
            else:
                provider.hand_over(item.key, person=person, to=to, by=by, reason=reason, at=at)
    except DomainError as refusal:
        return Result(item, to, refusal.detail)
    return Result(item, to)


def _record(
    person: User, results: Iterable[Result], by: User, reason: str, at: dt.datetime
) -> None:
    moved = [{"item": each.item.id, "to": each.to.username if each.to else ""} for each in results]
    if not moved:
        return
    takers = sorted({each["to"] for each in moved if each["to"]})
    ledger.record(
        event="person.duties_handed_over",
        by=by.actor,
        at=at,
        subject_kind="person",
        subject_id=person.username,
        detail={"to": takers, "reason": reason.strip(), "duties": moved},
    )


def _tell(person: User, results: Iterable[Result], by: User, reason: str, at: dt.datetime) -> None:
    taken: dict[int, tuple[User, list[str]]] = {}
    for each in results:
        if each.to is not None:
            taken.setdefault(each.to.pk, (each.to, []))[1].append(each.item.title)
    notices = [
        (to, _notice(person, f"{len(titles)} duties of {person.display_name} are yours now",
                     (*titles[:10], f"{by.display_name}: {reason.strip()}"), at))
        for to, titles in taken.values()
    ]  # fmt: skip
    if taken:
        names = ", ".join(to.display_name for to, _ in taken.values())
        told = _notice(
            person, f"Your duties went to {names}", (f"{by.display_name}: {reason}",), at
        )
        notices.append((person, told))
    tell(notices, at=at)


def _notice(person: User, title: str, lines: tuple[str, ...], at: dt.datetime) -> Notice:
    return Notice(
        event="duties.handed_over",
        title=title,
        lines=lines,
        path=f"/people/{person.username}/",
        subject_kind="person",
        subject_id=person.username,
        key=f"duties:{person.username}:{at.isoformat()}",
        pressing=True,
    )
