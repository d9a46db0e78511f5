"""What people are told about absences: when they are set, begin, end or are called off."""

import datetime as dt
from dataclasses import replace

from django.db import connection, transaction
from django.db.models import Q

from orchestrator.people.models import Absence, User
from orchestrator.people.telling import Notice, tell

BATCH = 200


def tell_set(absence: Absence, *, by: User, at: dt.datetime) -> None:
    """Tell both that somebody will be away, or is from now on."""
    name, until = absence.person.display_name, _moment(absence.ends_at)
    begins = "from now" if absence.starts_at <= at else f"from {_moment(absence.starts_at)}"
    who = absence.delegate.display_name if absence.delegate else "Nobody"
    notices = [
        (
            absence.person,
            _notice(
                absence,
                "absence.set",
                title=f"You are out of office {begins} to {until}",
                lines=(f"{who} decides in your place.", _by(absence.person, by)),
            ),
        )
    ]
    if absence.delegate is not None:
        title = f"You stand in for {name} {begins} to {until}"
        lines = (
            f"What waits for {name} waits for you then. You decide under your own name.",
            _by(absence.delegate, by),
        )
        notices.append(
            (absence.delegate, _notice(absence, "absence.set", title=title, lines=lines))
        )
    tell(notices, at=at)


def tell_ended(absence: Absence, *, by: User, at: dt.datetime) -> None:
    """Tell both that it was called off, or ended before its time."""
    name = absence.person.display_name
    called_off = at < absence.starts_at
    words = "was called off" if called_off else "has ended"
    notices = [
        (
            absence.person,
            _notice(
                absence,
                "absence.ended",
                title=f"Your absence {words}",
                lines=("What waits for you is yours to decide.", _by(absence.person, by)),
            ),
        )
    ]
    if absence.delegate is not None:
        title = f"You do not stand in for {name}: the absence {words}"
        lines = (f"What waits for {name} is theirs to decide.", _by(absence.delegate, by))
        notices.append(
            (absence.delegate, _notice(absence, "absence.ended", title=title, lines=lines))
        )
    tell(notices, at=at)


def tell_changed(absence: Absence, *, left: User | None, by: User, at: dt.datetime) -> None:
    """Tell everybody concerned that somebody else stands in now."""
    name, until = absence.person.display_name, _moment(absence.ends_at)
    who = absence.delegate.display_name if absence.delegate else "Nobody"
    told = [(absence.person, f"{who} stands in for you, to {until}")]
    if left is not None:
        told.append((left, f"You do not stand in for {name} any more"))
    if absence.delegate is not None:
        told.append((absence.delegate, f"You stand in for {name}, to {until}"))
    key = f"absence:{absence.pk}:delegate:{at.isoformat()}"
    notices = [
        (
            person,
            replace(
                _notice(absence, "absence.set", title=title, lines=(_by(person, by),)), key=key
            ),
        )
        for person, title in told
    ]
    tell(notices, at=at)


@transaction.atomic
def remind_due(*, at: dt.datetime) -> int:
    """Remind both of absences that have begun or are over; return how many there were."""
    _lock_before_rows()
    begun = Q(start_told_at=None, starts_at__lte=at, ends_at__gt=at)
    over = Q(end_told_at=None, ends_at__lte=at)
    due = list(
        Absence.objects.filter(begun | over, cancelled_at=None)
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("person", "delegate")[:BATCH]
    )
    for absence in due:
        ended = absence.ends_at <= at
        told = "end_told_at" if ended else "start_told_at"
        Absence.objects.filter(pk=absence.pk).update(**{told: at})
        tell(_over(absence) if ended else _begun(absence), at=at)
    return len(due)


def _lock_before_rows() -> None:
    """Take the table before its rows, as whoever changes a delegate does: no deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE people_absence IN ROW EXCLUSIVE MODE")


def _begun(absence: Absence) -> list[tuple[User, Notice]]:
    name, until = absence.person.display_name, _moment(absence.ends_at)
    if absence.delegate is None:
        lines: tuple[str, ...] = ("Nobody decides in your place.",)
    else:
        lines = (f"{absence.delegate.display_name} decides in your place.",)
    title = f"You are out of office now, to {until}"
    notices = [
        (absence.person, _notice(absence, "absence.started", title=title, lines=lines)),
    ]
    if absence.delegate is not None:
        title = f"You stand in for {name} now, to {until}"
        lines = (f"What waits for {name} is in your inbox.",)
        notice = _notice(absence, "absence.started", title=title, lines=lines, pressing=True)
        notices.append((absence.delegate, notice))
    return notices


def _over(absence: Absence) -> list[tuple[User, Notice]]:
    name = absence.person.display_name
    title = "You are back: your absence is over"
    lines: tuple[str, ...] = ("What waits for you is yours to decide.",)
    notices = [(absence.person, _notice(absence, "absence.over", title=title, lines=lines))]
    if absence.delegate is not None:
        title = f"{name} is back: you do not stand in any more"
        lines = (f"What waits for {name} is theirs to decide.",)
        notices.append(
            (absence.delegate, _notice(absence, "absence.over", title=title, lines=lines))
        )
    return notices


def _notice(
    absence: Absence, event: str, *, title: str, lines: tuple[str, ...], pressing: bool = False
) -> Notice:
    return Notice(
        event=event,
        title=title,
        lines=tuple(line for line in lines if line),
        path="/me/",
        subject_kind="absence",
        subject_id=str(absence.pk),
        key=f"absence:{absence.pk}:{event}",
        pressing=pressing,
    )


def _by(told: User, by: User) -> str:
    return "" if told.pk == by.pk else f"Set by {by.display_name}."


def _moment(at: dt.datetime) -> str:
    return f"{at:%d %b %Y, %H:%M} UTC"
