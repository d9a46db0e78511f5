"""The hub: who is told what, what a slow reader misses, and how many may listen."""

import pytest

from orchestrator.live.events import Event, Kind
from orchestrator.live.hub import MOST_WAITING, Hub
from orchestrator.live.passes import Pass


@pytest.fixture
def hub():
    return Hub(most=3, most_each=2)


def sit(hub, person="ben", *workflows, session="", **more):
    seen = frozenset(workflows or ("deal-hygiene",))
    return hub.join(Pass(person=person, name=person, workflows=seen, session=session, **more))


def decided(proposal="prp_1", workflow="deal-hygiene", **more):
    return Event(kind=Kind.DECIDED, proposal=proposal, workflow=workflow, **more)


class TestDelivering:
    def test_reaches_everybody_who_may_know_and_nobody_else(self, hub):
        ben, eve = sit(hub), sit(hub, "eve", "payroll")
        hub.deliver([decided()])
        assert ben.taken() == [("decided", "prp_1", False)]
        assert eve.taken() == []

    def test_says_what_comes_to_a_role_of_the_reader(self, hub):
        ben = sit(hub, roles=frozenset({"deal-desk"}))
        hub.deliver(
            [
                Event(kind=Kind.REVIEW_OPENED, proposal=key, workflow="deal-hygiene", roles=roles)
                for key, roles in (("prp_1", frozenset({"deal-desk"})), ("prp_2", frozenset()))
            ]
        )
        assert ben.taken() == [("review_opened", "prp_1", True), ("review_opened", "prp_2", False)]

    def test_tells_the_same_once_while_it_waits(self, hub):
        ben = sit(hub)
        hub.deliver([decided(), decided()])
        hub.deliver([decided()])
        assert len(ben.taken()) == 1
        assert ben.taken() == []

    def test_has_a_slow_reader_look_at_everything_anew(self, hub):
        ben = sit(hub)
        hub.deliver([decided(f"prp_{n}") for n in range(MOST_WAITING + 1)])
        assert ben.taken() == [("much", "", False)]

    def test_ends_the_streams_of_a_session_that_is_over(self, hub):
        mine, other = sit(hub, session="one"), sit(hub, session="two")
        hub.deliver([Event(kind=Kind.SESSION_ENDED, about="one")])
        assert (mine.over, other.over) == (True, False)
        assert mine.taken() == [("ended", "", False)]

    def test_ends_nothing_for_a_session_without_a_name(self, hub):
        seat = sit(hub, session="")
        hub.deliver([Event(kind=Kind.SESSION_ENDED, about="")])
        assert not seat.over

    @pytest.mark.parametrize(("about", "eves"), [("ben", False), ("", True)])
    def test_doubts_the_pass_of_whoever_has_other_rights_now(self, hub, about, eves):
        ben, eve = sit(hub, "ben"), sit(hub, "eve")
        hub.deliver([Event(kind=Kind.RIGHTS_CHANGED, about=about)])
        assert (ben.doubtful, eve.doubtful) == (True, eves)


class TestPausing:
    def test_is_told_once_and_so_is_going_on(self, hub):
        ben = sit(hub)
        hub.resume()
        ben.taken()
        hub.pause()
        hub.pause()
        assert ben.taken() == [("paused", "", False)]
        hub.resume()
        hub.resume()
        assert ben.taken() == [("resumed", "", False)]


class TestRoom:
    def test_is_for_so_many_streams_of_a_person(self, hub):
        seats = [sit(hub), sit(hub)]
        assert not hub.has_room("ben")
        assert hub.has_room("eve")
        hub.leave(seats[0])
        assert hub.has_room("ben")

    def test_is_for_so_many_in_the_process(self, hub):
        seats = [sit(hub, person) for person in ("ben", "eve", "cleo")]
        assert not hub.has_room("dora")
        for seat in seats:
            hub.leave(seat)
            hub.leave(seat)
        assert all(hub.has_room(person) for person in ("ben", "dora"))
        assert hub.seats == set()
