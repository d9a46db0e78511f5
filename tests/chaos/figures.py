"""The figures of a run, as a table to read."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.judge import Violation
from tests.chaos.plan import KILLS, RESTARTS, Fault

MOST_SHOWN = 40


@dataclass
class Outcome:
    """What a run came to."""

    seed: int
    seconds: float = 0.0
    settled_after: float = 0.0
    proposals: int = 0
    approved: int = 0
    written: int = 0
    edits: int = 0
    retries: int = 0
    replays: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    struck: Counter[Fault] = field(default_factory=Counter)
    violations: Sequence[Violation] = ()

    def lines(self) -> Iterator[str]:
        """Yield the table, and every violation below it."""
        kills = sum(count for fault, count in self.struck.items() if fault in KILLS)
        restarts = sum(count for fault, count in self.struck.items() if fault in RESTARTS)
        yield from _table(
            {
                "seed": self.seed,
                "seconds, settled after": f"{self.seconds:.0f}, {self.settled_after:.0f}",
                "proposals": self.proposals,
                "approved revisions": self.approved,
                "written by us": self.written,
                "edited by hand": self.edits,
                "requests repeated, answered again": f"{self.retries}, {self.replays}",
                "conflicts returned": self.events["proposal.returned"],
                "writes postponed": self.events["commit.postponed"],
                "dead letters": self.events["commit.failed"],
                "put back by a person": self.events["commit.requeued"],
                "outcomes unknown": self.events["commit.unknown"],
                **{
                    f"  settled: {name}": self.events[f"settled {name}"]
                    for name in ("written", "not_written", "unclear")
                },
                "kills": kills,
                "restarts": restarts,
                "faults in all": self.struck.total(),
            }
        )
        yield ""
        yield from _table({fault.value: self.struck[fault] for fault in Fault})
        yield ""
        yield from _table(
            {f"ended {name}": count for name, count in sorted(self.standings.items())}
        )
        yield ""
        yield f"violations: {len(self.violations)}"
        for one in self.violations[:MOST_SHOWN]:
            yield f"  {one.kind}: {one.subject}: {one.words}"


def _table(rows: Mapping[str, object]) -> Iterator[str]:
    for name, value in rows.items():
        yield f"{name:<36} {value}"
