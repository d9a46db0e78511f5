"""What the page of one schedule shows."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from audit.queries import subject_history
from orchestrator.oncall import feeds, grid, pages, queries, watching
from orchestrator.oncall.availability import members_of
from orchestrator.oncall.editing import in_force
from orchestrator.oncall.forms import FeedForm, OverrideForm, ScheduleForm, SwapForm
from orchestrator.oncall.grid import Reader
from orchestrator.oncall.loading import Loaded, load
from orchestrator.oncall.models import Layer, Override, Schedule, Swap
from orchestrator.oncall.moments import shown, zone_of
from orchestrator.oncall.permissions import may_edit, may_set_address
from orchestrator.oncall.plans import Layout, lay_out
from orchestrator.oncall.states import LayerKind, SwapState
from orchestrator.oncall.wording import turns_words, windows_words
from orchestrator.people.models import User

WEEKS = 4
LATEST = 12
FURTHEST = dt.timedelta(days=366)


def schedule_page(
    schedule: Schedule, person: User, *, at: dt.datetime, first: dt.date | None, **forms: Any
) -> dict[str, Any]:
    """Return four weeks of a schedule, what stands above its layers, and what one may do."""
    zone = ZoneInfo(schedule.time_zone)
    today = at.astimezone(zone).date()
    begins = grid.monday(_within(first or today, today))
    since, until = grid.bounds(begins, WEEKS, zone)
    loaded, layout = laid_out(schedule, since, until)
    members = members_of([schedule.role.group_id]).get(schedule.role.group_id, set())
    candidates = list(User.objects.filter(pk__in=members).order_by("first_name", "username"))
    edits, is_member = may_edit(person), person.pk in members
    context = {
        "schedule": schedule,
        "may_edit": edits,
        "may_override": edits or is_member,
        "may_swap": is_member,
        "may_set_address": may_set_address(person),
        "previous": begins - WEEKS * grid.WEEK,
        "following": begins + WEEKS * grid.WEEK,
        "is_current": begins == grid.monday(today),
        "layers": layer_lines(schedule, at),
        "overrides": _overrides(schedule, person, at),
        "swaps": _swaps(schedule, person, at),
        "history": subject_history(kind="schedule", id=schedule.role.slug, limit=LATEST),
        **calendar(loaded, layout, begins, at),
        **_now(schedule, person, at),
    }
    shifts = _coming(schedule, at) if is_member else []
    makers: dict[str, Callable[[], Any]] = {
        "override_form": lambda: OverrideForm(people=candidates, by=person, zone=zone, at=at),
        "swap_form": lambda: SwapForm(shifts=shifts, person=person),
        "feed_form": FeedForm,
        "schedule_form": lambda: ScheduleForm(
            initial={"title": schedule.title, "time_zone": schedule.time_zone}
        ),
    }
    return {**context, **{name: forms.get(name) or make() for name, make in makers.items()}}


def laid_out(schedule: Schedule, since: dt.datetime, until: dt.datetime) -> tuple[Loaded, Layout]:
    """Return a schedule over a time."""
    # A little more on both sides, so that shifts at the edges have their whole length.
    since, until = since - grid.DAY, until + grid.DAY
    [loaded] = load([schedule], since=since, until=until)
    return loaded, lay_out(loaded.plan, since, until)


def calendar(loaded: Loaded, layout: Layout, begins: dt.date, at: dt.datetime) -> dict[str, Any]:
    """Return a layout as weeks, and as days for narrow screens."""
    names = {pk: person.display_name for pk, person in loaded.people.items()}
    reader = Reader(names, ZoneInfo(loaded.schedule.time_zone), at)
    return {
        "weeks": grid.weeks_of(layout, begins, WEEKS, reader),
        "days": grid.days_of(layout, begins, WEEKS, reader),
        "begins": begins,
        "ends": begins + WEEKS * grid.WEEK - grid.DAY,
    }


def coming_shifts(schedule: Schedule, at: dt.datetime) -> list[queries.Shift]:
    """Return every layer's shifts of the coming weeks that have not begun: what can be swapped."""
    loaded, layout = laid_out(schedule, at, at + WEEKS * 2 * grid.WEEK)
    return [
        queries.shift_of(piece, loaded, layout)
        for strand in layout.strands
        for piece in strand.pieces
        if piece.starts_at > at
    ]


def layer_lines(schedule: Schedule, at: dt.datetime) -> list[dict[str, Any]]:
    """Return the layers in force with their people in turn, and their feeds."""
    rows = list(in_force(schedule).select_related("feed").prefetch_related("participants__person"))
    unmatched = feeds.unmatched_names(
        [row for row in rows if row.kind == LayerKind.IMPORTED], at=at
    )
    return [_layer_line(row, unmatched.get(row.pk, [])) for row in rows]


def _layer_line(row: Layer, unmatched: Sequence[str]) -> dict[str, Any]:
    return {
        "layer": row,
        "turns": turns_words(row),
        "windows": windows_words(row.windows),
        "people": [each.person for each in row.participants.all()],
        "feed": row.feed if row.kind == LayerKind.IMPORTED else None,
        "unmatched": unmatched,
    }


def _coming(schedule: Schedule, at: dt.datetime) -> list[queries.Shift]:
    return sorted(coming_shifts(schedule, at), key=lambda shift: (shift.starts_at, shift.words))


def _now(schedule: Schedule, person: User, at: dt.datetime) -> dict[str, Any]:
    fragment = pages.fragment(schedule.role, person, at=at)
    found = watching.gaps_of([schedule], at=at)[schedule.pk]
    gaps = [pages.gap_line(each, schedule, person, at) for each in found]
    return {"line": fragment["line"], "gaps": gaps}


def _overrides(schedule: Schedule, person: User, at: dt.datetime) -> list[dict[str, Any]]:
    edits = may_edit(person)
    zone, yours = ZoneInfo(schedule.time_zone), zone_of(person.time_zone)
    rows = Override.objects.filter(schedule=schedule, withdrawn_at=None, ends_at__gt=at)
    return [
        {
            "override": row,
            "starts": shown(row.starts_at, zone, yours),
            "ends": shown(row.ends_at, zone, yours),
            "may_withdraw": edits or person.pk in (row.person_id, row.made_by_id),
        }
        for row in rows.select_related("person", "made_by").order_by("starts_at", "pk")
    ]


def _swaps(schedule: Schedule, person: User, at: dt.datetime) -> list[dict[str, Any]]:
    zone, yours = ZoneInfo(schedule.time_zone), zone_of(person.time_zone)
    rows = Swap.objects.filter(schedule=schedule).select_related("asked_by", "asked_of")
    return [
        {
            "swap": row,
            "gives": (shown(row.gives_from, zone, yours), shown(row.gives_until, zone, yours)),
            "takes": (shown(row.takes_from, zone, yours), shown(row.takes_until, zone, yours)),
            "may_answer": row.state == SwapState.ASKED and row.asked_of_id == person.pk,
            "may_withdraw": row.state == SwapState.ASKED and row.asked_by_id == person.pk,
        }
        for row in rows.order_by("-asked_at", "-pk")[:LATEST]
    ]


def _within(day: dt.date, today: dt.date) -> dt.date:
    return max(today - FURTHEST, min(day, today + FURTHEST))
