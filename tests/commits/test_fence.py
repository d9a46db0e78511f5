"""The kill switch: halting, confirming, releasing by two people, and reading it."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection

from approvals.models import Proposal
from audit import queries as ledger
from orchestrator.commits import fence
from orchestrator.commits.models import Commit, Halt
from orchestrator.commits.scopes import Reach
from orchestrator.commits.switch import read_switch, stops_for_agent
from orchestrator.kernel.actors import system
from orchestrator.kernel.errors import DomainError
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, state_of
from tests.factories import AT, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("G5")]


def halt(scope: str = "all", value: str = "") -> Halt:
    return fence.halt(
        scope=scope, value=value, reason="Odd writes.", by=get_user("dora").actor, at=AT
    )


def ask(row: Halt, who: str = "dora") -> None:
    fence.ask_release(halt=row, reason="It was nothing.", by=get_user(who).actor, at=AT)


class TestHalt:
    @pytest.mark.parametrize(
        ("scope", "value"),
        [
            ("all", ""),
            ("org", "acme-prod"),
            ("workflow", "deal-hygiene"),
            ("agents", ""),
            ("agent", "hygiene-agent"),
            ("object", "Opportunity"),
            ("object", "opportunity"),
        ],
    )
    def test_nothing_in_the_scope_is_written_until_the_release(self, crm, scope, value):
        proposal = approve(opportunity(crm))
        row = halt(scope, value)

        drain()
        assert crm.writes == []
        assert state_of(proposal) == "approved"

        ask(row)
        fence.release(halt=row, by=get_user("ben").actor, at=AT)
        drain()
        assert state_of(proposal) == "committed"

    def test_other_scopes_go_on(self, crm):
        proposal = approve(opportunity(crm))
        halt("workflow", "another")
        halt("object", "Lead")

        drain()

        assert state_of(proposal) == "committed"

    def test_of_every_agent_lets_what_a_person_proposed_go_on(self, crm):
        asked_by_an_agent = approve(opportunity(crm, 1))
        asked_by_a_person = approve(opportunity(crm, 2))
        Proposal.objects.filter(pk=asked_by_a_person.pk).update(agent=None)
        Commit.objects.filter(proposal=asked_by_a_person).update(agent="")
        halt("agents")

        drain()

        assert state_of(asked_by_an_agent) == "approved"
        assert state_of(asked_by_a_person) == "committed"

    def test_says_once_why_a_commit_waits(self, crm):
        proposal = approve(opportunity(crm))
        halt()

        drain()
        drain(at=SOON + dt.timedelta(minutes=1))

        held = [line for line in ledger.timeline(proposal.pk) if line.event == "commit.held"]
        assert len(held) == 1
        assert "Odd writes." in held[0].detail["text"]

    def test_stops_what_was_claimed_before_it(self, crm, monkeypatch):
        proposal = approve(opportunity(crm))
        read = crm.read

        def halted_meanwhile(wanted):
            if not Halt.objects.exists():
                halt()
            return read(wanted)

        monkeypatch.setattr(crm, "read", halted_meanwhile)
        drain()

        assert crm.writes == []
        assert (commit_of(proposal).state, commit_of(proposal).failures) == ("queued", 0)

    def test_is_refused_without_a_reason_a_value_or_a_scope_that_exists(self, db):
        dora = get_user("dora").actor
        for scope, value, reason, code in (
            ("all", "", "  ", "reason_needed"),
            ("all", "x", "Why", "unknown_scope"),
            ("agents", "x", "Why", "unknown_scope"),
            ("workflow", "", "Why", "unknown_scope"),
            ("planet", "x", "Why", "unknown_scope"),
        ):
            with pytest.raises(DomainError) as refused:
                fence.halt(scope=scope, value=value, reason=reason, by=dora, at=AT)
            assert refused.value.code == code

    def test_cannot_be_pulled_twice_in_one_scope(self, db):
        halt()

        with pytest.raises(fence.AlreadyHalted):
            halt()


class TestConfirm:
    def test_says_halted_when_nothing_is_in_flight(self, db):
        row = halt()

        assert fence.confirm(halt=row, at=AT + dt.timedelta(milliseconds=40), wait=1)

        assert Halt.objects.get().state == "halted"
        entry = ledger.subject_history(kind="switch", id="all")[0]
        assert entry.event == "switch.confirmed"
        assert entry.detail["milliseconds"] >= 40

    def test_waits_for_a_write_on_the_wire(self, crm):
        approve(opportunity(crm))
        Commit.objects.update(state="claimed", claim="clm_dead", claimed_at=AT, sent_at=AT)
        row = halt()

        assert not fence.confirm(halt=row, at=AT, wait=0.1)
        assert (Halt.objects.get().state, fence.in_flight(row)) == ("halting", 1)

        Commit.objects.update(state="failed")
        assert fence.confirm_all(at=AT) == 1

    def test_does_not_wait_for_other_scopes(self, crm):
        approve(opportunity(crm))
        Commit.objects.update(state="claimed", claim="clm_dead", claimed_at=AT, sent_at=AT)

        assert fence.confirm(halt=halt("workflow", "another"), at=AT, wait=0.1)


class TestRelease:
    def test_takes_two_people(self, db):
        row = halt()
        ben, dora = get_user("ben").actor, get_user("dora").actor

        with pytest.raises(fence.ReleaseNotAsked):
            fence.release(halt=row, by=ben, at=AT)
        ask(row, "dora")
        with pytest.raises(fence.SecondPersonNeeded):
            fence.release(halt=row, by=dora, at=AT)
        fence.release(halt=row, by=ben, at=AT)

        assert fence.active_halts() == []
        with pytest.raises(fence.NotHalted):
            fence.release(halt=row, by=ben, at=AT)

    def test_is_for_people_only(self, db):
        row = halt()

        with pytest.raises(fence.SecondPersonNeeded):
            fence.ask_release(halt=row, reason="Sure.", by=system("bot"), at=AT)

    def test_the_database_refuses_one_person_for_both(self, db):
        row = halt()
        ask(row, "dora")

        with pytest.raises(IntegrityError):
            Halt.objects.filter(pk=row.pk).update(state="released", released_by="dora")


class TestReadSwitch:
    REACH = Reach(org="acme-prod", workflow="deal-hygiene", agent="a", objects=("lead",))

    def test_lets_everything_through_when_nothing_is_halted(self, db):
        assert read_switch().stop_of(self.REACH) is None
        assert fence.may_write(org="o", workflow="w", agent="a", objects=("Lead",))

    def test_an_unreadable_switch_stops_everything(self, db):
        def broken(execute, sql, params, many, context):
            if "commits_halt" in sql:
                raise DatabaseError("cannot read")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(broken):
            assert read_switch().stop_of(self.REACH) is not None
            assert not fence.may_write(org="o", workflow="w", agent="a", objects=())

    def test_nothing_is_written_while_the_switch_cannot_be_read(self, crm):
        proposal = approve(opportunity(crm))

        def broken(execute, sql, params, many, context):
            if "commits_halt" in sql and sql.startswith("SELECT"):
                raise DatabaseError("cannot read")
            return execute(sql, params, many, context)

        with connection.execute_wrapper(broken):
            drain()

        assert crm.writes == []
        assert state_of(proposal) == "approved"

    def test_tells_an_agent_what_holds_it_back(self, db):
        halt("workflow", "deal-hygiene")
        halt("workflow", "another")

        stops = stops_for_agent(agent="a", workflows=["deal-hygiene"], orgs=[])

        assert [stop.words for stop in stops] == ["the workflow deal-hygiene"]


class TestCommands:
    def run(self, *arguments: str) -> str:
        said = StringIO()
        call_command(*arguments, stdout=said)
        return said.getvalue()

    def test_halt_and_resume_by_two_people(self, db):
        get_user("dora"), get_user("ben")

        assert "halted" in self.run("halt", "--reason", "Odd.", "--by", "dora")
        assert "asked" in self.run("resume", "--by", "dora", "--reason", "It was nothing.")
        with pytest.raises(CommandError, match="somebody else"):
            self.run("resume", "--by", "dora")
        assert "released" in self.run("resume", "--by", "ben")

        assert fence.active_halts() == []

    def test_say_what_is_wrong(self, db):
        get_user("dora")
        for arguments in (
            ("halt", "--reason", "Odd.", "--by", "nobody"),
            ("halt", "--scope", "agent", "--reason", "Odd.", "--by", "dora"),
            ("resume", "--by", "dora"),
        ):
            with pytest.raises(CommandError):
                self.run(*arguments)

    def test_halt_nothing_by_a_name_that_nothing_has(self, db):
        get_user("dora")

        with pytest.raises(CommandError, match="nothing is halted"):
            self.run(
                *("halt", "--scope", "workflow", "--value", "deal-hygeine"),
                *("--reason", "Odd.", "--by", "dora"),
            )

        assert fence.active_halts() == []
