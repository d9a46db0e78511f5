"""The hub of one web process: who listens here, and what each of them is told."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

from orchestrator.live.events import Event, Kind
from orchestrator.live.passes import Pass

# What a slow reader may leave lying; whoever leaves more looks at everything anew.
MOST_WAITING = 50
_numbers = itertools.count(1)
# What happened, to which proposal, and whether it comes to a role of the reader.
Word = tuple[str, str, bool]


class Seat:
    """One open stream: what it may tell, and what waits to be told."""

    def __init__(self, given: Pass) -> None:
        """Sit down with nothing waiting."""
        self.given = given
        self.token = f"{next(_numbers):x}"
        self.over = False
        # Whether the pass has to be asked for again.
        self.doubtful = False
        self.stirred = asyncio.Event()
        self._waiting: dict[Word, None] = {}

    def tell(self, word: str, proposal: str = "", *, mine: bool = False) -> None:
        """Put something down to be told; the same twice is told once."""
        self._waiting[word, proposal, mine] = None
        if len(self._waiting) > MOST_WAITING:
            self._waiting = {(str(Kind.MUCH), "", False): None}
        self.stirred.set()

    def doubt(self) -> None:
        """Have the pass asked for again."""
        self.doubtful = True
        self.stirred.set()

    def end(self) -> None:
        """Have the stream ended."""
        self.over = True
        self.stirred.set()

    def taken(self) -> list[Word]:
        """Return what waits, and forget it."""
        self.stirred.clear()
        waiting, self._waiting = list(self._waiting), {}
        return waiting


class Hub:
    """All streams of this process."""

    def __init__(self, *, most: int, most_each: int) -> None:
        """Note how many streams there may be, and how many of one person."""
        self.most, self.most_each = most, most_each
        self.seats: set[Seat] = set()
        # Until the feed is there nothing comes.
        self.paused = True
        self._each: Counter[str] = Counter()

    def has_room(self, person: str) -> bool:
        """Say whether one more stream may open."""
        return len(self.seats) < self.most and self._each[person] < self.most_each

    def join(self, given: Pass) -> Seat:
        """Take a seat."""
        seat = Seat(given)
        self.seats.add(seat)
        self._each[given.person] += 1
        return seat

    def leave(self, seat: Seat) -> None:
        """Give the seat back."""
        if seat in self.seats:
            self.seats.remove(seat)
            self._each[seat.given.person] -= 1
            self._each += Counter()

    def deliver(self, events: Iterable[Event]) -> None:
        """Tell everybody what they may know of."""
        for event in events:
            if event.kind == Kind.SESSION_ENDED:
                for seat in self._of_session(event.about):
                    seat.tell("ended")
                    seat.end()
            elif event.kind == Kind.RIGHTS_CHANGED:
                for seat in self._of_person(event.about):
                    seat.doubt()
            else:
                self._tell(event)

    def pause(self) -> None:
        """Tell everybody that nothing will come for a while."""
        if not self.paused:
            self.paused = True
            self._tell_all("paused")

    def resume(self) -> None:
        """Tell everybody that it goes on: what happened meanwhile has to be looked at."""
        if self.paused:
            self.paused = False
            self._tell_all("resumed")

    def watched(self) -> Iterator[Seat]:
        """Yield the seats with a proposal on the screen."""
        return (seat for seat in self.seats if seat.given.proposal and not seat.over)

    def _tell(self, event: Event) -> None:
        for seat in self.seats:
            if seat.given.allows(event):
                mine = not seat.given.roles.isdisjoint(event.roles)
                seat.tell(str(event.kind), event.proposal, mine=mine)

    def _tell_all(self, word: str) -> None:
        for seat in self.seats:
            seat.tell(word)

    def _of_session(self, mark: str) -> Iterator[Seat]:
        return (seat for seat in self.seats if mark and seat.given.session == mark)

    def _of_person(self, person: str) -> Iterator[Seat]:
        return (seat for seat in self.seats if person in ("", seat.given.person))
