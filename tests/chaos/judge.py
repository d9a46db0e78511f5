"""
What became of every approved change? Judged from the org's log of effects and our ledger. Pure.

Every approved change carries a value of its own, so an effect tells which change it came from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.story import Story

Pair = tuple[Any, Any]
# Where an approved revision may end without having been written: a person sees each of them.
VISIBLE = frozenset({"failed", "unclear", "discarded", "returned", "expired", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Effect:
    """One durable effect of the integration user in the org: old and new of what changed."""

    sequence: int
    operation: str
    object_name: str
    record_id: str
    fields: Mapping[str, Pair]
    # The request it came with: what one call writes comes from one revision of a proposal.
    call: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One approved change: the values asked for, and the base that people saw."""

    operation: str
    object_name: str
    record_id: str
    fields: Mapping[str, Any]
    base: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved revision and where the ledger says that it stands."""

    proposal: str
    revision: int
    changes: Sequence[Wanted]
    standing: str
    # Whether its content still has the digest that the ledger says was approved.
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """One `record.changed` of the ledger."""

    proposal: str
    object_name: str
    record_id: str
    fields: Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Case:
    """All that is judged."""

    effects: Sequence[Effect]
    approved: Sequence[Approved]
    recorded: Sequence[Recorded]
    stories: Mapping[str, Story] = field(default_factory=dict)
    # The state of each proposal as its row says, and the commits that still hold a record.
    states: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    # What agents were answered: the proposal of each idempotency key.
    acknowledged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One promise that was broken, and by what."""

    kind: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class _Match:
    approved: Approved
    change: Wanted
    effect: Effect


def judge(case: Case) -> list[Violation]:
    """Return every broken promise: none if all is well."""
    matches, stray = _match(case)
    return sorted(
        [
            *stray,
            *_overwritten(matches),
            *_lost_and_torn(case.approved, matches),
            *_recorded_both_ways(case, matches),
            *_stories_and_rows(case),
        ]
    )


def _match(case: Case) -> tuple[list[_Match], list[Violation]]:
    """Find the change that each effect came from; what has none was doubled or never approved."""
    revisions: dict[str, list[Approved]] = defaultdict(list)
    by_record: dict[tuple[str, str], list[tuple[str, Wanted]]] = defaultdict(list)
    for approved in case.approved:
        revisions[approved.proposal].append(approved)
        for change in approved.changes:
            record = (change.object_name, change.record_id)
            by_record[record].append((approved.proposal, change))
    calls: dict[tuple[str, str], list[Effect]] = defaultdict(list)
    matches: list[_Match] = []
    stray: list[Violation] = []
    for effect in case.effects:
        record_id = "" if effect.operation == "create" else effect.record_id
        asked = by_record[effect.object_name, record_id]
        proposal = next((name for name, change in asked if _fits(change, effect)), "")
        if proposal:
            calls[effect.call, proposal].append(effect)
        else:
            stray.append(_stray(effect, asked=bool(asked)))
    used: set[int] = set()
    for (_, proposal), effects in calls.items():
        found = _explained(revisions[proposal], effects, used)
        used.update(id(match.change) for match in found)
        matches += found
        if not found:
            words = ", ".join(f"effect {one.sequence} on {one.record_id}" for one in effects)
            stray.append(Violation("doubled", proposal, f"written again: {words}"))
    return matches, stray


def _explained(
    revisions: Iterable[Approved], effects: Sequence[Effect], used: set[int]
) -> list[_Match]:
    """Return how one call's effects on one proposal came from one of its approved revisions."""
    ways = []
    for approved in revisions:
        left = [change for change in approved.changes if id(change) not in used]
        way = []
        for effect in effects:
            change = next((one for one in left if _about(one, effect)), None)
            if change is not None:
                left.remove(change)
                way.append(_Match(approved, change, effect))
        if len(way) == len(effects):
            ways.append(way)
    # Of two revisions that ask for the same, the one whose base this was.
    return min(ways, key=_moves, default=[])


def _moves(way: Iterable[_Match]) -> int:
    return sum(len(_moved(match.change, match.effect)) for match in way)


def _about(change: Wanted, effect: Effect) -> bool:
    same_record = effect.operation == "create" or change.record_id == effect.record_id
    return change.object_name == effect.object_name and same_record and _fits(change, effect)


def _stray(effect: Effect, *, asked: bool) -> Violation:
    where = f"{effect.object_name}/{effect.record_id}, effect {effect.sequence}"
    if not effect.fields and asked:
        return Violation("doubled", where, "written again without changing anything")
    return Violation("unapproved", where, f"nobody approved {dict(effect.fields)}")


def _fits(change: Wanted, effect: Effect) -> bool:
    """Say whether the effect has values that were asked for, and no others in those fields."""
    touched = [name for name in change.fields if name in effect.fields]
    return (
        change.operation == effect.operation
        and bool(touched)
        and all(same(effect.fields[name][1], change.fields[name]) for name in touched)
    )


def _moved(change: Wanted, effect: Effect) -> list[str]:
    """Return the fields that were not as people had seen them when the effect came."""
    if change.operation == "create":
        return []
    return [
        name
        for name, value in change.fields.items()
        if not same(effect.fields.get(name, (value, value))[0], change.base.get(name))
    ]


def _overwritten(matches: Iterable[_Match]) -> Iterable[Violation]:
    for match in matches:
        for name in _moved(match.change, match.effect):
            old = match.effect.fields.get(name, ("as proposed",))[0]
            yield Violation(
                "overwritten",
                match.approved.proposal,
                f"{name} of {match.effect.record_id} was {old!r}, "
                f"approved over {match.change.base.get(name)!r}",
            )


def _lost_and_torn(approved: Iterable[Approved], matches: Iterable[_Match]) -> Iterable[Violation]:
    written: dict[tuple[str, int], int] = defaultdict(int)
    for match in matches:
        written[match.approved.proposal, match.approved.revision] += 1
    for one in approved:
        if not one.exact:
            yield Violation("altered", one.proposal, f"revision {one.revision} is another one now")
        count = written[one.proposal, one.revision]
        if 0 < count < len(one.changes):
            words = f"revision {one.revision}: {count} of {len(one.changes)} changes were written"
            yield Violation("torn", one.proposal, words)
        kind = _ended_badly(one.standing, count)
        if kind:
            words = f"revision {one.revision}: {one.standing}, written {count} times"
            yield Violation(kind, one.proposal, words)


def _ended_badly(standing: str, count: int) -> str:
    """Return what is wrong with an approval that stands so and was written so often."""
    if standing == "written":
        return "" if count else "lost"
    if standing not in VISIBLE:
        return "lost"
    return "unrecorded" if count and standing != "unclear" else ""


def _recorded_both_ways(case: Case, matches: Sequence[_Match]) -> Iterable[Violation]:
    entries: dict[tuple[str, str, str], list[Recorded]] = defaultdict(list)
    for entry in case.recorded:
        entries[entry.proposal, entry.object_name, entry.record_id].append(entry)
    for match in matches:
        key = (match.approved.proposal, match.effect.object_name, match.effect.record_id)
        if match.approved.standing != "written":
            continue
        found = [entry for entry in entries[key] if not _disagreements(match, entry)]
        if found:
            entries[key].remove(found[0])
            continue
        said = [_disagreements(match, entry) for entry in entries.pop(key, [])]
        words = f"effect {match.effect.sequence}: {said or 'no entry at all'}"
        yield Violation("disagrees", match.approved.proposal, words)
    for (proposal, _, record_id), left in entries.items():
        for entry in left:
            words = f"the ledger has {dict(entry.fields)} on {record_id}, the org has not"
            yield Violation("invented", proposal, words)


def _disagreements(match: _Match, entry: Recorded) -> dict[str, Any]:
    """Return the asked fields in which an entry says something else than the effect."""
    found: dict[str, Any] = {}
    for name, value in match.change.fields.items():
        if name not in entry.fields:
            found[name] = "missing in the ledger"
            continue
        old, new = match.effect.fields.get(name, (value, value))
        said_old, said_new = entry.fields[name]
        if not (same(old, said_old) and same(new, said_new)):
            found[name] = {"effect": (old, new), "ledger": (said_old, said_new)}
    return found


def _stories_and_rows(case: Case) -> Iterable[Violation]:
    for proposal, state in case.states.items():
        story = case.stories.get(proposal)
        if story is None:
            yield Violation("disagrees", proposal, f"is {state}, and the ledger never heard of it")
        elif story.state != state:
            yield Violation("disagrees", proposal, f"is {state}, in the ledger {story.state}")
    for commit, state in case.holders.items():
        if state != "unknown":
            yield Violation("left behind", commit, f"holds a record and is {state}")
    by_key = {story.key: proposal for proposal, story in case.stories.items()}
    for key, proposal in case.acknowledged.items():
        if by_key.get(key) != proposal:
            yield Violation("lost", proposal, f"its agent was told so for {key}; we know nothing")


def same(left: Any, right: Any) -> bool:
    """Say whether two values are one to the org: empty text is nothing, numbers count by value."""
    if left in (None, "") or right in (None, ""):
        return left in (None, "") and right in (None, "")
    numbers = (int, float)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return float(left) == float(right)
    return bool(left == right)
