"""Setting schedules and their rotations; what was in force before stays on record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max, QuerySet

from audit import ledger
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.oncall import wording
from orchestrator.oncall.availability import members_of
from orchestrator.oncall.models import Layer, Participant, Schedule
from orchestrator.oncall.states import LayerKind, Unit
from orchestrator.people.models import Role, User

STEPS = {LayerKind.DAILY: 1, LayerKind.WEEKLY: 7}


class ScheduleExists(DomainError):
    """The role has its one schedule."""

    code, status, title = "schedule_exists", 409, "The role has a schedule already"


class NotInTheRole(DomainError):
    """Whoever is on call for a role must carry it."""

    code, status, title = "not_in_the_role", 422, "Not a member of the role"


class NobodyInTurn(DomainError):
    """A rotation needs people."""

    code, status, title = "nobody_in_turn", 422, "Nobody is in the rotation"


class LayerChanged(DomainError):
    """The layer is no longer the one on the screen."""

    code, status, title = "layer_changed", 409, "Somebody changed this rotation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What a person sets of a rotation."""

    title: str
    kind: str
    starts_on: dt.date
    hand_off_at: dt.time
    people: tuple[User, ...] = ()
    every: int = 1
    unit: str = Unit.DAYS
    windows: tuple[dict[str, object], ...] = ()

    def counted(self) -> "Turns":
        """Return the same with its length as a number of days or hours."""
        step = STEPS.get(LayerKind(self.kind))
        return self if step is None else replace(self, every=step, unit=Unit.DAYS)


@transaction.atomic
def create_schedule(
    *, role: Role, title: str, time_zone: str, by: User, at: dt.datetime
) -> Schedule:
    """
    Set up the schedule of a role, without any rotation yet.

    :raises ScheduleExists: if the role has one
    """
    schedule, created = Schedule.objects.get_or_create(
        role=role, defaults={"title": title, "time_zone": time_zone}
    )
    if not created:
        raise ScheduleExists(f"{role.title} has the schedule {schedule.title} already.")
    record(schedule, "created", {"title": title, "time_zone": time_zone}, by, at)
    return schedule


@transaction.atomic
def change_schedule(
    *, schedule: Schedule, title: str, time_zone: str, reason: str, by: User, at: dt.datetime
) -> None:
    """Rename a schedule or move it to another zone: its hand-offs keep their time on the wall."""
    locked = lock(schedule)
    if time_zone != locked.time_zone:
        for layer in in_force(locked).exclude(kind=LayerKind.IMPORTED):
            people = [each.person for each in layer.participants.select_related("person")]
            _end(layer, at)
            layer.pk, layer.time_zone = None, time_zone
            _store(layer, people, at)
    Schedule.objects.filter(pk=schedule.pk).update(title=title, time_zone=time_zone)
    detail = {"title": title, "time_zone": time_zone, "reason": reason}
    record(locked, "changed", detail, by, at)


@transaction.atomic
def set_layer(
    *,
    schedule: Schedule,
    turns: Turns,
    reason: str,
    by: User,
    at: dt.datetime,
    number: int | None = None,
    seen: int | None = None,
) -> Layer:
    """
    Add a rotation below the others, or put it in the place of layer `number`, from now on.

    :raises NobodyInTurn: if there is nobody in it
    :raises NotInTheRole: if somebody in it is not an active member of the role
    :raises LayerChanged: if the layer in force is not the one that was `seen`
    """
    locked = lock(schedule)
    check_people(locked, turns.people)
    event = "layer_added" if number is None else "layer_changed"
    if number is None:
        number = next_position(locked)
    else:
        end_seen(locked, number, seen, at)
    layer = _store(new_layer(locked, turns, number), turns.people, at)
    detail = {
        "layer": number,
        "title": layer.title,
        "turns": wording.turns_words(layer),
        "people": [person.username for person in turns.people],
        "windows": wording.windows_words(layer.windows),
        "reason": reason,
    }
    ledger_record(locked, f"oncall.{event}", detail, by, at)
    return layer


@transaction.atomic
def end_layer(
    *, schedule: Schedule, number: int, seen: int | None, reason: str, by: User, at: dt.datetime
) -> None:
    """
    End a layer from now on.

    :raises LayerChanged: if the layer in force is not the one that was `seen`
    """
    locked = lock(schedule)
    layer = end_seen(locked, number, seen, at)
    detail = {"layer": number, "title": layer.title, "reason": reason}
    ledger_record(locked, "oncall.layer_ended", detail, by, at)


def in_force(schedule: Schedule) -> QuerySet[Layer]:
    """Return the schedule's layers in force, the first one first."""
    return Layer.objects.filter(schedule=schedule, in_force_until=None).order_by("position")


def layer_at(schedule: Schedule, number: int) -> Layer:
    """
    Return the layer in force in this place.

    :raises NotFound: if there is none
    """
    layer = in_force(schedule).filter(position=number).first()
    if layer is None:
        raise NotFound(f"{schedule.title} has no layer {number}.")
    return layer


def lock(schedule: Schedule) -> Schedule:
    """Let one change of the schedule at a time through; return it as it is stored."""
    return (
        Schedule.objects.select_related("role").select_for_update(of=("self",)).get(pk=schedule.pk)
    )


def new_layer(schedule: Schedule, turns: Turns, number: int) -> Layer:
    """Return a rotation as a row that is not stored."""
    counted = turns.counted()
    return Layer(
        schedule=schedule,
        position=number,
        title=counted.title,
        time_zone=schedule.time_zone,
        kind=counted.kind,
        every=counted.every,
        unit=counted.unit,
        starts_on=counted.starts_on,
        hand_off_at=counted.hand_off_at,
        windows=list(counted.windows),
    )


def check_people(schedule: Schedule, people: Sequence[User]) -> None:
    """
    Refuse a rotation that nobody, or somebody else, would carry.

    :raises NobodyInTurn: if there is nobody
    :raises NotInTheRole: if somebody is not an active member of the role
    """
    if not people:
        raise NobodyInTurn("Give at least one person a place in the rotation.")
    members = members_of([schedule.role.group_id]).get(schedule.role.group_id, set())
    strangers = [person.display_name for person in people if person.pk not in members]
    if strangers:
        raise NotInTheRole(
            f"{', '.join(strangers)}: not an active member of {schedule.role.title}. Add them to "
            "the role first."
        )


def next_position(schedule: Schedule) -> int:
    """Return the place below the schedule's last layer, past ones included."""
    last = schedule.layers.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def end_seen(schedule: Schedule, number: int, seen: int | None, at: dt.datetime) -> Layer:
    """
    End the layer in force in this place, if it is the one on the screen.

    :raises LayerChanged: if it is another one
    """
    layer = layer_at(schedule, number)
    if layer.pk != seen:
        raise LayerChanged("Look at it again: it is not as it was on your screen.")
    _end(layer, at)
    return layer


def record(
    schedule: Schedule, happened: str, detail: Mapping[str, object], by: User, at: dt.datetime
) -> None:
    """Write what happened to the schedule itself."""
    ledger_record(schedule, f"oncall.schedule_{happened}", detail, by, at)


def ledger_record(
    schedule: Schedule, event: str, detail: Mapping[str, object], by: User, at: dt.datetime
) -> None:
    """Write an entry about the schedule."""
    ledger.record(
        event=event,
        by=by.actor,
        at=at,
        subject_kind="schedule",
        subject_id=schedule.role.slug,
        detail=dict(detail),
    )


def _end(layer: Layer, at: dt.datetime) -> None:
    Layer.objects.filter(pk=layer.pk, in_force_until=None).update(in_force_until=at)


def _store(layer: Layer, people: Sequence[User], at: dt.datetime) -> Layer:
    layer.in_force_from, layer.in_force_until = at, None
    layer.save(force_insert=True)
    Participant.objects.bulk_create(
        Participant(layer=layer, place=place, person=person)
        for place, person in enumerate(people, start=1)
    )
    return layer
