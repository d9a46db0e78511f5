"""
Pure: layers, swaps, absences and overrides laid on one another.

Layer 1 is asked first. Where it has nobody (out of hours, away, gone), the next layer answers.
Accepted swaps change the person inside a layer; an override stands above all layers.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from orchestrator.kernel.choices import Choices
from orchestrator.oncall.rotations import Span

Period = tuple[dt.datetime, dt.datetime]
OVERRIDE = 0


class How(Choices):
    """By what somebody is on call."""

    TURN = "turn"
    SWAP = "swap"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """One person's unbroken time in one layer; layer 0 stands for an override."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    person: int
    layer: int
    how: How
    # The start of the shift it was cut from: two shifts of one person in a row stay two.
    shift: dt.datetime


@dataclass(frozen=True, slots=True)
class Substitution:
    """Half of an accepted swap: whenever it is `gives`' turn in this layer, it is `takes`'."""

    layer: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    gives: int
    takes: int


def pieces_of(spans: Iterable[Span], *, layer: int, how: How = How.TURN) -> list[Piece]:
    """Return the spans as pieces of a layer, in order."""
    return [
        Piece(span.starts_at, span.ends_at, span.person, layer, how, span.starts_at)
        for span in sorted(spans)
    ]


def cut(pieces: Iterable[Piece], starts_at: dt.datetime, ends_at: dt.datetime) -> list[Piece]:
    """Return what lies inside the period."""
    return [
        replace(each, starts_at=max(each.starts_at, starts_at), ends_at=min(each.ends_at, ends_at))
        for each in pieces
        if each.starts_at < ends_at and starts_at < each.ends_at
    ]


def without(pieces: Iterable[Piece], away: Mapping[int, Sequence[Period]]) -> list[Piece]:
    """Return the pieces less the times at which their people are away."""
    left = []
    for piece in pieces:
        parts = [piece]
        for starts, ends in away.get(piece.person, ()):
            parts = [part for whole in parts for part in _outside(whole, starts, ends)]
        left += parts
    return left


def exchanged(pieces: Iterable[Piece], substitutions: Sequence[Substitution]) -> list[Piece]:
    """Return the pieces with each substitution carried out, in the order of agreement."""
    current = list(pieces)
    for change in substitutions:
        current = [part for piece in current for part in _exchanged(piece, change)]
    return current


def stacked(layers: Sequence[Sequence[Piece]], overrides: Sequence[Piece]) -> list[Piece]:
    """Return who is asked first at every moment: overrides, then the layers from the first on."""
    strands = [sorted(strand) for strand in (overrides, *layers)]
    whole = [piece for strand in strands for piece in strand]
    edges = sorted({edge for piece in whole for edge in (piece.starts_at, piece.ends_at)})
    starts = [[piece.starts_at for piece in strand] for strand in strands]
    found: list[Piece] = []
    for begins, ends in pairwise(edges):
        for strand, known in zip(strands, starts, strict=True):
            piece = _at(strand, known, begins)
            if piece is not None:
                found.append(replace(piece, starts_at=begins, ends_at=ends))
                break
    return merged(found)


def merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Return neighbours that belong to one shift as one piece."""
    found: list[Piece] = []
    for piece in sorted(pieces):
        last = found[-1] if found else None
        if last is not None and _belong_together(last, piece):
            found[-1] = replace(last, ends_at=piece.ends_at)
        else:
            found.append(piece)
    return found


def holes(pieces: Iterable[Piece], since: dt.datetime, until: dt.datetime) -> list[Period]:
    """Return the parts of [since, until) in which nobody stands."""
    found, reached = [], since
    for piece in sorted(pieces):
        if piece.starts_at > reached:
            found.append((reached, min(piece.starts_at, until)))
        reached = max(reached, piece.ends_at)
        if reached >= until:
            return found
    return [*found, (reached, until)]


def seats(
    layers: Sequence[Sequence[Piece]], final: Sequence[Piece], at: dt.datetime
) -> list[Piece]:
    """
    Return who is on call at a moment, whoever is asked first at the front.

    An override stands instead of the first layer that has somebody; the layers below it stay.
    """
    standing = [piece for strand in layers for piece in strand if covers(piece, at)]
    first = [piece for piece in final if covers(piece, at)]
    below = standing[1:] if first else standing
    people: set[int] = set()
    found = []
    for piece in [*first, *below]:
        if piece.person not in people:
            people.add(piece.person)
            found.append(piece)
    return found


def seated(
    layers: Sequence[Sequence[Piece]], overrides: Sequence[Piece], final: Sequence[Piece]
) -> list[tuple[int, Piece]]:
    """Return every seat over the whole time with its rank: 0 is asked first, 1 after that."""
    whole = [*overrides, *(piece for strand in layers for piece in strand)]
    edges = sorted({edge for piece in whole for edge in (piece.starts_at, piece.ends_at)})
    ranked: dict[int, list[Piece]] = {}
    for begins, ends in pairwise(edges):
        for rank, piece in enumerate(seats(layers, final, begins)):
            ranked.setdefault(rank, []).append(replace(piece, starts_at=begins, ends_at=ends))
    return [(rank, piece) for rank in sorted(ranked) for piece in merged(ranked[rank])]


def covers(piece: Piece, at: dt.datetime) -> bool:
    """Say whether the piece has this moment in it."""
    return piece.starts_at <= at < piece.ends_at


def _belong_together(one: Piece, next_: Piece) -> bool:
    as_one = replace(one, ends_at=next_.ends_at)
    return one.ends_at == next_.starts_at and replace(next_, starts_at=one.starts_at) == as_one


def _at(strand: Sequence[Piece], starts: Sequence[dt.datetime], at: dt.datetime) -> Piece | None:
    number = bisect_right(starts, at) - 1
    return strand[number] if number >= 0 and covers(strand[number], at) else None


def _outside(piece: Piece, starts: dt.datetime, ends: dt.datetime) -> list[Piece]:
    if ends <= piece.starts_at or piece.ends_at <= starts:
        return [piece]
    parts = []
    if piece.starts_at < starts:
        parts.append(replace(piece, ends_at=starts))
    if ends < piece.ends_at:
        parts.append(replace(piece, starts_at=ends))
    return parts


def _exchanged(piece: Piece, change: Substitution) -> list[Piece]:
    inside = cut([piece], change.starts_at, change.ends_at)
    if (piece.layer, piece.person) != (change.layer, change.gives) or not inside:
        return [piece]
    taken = [replace(part, person=change.takes, how=How.SWAP) for part in inside]
    return sorted([*_outside(piece, change.starts_at, change.ends_at), *taken])
