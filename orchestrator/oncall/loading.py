"""Schedules as plans: a handful of queries, however many schedules and people there are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q

from orchestrator.oncall.availability import ALWAYS, absences_of, members_of
from orchestrator.oncall.models import ImportedShift, Layer, Override, Participant, Schedule, Swap
from orchestrator.oncall.plans import LayerPlan, Plan
from orchestrator.oncall.rotations import Rotation, Span, Window
from orchestrator.oncall.stacking import Period, Substitution
from orchestrator.oncall.states import SwapState, Unit
from orchestrator.people.models import User


@dataclass(frozen=True, slots=True)
class Loaded:
    """A schedule, its plan over a time, and the people in it."""

    schedule: Schedule
    plan: Plan
    people: dict[int, User]
    members: set[int]
    absences: dict[int, list[Period]]

    def is_away(self, person: int, at: dt.datetime) -> bool:
        """Say whether the person has an absence at this moment."""
        return any(starts <= at < ends for starts, ends in self.absences.get(person, ()))


def load(schedules: Sequence[Schedule], *, since: dt.datetime, until: dt.datetime) -> list[Loaded]:
    """Return each schedule (read with its role) with all that bears on [since, until)."""
    layers = _layers(schedules, since, until)
    overrides = _overrides(schedules, since)
    swaps = _swaps(schedules, since)
    named = {person for plans in layers.values() for plan in plans for person in _people(plan)}
    named |= {span.person for spans in overrides.values() for span in spans}
    named |= {
        person for each in swaps.values() for swap in each for person in (swap.gives, swap.takes)
    }
    people = User.objects.in_bulk(named)
    members = members_of(schedule.role.group_id for schedule in schedules)
    absences = absences_of(named, since=since, until=until)
    found = []
    for schedule in schedules:
        belonging = members.get(schedule.role.group_id, set())
        gone = {person: [ALWAYS] for person in named - belonging}
        plan = Plan(
            layers=tuple(layers[schedule.pk]),
            overrides=tuple(overrides[schedule.pk]),
            substitutions=tuple(swaps[schedule.pk]),
            away={**absences, **gone},
        )
        found.append(Loaded(schedule, plan, people, belonging, absences))
    return found


def rotation_of(layer: Layer, people: Iterable[int]) -> Rotation:
    """Return a layer's rotation as the pure functions know it."""
    step = dt.timedelta(hours=1) if layer.unit == Unit.HOURS else dt.timedelta(days=1)
    return Rotation(
        people=tuple(people),
        zone=ZoneInfo(layer.time_zone),
        starts=dt.datetime.combine(layer.starts_on, layer.hand_off_at),
        length=layer.every * step,
        windows=tuple(
            Window(
                frozenset(window["weekdays"]),
                dt.time.fromisoformat(window["from"]),
                dt.time.fromisoformat(window["to"]),
            )
            for window in layer.windows
        ),
    )


def _people(layer: LayerPlan) -> list[int]:
    turns = layer.rotation.people if layer.rotation is not None else ()
    return [*turns, *(span.person for span in layer.imported)]


def _layers(
    schedules: Sequence[Schedule], since: dt.datetime, until: dt.datetime
) -> dict[int, list[LayerPlan]]:
    rows = list(
        Layer.objects.filter(schedule__in=schedules, in_force_from__lt=until)
        .filter(Q(in_force_until=None) | Q(in_force_until__gt=since))
        .order_by("position", "in_force_from", "pk")
    )
    turns: dict[int, list[int]] = defaultdict(list)
    for layer, person in (
        Participant.objects.filter(layer__in=rows)
        .order_by("layer", "place")
        .values_list("layer", "person")
    ):
        turns[layer].append(person)
    imported: dict[int, list[Span]] = defaultdict(list)
    shifts = ImportedShift.objects.filter(
        feed__layer__in=rows, person__isnull=False, ends_at__gt=since, starts_at__lt=until
    )
    for layer, starts, ends, person in shifts.values_list(
        "feed__layer", "starts_at", "ends_at", "person"
    ):
        imported[layer].append(Span(starts, ends, person))
    found: dict[int, list[LayerPlan]] = defaultdict(list)
    for row in rows:
        people = turns[row.pk]
        rotation = rotation_of(row, people) if people else None
        found[row.schedule_id].append(
            LayerPlan(
                number=row.position,
                title=row.title,
                from_=row.in_force_from,
                until=row.in_force_until,
                rotation=rotation,
                imported=tuple(sorted(imported[row.pk])),
            )
        )
    return found


def _overrides(schedules: Sequence[Schedule], since: dt.datetime) -> dict[int, list[Span]]:
    rows = Override.objects.filter(
        schedule__in=schedules, withdrawn_at=None, ends_at__gt=since
    ).values_list("schedule", "starts_at", "ends_at", "person")
    found: dict[int, list[Span]] = defaultdict(list)
    for schedule, starts, ends, person in rows:
        found[schedule].append(Span(starts, ends, person))
    return found


def _swaps(schedules: Sequence[Schedule], since: dt.datetime) -> dict[int, list[Substitution]]:
    rows = (
        Swap.objects.filter(schedule__in=schedules, state=SwapState.ACCEPTED)
        .filter(Q(gives_until__gt=since) | Q(takes_until__gt=since))
        .order_by("settled_at", "pk")
    )
    found: dict[int, list[Substitution]] = defaultdict(list)
    for swap in rows:
        one, other = swap.asked_by_id, swap.asked_of_id
        found[swap.schedule_id] += [
            Substitution(swap.gives_layer, swap.gives_from, swap.gives_until, one, other),
            Substitution(swap.takes_layer, swap.takes_from, swap.takes_until, other, one),
        ]
    return found
