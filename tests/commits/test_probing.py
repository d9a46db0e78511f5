"""Probing a paused org: by whom, when, and what goes on once it lets us in again."""

import datetime as dt

import pytest

from approvals import expiry
from audit.models import Entry
from orchestrator.commits import gates, probing
from orchestrator.commits.gate import Gate
from orchestrator.commits.models import Commit
from orchestrator.connectors.errors import (
    OutcomeUnknown,
    Transient,
    Unauthorised,
)
from orchestrator.kernel.errors import ReasonNeeded
from orchestrator.orgs.models import Org
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("E2")]
REFUSED = Unauthorised("invalid_grant: authentication failure", crm_code="invalid_grant")
DOWN = Transient("503", crm_code="SERVER_UNAVAILABLE")
HOUR = dt.timedelta(hours=1)


def events(*names: str) -> list[str]:
    rows = Entry.objects.filter(event__in=names).order_by("pk")
    return list(rows.values_list("event", flat=True))


def gate() -> Gate:
    return Gate.objects.get()


def states() -> list[tuple[str, int]]:
    return sorted(Commit.objects.values_list("state", "failures"))


class TestProbing:
    def paused(self, crm, error=REFUSED):
        proposal = approve(opportunity(crm))
        crm.fail_reads = error
        drain()
        crm.fail_reads = None
        return proposal

    def test_one_good_probe_lets_everything_pass_again(self, crm):
        proposal = self.paused(crm)

        drain(at=gate().probe_at)

        assert crm.probes == 1
        assert state_of(proposal) == "committed"
        assert (gate().state, gate().cause, gate().openings) == ("closed", "", 0)
        resumed = Entry.objects.get(event="org.resumed")
        assert resumed.subject_id == "acme-prod"
        assert resumed.detail["cause"] == "sign_in"
        assert resumed.detail["seconds"] >= 30

    def test_a_failed_probe_pauses_longer_and_touches_no_commit(self, crm):
        self.paused(crm)
        crm.fail_access = REFUSED
        first = gate().probe_at - SOON

        at = gate().probe_at
        drain(at=at)

        assert (gate().state, gate().openings) == ("open", 2)
        assert gate().probe_at - at > first
        assert gate().paused_at == SOON
        assert states() == [("queued", 0)]
        assert events("org.paused", "org.probe_failed") == ["org.paused", "org.probe_failed"]

    def test_a_probe_that_fails_otherwise_says_so(self, crm):
        self.paused(crm)
        crm.fail_access = DOWN

        drain(at=gate().probe_at)

        assert (gate().cause, gate().text) == ("faults", "503")

    def test_a_pause_stays_long_until_a_write_gets_through(self, crm):
        approve(opportunity(crm))
        crm.fail_writes = DOWN
        at = SOON
        pauses: list[dt.timedelta] = []
        while len(pauses) < 2:
            drain(at=at)
            row = gate()
            if row.state == "open":
                pauses.append(row.probe_at - row.paused_at)
                at = row.probe_at
            else:
                at += dt.timedelta(minutes=2)

        assert pauses[1] > pauses[0]

    def test_nobody_probes_while_another_does(self, crm):
        self.paused(crm)
        row = gates.look(Org.objects.get())
        at = row.probe_at
        other = gates.look(Org.objects.get())

        assert probing._take(row, "clm_one", at)
        assert not probing._take(other, "clm_two", at)
        assert gate().probe_claim == "clm_one"

    def test_who_was_taken_for_dead_changes_nothing_any_more(self, crm):
        self.paused(crm)
        row = gates.look(Org.objects.get())
        probing._take(row, "clm_one", row.probe_at)
        Gate.objects.update(probe_claim="clm_two")

        assert not probing._close(row, "clm_one", SOON, None)
        assert gate().state == "half_open"

    def test_a_dead_prober_is_replaced(self, crm):
        proposal = self.paused(crm)
        row = gates.look(Org.objects.get())
        # Nobody keeps the lock of this claim.
        probing._take(row, "clm_dead", row.probe_at)

        drain(at=row.probe_at)

        assert state_of(proposal) == "committed"

    def test_an_org_without_due_work_is_probed_as_well(self, crm):
        self.paused(crm)
        row = gate()

        assert probing.orgs_to_probe(at=row.probe_at - dt.timedelta(seconds=1)) == []
        assert probing.orgs_to_probe(at=row.probe_at) == [row.pk]

    def test_reading_back_waits_while_the_sign_in_is_refused(self, crm):
        proposal = approve(opportunity(crm, 1))
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()
        crm.fail_writes = None
        approve(opportunity(crm, 2))
        crm.fail_reads = REFUSED
        drain()
        crm.fail_reads = None
        crm.reads.clear()

        assert settle(SOON + dt.timedelta(minutes=5)) == 0
        assert (crm.reads, commit_of(proposal).state) == ([], "unknown")
        drain(at=SOON + HOUR)
        assert settle(SOON + HOUR) == 1

    def test_expires_and_cancels_as_always_while_it_is_open(self, crm):
        proposal = self.paused(crm)
        late = proposal.execute_by + dt.timedelta(seconds=1)
        crm.fail_access = REFUSED
        Gate.objects.update(probe_at=late + HOUR)

        expiry.expire_due(at=late)
        drain(at=late)

        assert state_of(proposal) == "expired"
        assert commit_of(proposal).state == "cancelled"
        assert gate().state == "open"


class TestTryingNow:
    def test_a_person_may_have_it_tried_before_the_pause_ends(self, crm):
        proposal = approve(opportunity(crm))
        crm.fail_reads = REFUSED
        drain()
        crm.fail_reads = None
        by = get_user("dora").actor

        probing.try_now(gate=gate(), reason="New secret.", by=by, at=SOON)
        drain()

        assert state_of(proposal) == "committed"
        asked = Entry.objects.get(event="org.probe_asked")
        assert (asked.actor_id, asked.detail) == ("dora", {"reason": "New secret."})

    def test_wants_a_reason(self, crm):
        approve(opportunity(crm))
        crm.fail_reads = REFUSED
        drain()

        with pytest.raises(ReasonNeeded):
            probing.try_now(gate=gate(), reason=" ", by=get_user("dora").actor, at=SOON)

    def test_refuses_where_nothing_is_paused(self, crm):
        approve(opportunity(crm))
        row = Gate.objects.create(org=Org.objects.get())

        with pytest.raises(probing.NotPaused):
            probing.try_now(gate=row, reason="Go.", by=get_user("dora").actor, at=SOON)
