"""Pure: one schedule with all that bears on it, and how it is laid out over a time."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.oncall import rotations, stacking
from orchestrator.oncall.rotations import Rotation, Span
from orchestrator.oncall.stacking import How, Period, Piece, Substitution


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """One layer while it is in force: a rotation, or the shifts of a feed."""

    number: int
    title: str
    from_: dt.datetime
    until: dt.datetime | None
    rotation: Rotation | None = None
    imported: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What says who is on call in one schedule."""

    layers: tuple[LayerPlan, ...] = ()
    overrides: tuple[Span, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    # When people cannot be on call: absences; for ever where they left or are in the role no more.
    away: Mapping[int, Sequence[Period]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strand:
    """One row of a schedule: a layer, or one of several people whom a feed has at once."""

    number: int
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A schedule over a time: its layers one by one, and who is asked first."""

    strands: tuple[Strand, ...]
    overrides: tuple[Piece, ...]
    final: tuple[Piece, ...]

    def seats(self, at: dt.datetime) -> list[Piece]:
        """Return who is on call at a moment, whoever is asked first at the front."""
        return stacking.seats([strand.pieces for strand in self.strands], self.final, at)

    def seated(self) -> list[tuple[int, Piece]]:
        """Return every seat over the whole time with its rank: 0 is asked first."""
        layers = [strand.pieces for strand in self.strands]
        return stacking.seated(layers, self.overrides, self.final)


def lay_out(plan: Plan, since: dt.datetime, until: dt.datetime) -> Layout:
    """Return the schedule with everything that has some time in [since, until), uncut."""
    strands = tuple(
        Strand(number, title, tuple(_effective(pieces, plan)))
        for number, title, pieces in _rows(plan.layers, since, until)
    )
    overriding = [
        span for span in plan.overrides if span.starts_at < until and since < span.ends_at
    ]
    overrides = stacking.without(
        stacking.pieces_of(overriding, layer=stacking.OVERRIDE, how=How.OVERRIDE), plan.away
    )
    final = stacking.stacked([strand.pieces for strand in strands], overrides)
    return Layout(strands, tuple(overrides), tuple(final))


def planned(plan: Plan, since: dt.datetime, until: dt.datetime) -> list[Piece]:
    """Return every layer's shifts with swaps carried out, whether or not their people are there."""
    found = []
    for _, _, pieces in _rows(plan.layers, since, until):
        found += stacking.exchanged(pieces, plan.substitutions)
    return sorted(found)


def lanes(spans: Iterable[Span]) -> list[list[Span]]:
    """Return the spans in as few rows as it takes for none to overlap in its row."""
    rows: list[list[Span]] = []
    for span in sorted(spans):
        for row in rows:
            if row[-1].ends_at <= span.starts_at:
                row.append(span)
                break
        else:
            rows.append([span])
    return rows


def _effective(pieces: Iterable[Piece], plan: Plan) -> list[Piece]:
    exchanged = stacking.exchanged(pieces, plan.substitutions)
    return stacking.merged(stacking.without(exchanged, plan.away))


def _rows(
    layers: Sequence[LayerPlan], since: dt.datetime, until: dt.datetime
) -> list[tuple[int, str, list[Piece]]]:
    """Return number, title and pieces of every row; what an edit replaced goes on in its row."""
    rows: dict[tuple[int, int], list[Piece]] = {}
    titles: dict[int, str] = {}
    for layer in layers:
        titles[layer.number] = layer.title
        for lane, pieces in enumerate(_pieces(layer, since, until)):
            rows.setdefault((layer.number, lane), []).extend(pieces)
    return [(number, titles[number], rows[number, lane]) for number, lane in sorted(rows)]


def _pieces(layer: LayerPlan, since: dt.datetime, until: dt.datetime) -> list[list[Piece]]:
    begins, ends = max(since, layer.from_), min(until, layer.until or until)
    if layer.rotation is not None:
        spans = rotations.shifts(layer.rotation, begins, ends) if begins < ends else []
        strands = [spans]
    else:
        strands = lanes(s for s in layer.imported if s.starts_at < until and since < s.ends_at)
    in_force = (layer.from_, layer.until or dt.datetime.max.replace(tzinfo=dt.UTC))
    return [
        stacking.cut(stacking.pieces_of(spans, layer=layer.number), *in_force)
        for spans in strands or [[]]
    ]
