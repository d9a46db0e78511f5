"""What is written and cannot be read back: shown, tried again, closed by a person at last."""

import datetime as dt

import pytest

from audit import queries as ledger
from orchestrator.commits import unread
from orchestrator.commits.models import Commit, DeadLetter, Hold
from orchestrator.commits.triage import NotADeadLetter
from orchestrator.connectors.errors import NotPermitted
from orchestrator.kernel.errors import NotAllowed
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle, state_of
from tests.factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("E1", "E3")]
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
LATER = SOON + 10 * MINUTE
OVERDUE = LATER + 5 * HOUR


@pytest.fixture
def written(crm, monkeypatch) -> Commit:
    proposal = approve(opportunity(crm))
    write = crm.write

    def write_and_hide(units):
        answer = write(units)
        crm.fail_reads = NotPermitted("No such record for you.", crm_code="INSUFFICIENT_ACCESS")
        return answer

    monkeypatch.setattr(crm, "write", write_and_hide)
    drain()
    return commit_of(proposal)


@pytest.fixture
def stuck(written) -> Commit:
    settle(LATER)
    unread.watch(at=LATER)
    return commit_of(written.proposal)


def close(commit: Commit, *, at: dt.datetime = OVERDUE, who: str = "dora") -> Commit:
    return unread.close(commit_id=commit.pk, reason="Seen in the CRM.", person=get_user(who), at=at)


class TestWatching:
    def test_waits_before_it_makes_a_line_of_it(self, written):
        assert unread.watch(at=SOON + 4 * MINUTE) == 0

    def test_says_why_it_cannot_be_read(self, stuck):
        letter = DeadLetter.objects.get()

        assert (letter.kind, stuck.state) == ("unread", "written")
        assert stuck.error_text == "No such record for you."
        assert letter.due_at == LATER + 4 * HOUR
        assert unread.watch(at=LATER) == 0

    def test_ends_by_itself_once_it_is_read_back(self, stuck, crm):
        crm.fail_reads = None
        settle(LATER + HOUR)

        unread.watch(at=LATER + HOUR)

        done = commit_of(stuck.proposal)
        assert (done.state, done.error_text) == ("done", "")
        assert DeadLetter.objects.get().verdict == "read_back"


class TestClosing:
    def test_stores_what_was_proposed_and_says_that_nobody_verified_it(self, stuck):
        done = close(stuck)

        assert (done.state, state_of(stuck.proposal)) == ("done", "committed")
        assert done.after[0]["values"] == {"StageName": "Qualification"}
        assert done.after[0]["unverified"] is True
        assert done.inverse[0]["fields"] == {"StageName": "Prospecting"}
        assert done.inverse[0]["guard"] is None
        assert not Hold.objects.exists()

    def test_says_so_in_the_ledger(self, stuck):
        close(stuck)

        told = {line.event: line.detail for line in ledger.timeline(stuck.proposal_id)}
        assert told["commit.closed_unread"]["reason"] == "Seen in the CRM."
        assert "not verified" in told["commit.done"]["differences"][0]
        assert told["record.changed"]["unverified"] is True

    def test_is_refused_while_nobody_has_to_act(self, stuck):
        with pytest.raises(unread.TooEarly):
            close(stuck, at=LATER + HOUR)

    def test_is_refused_once_it_was_read_back(self, stuck, crm):
        crm.fail_reads = None
        settle(LATER + HOUR)

        with pytest.raises(NotADeadLetter):
            close(stuck)

    def test_is_for_who_administers_the_workflow(self, stuck):
        with pytest.raises(NotAllowed):
            close(stuck, who="ben")
