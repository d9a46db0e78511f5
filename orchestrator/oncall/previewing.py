"""A rotation before it is saved: the coming weeks with it, and who would carry more or less."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from orchestrator.oncall import grid, stacking
from orchestrator.oncall.editing import Turns, check_people, new_layer, next_position
from orchestrator.oncall.loading import load, rotation_of
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.plans import LayerPlan, Layout, Plan, lay_out
from orchestrator.oncall.schedule_page import WEEKS, calendar
from orchestrator.oncall.wording import length_words

MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Load:
    """How long one person is asked first in the coming weeks, before and after."""

    name: str
    before: str
    after: str
    change: str
    is_more: bool


def preview(
    schedule: Schedule, turns: Turns, *, number: int | None, at: dt.datetime
) -> dict[str, Any]:
    """
    Return the coming four weeks as they would be; nothing is stored.

    :raises NobodyInTurn: if there is nobody in it
    :raises NotInTheRole: if somebody in it is not an active member of the role
    """
    check_people(schedule, turns.people)
    begins = grid.monday(at.astimezone(ZoneInfo(schedule.time_zone)).date())
    since, until = grid.bounds(begins, WEEKS, ZoneInfo(schedule.time_zone))
    # A day more on both sides, so that shifts at the edges have their whole length.
    wide = (since - grid.DAY, until + grid.DAY)
    [loaded] = load([schedule], since=wide[0], until=wide[1])
    people = {**loaded.people, **{person.pk: person for person in turns.people}}
    place = number or next_position(schedule)
    plan = changed(loaded.plan, _layer_plan(schedule, turns, place, at), at)
    before, after = lay_out(loaded.plan, *wide), lay_out(plan, *wide)
    names = {pk: person.display_name for pk, person in people.items()}
    shown = replace(loaded, plan=plan, people=people)
    return {**calendar(shown, after, begins, at), "loads": _loads(before, after, names, at, until)}


def changed(plan: Plan, layer: LayerPlan, at: dt.datetime) -> Plan:
    """Return the plan with a layer in the place of the one there, from this moment on."""
    kept = [
        replace(each, until=at) if each.number == layer.number and each.until is None else each
        for each in plan.layers
    ]
    return replace(plan, layers=(*kept, layer))


def _layer_plan(schedule: Schedule, turns: Turns, number: int, at: dt.datetime) -> LayerPlan:
    rotation = rotation_of(
        new_layer(schedule, turns, number), [person.pk for person in turns.people]
    )
    return LayerPlan(number, turns.title, at, None, rotation)


def _loads(
    before: Layout, after: Layout, names: dict[int, str], at: dt.datetime, until: dt.datetime
) -> list[Load]:
    was, would = _hours(before, at, until), _hours(after, at, until)
    lines = []
    for person in sorted(was.keys() | would.keys(), key=lambda pk: names[pk]):
        change = would[person] - was[person]
        sign = "+" if change > dt.timedelta() else MINUS
        lines.append(
            Load(
                names[person],
                length_words(was[person]) if was[person] else "nothing",
                length_words(would[person]) if would[person] else "nothing",
                f"{sign}{length_words(abs(change))}" if change else "unchanged",
                is_more=change > dt.timedelta(),
            )
        )
    return lines


def _hours(layout: Layout, at: dt.datetime, until: dt.datetime) -> dict[int, dt.timedelta]:
    total: dict[int, dt.timedelta] = defaultdict(dt.timedelta)
    for piece in stacking.cut(layout.final, at, until):
        total[piece.person] += piece.ends_at - piece.starts_at
    return total
