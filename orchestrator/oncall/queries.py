"""Who is on call for a role, and whom to ask after them."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.oncall.loading import Loaded, load
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.plans import Layout, lay_out
from orchestrator.oncall.stacking import How, Piece
from orchestrator.people.models import Role, User
from orchestrator.people.queries import reachable_members

# As far as we look back for the start of a shift, and forward for who is next.
BACK = dt.timedelta(days=8)
AHEAD = dt.timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Shift:
    """One person's time on call: from, until, and by what: a layer, an override or a swap."""

    person: User
    starts_at: dt.datetime
    ends_at: dt.datetime
    words: str
    schedule: Schedule
    # 0 for an override.
    layer: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call in one schedule: now, next, and how it was laid out to say so."""

    loaded: Loaded
    layout: Layout
    now: list[Shift]
    next: list[Shift]

    @property
    def next_hand_off(self) -> dt.datetime | None:
        """Return when somebody else is asked first, as far as that is planned."""
        first = self.now[0].person.pk if self.now else None
        return next((each.starts_at for each in self.next if each.person.pk != first), None)


def on_call_now(*, role: Role, at: dt.datetime) -> list[Shift]:
    """Return who is on call for the role at this moment, whoever is asked first at the front."""
    return [shift for duty in duties([role], at=at) for shift in duty.now]


def next_hand_off(*, role: Role, at: dt.datetime) -> Shift | None:
    """Return the shift with which somebody else is asked first, or None where none is planned."""
    for duty in duties([role], at=at):
        moment = duty.next_hand_off
        return next((shift for shift in duty.next if shift.starts_at == moment), None)
    return None


def order(*, role: Role, at: dt.datetime) -> list[User]:
    """
    Return whom to page, first to last, each once.

    On call now by layer, then whoever is on call next, then every reachable member of the role.
    """
    planned = {
        shift.person.pk: shift.person
        for duty in duties([role], at=at)
        for shift in (*duty.now, *duty.next)
        if not duty.loaded.is_away(shift.person.pk, at)
    }
    members = {person.pk: person for person in reachable_members(role=role, at=at)}
    return list({**planned, **members}.values())


def duties(roles: list[Role], *, at: dt.datetime) -> list[Duty]:
    """Return who is on call now and next in the schedules of these roles."""
    schedules = Schedule.objects.filter(role__in=roles).select_related("role")
    since, until = at - BACK, at + AHEAD
    return [
        _duty(each, since, until, at) for each in load(list(schedules), since=since, until=until)
    ]


def words_for(piece: Piece, layers: dict[int, str]) -> str:
    """Say by what somebody is on call."""
    if piece.how is How.OVERRIDE:
        return "Override"
    title = layers.get(piece.layer, f"Layer {piece.layer}")
    return f"{title}, by a swap" if piece.how is How.SWAP else title


def shift_of(piece: Piece, loaded: Loaded, layout: Layout) -> Shift:
    """Return a piece with its person and its words."""
    layers = {strand.number: strand.title for strand in layout.strands}
    return Shift(
        person=loaded.people[piece.person],
        starts_at=piece.starts_at,
        ends_at=piece.ends_at,
        words=words_for(piece, layers),
        schedule=loaded.schedule,
        layer=piece.layer,
    )


def _duty(loaded: Loaded, since: dt.datetime, until: dt.datetime, at: dt.datetime) -> Duty:
    layout = lay_out(loaded.plan, since, until)
    return Duty(
        loaded=loaded,
        layout=layout,
        now=[shift_of(piece, loaded, layout) for piece in layout.seats(at)],
        next=[shift_of(piece, loaded, layout) for piece in layout.final if piece.starts_at > at],
    )
