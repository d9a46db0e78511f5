"""One decision on many proposals, item by item."""

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals import bulk_casting, bulk_decisions, decisions
from approvals.eligibility import Chosen, preflight
from approvals.models import BulkDecision, BulkItem, Decision, Proposal
from audit.models import Entry
from orchestrator.kernel.errors import DomainError
from tests.approvals.deciding import SOON, decide
from tests.factories import AT, create_draft, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
_keys = itertools.count(1)


@pytest.fixture
def proposals(crm):
    """Return five proposals that wait for the deal desk."""
    return [_proposal(crm, number) for number in range(1, 6)]


def _proposal(crm, number, **values):
    record_id = f"006{number:012d}AAA"
    known = {"Name": f"Deal {number}", "AccountId": "001000000000001AAA", "Amount": 20000.0}
    crm.add("Opportunity", record_id, **{**known, "StageName": "Prospecting", **values})
    return create_proposal(draft=create_draft(record_id=record_id))


def chosen(proposals):
    return [Chosen(each.pk, each.digest) for each in proposals]


def start(proposals, person="ben", vote="approve", **more):
    return bulk_decisions.start(
        person=get_user(person),
        vote=vote,
        chosen=chosen(proposals),
        key=more.pop("key", f"key-{next(_keys)}"),
        at=SOON,
        **more,
    )


def run(at=SOON):
    return bulk_casting.run_due(at_clock=lambda: at)


def states(proposals):
    found = Proposal.objects.in_bulk([each.pk for each in proposals])
    return [found[each.pk].state for each in proposals]


def results(bulk):
    return list(BulkItem.objects.filter(bulk=bulk).values_list("state", "code"))


def objections(proposals, person="ben", *, text="", at=SOON):
    lines = preflight(
        person=get_user(person), chosen=chosen(proposals), vote="approve", text=text, at=at
    )
    return [line.objection and line.objection.code for line in lines]


class TestStart:
    def test_decides_nothing_by_itself(self, proposals):
        bulk = start(proposals)

        assert bulk.state == "running"
        assert bulk.total == 5
        assert states(proposals) == ["in_review"] * 5
        assert not Decision.objects.exists()

    def test_sent_twice_starts_one(self, proposals):
        first = start(proposals, key="form-1")
        second = start(proposals, key="form-1")

        assert first.pk == second.pk
        assert BulkItem.objects.count() == 5

    def test_of_two_people_with_one_key_starts_two(self, proposals):
        assert start(proposals, key="form-1").pk != start(proposals, "dora", key="form-1").pk

    @pytest.mark.parametrize(
        ("vote", "more", "code"),
        [
            ("send_back", {"text": "Why?"}, "bad_bulk_decision"),
            ("deny", {"reason_code": "bad_timing"}, "text_needed"),
            ("deny", {"text": "Not now."}, "reason_needed"),
            ("deny", {"text": "Not now.", "reason_code": "a_whim"}, "reason_needed"),
            ("approve", {"text": "a\x00b"}, "bad_decision"),
        ],
    )
    def test_refuses_what_no_item_could_take(self, proposals, vote, more, code):
        with pytest.raises(DomainError) as refused:
            start(proposals, vote=vote, **more)

        assert refused.value.code == code
        assert not BulkDecision.objects.exists()

    def test_refuses_nothing_too_much_and_repeats(self, proposals):
        for some in ([], proposals * 2, [proposals[0]] * (bulk_decisions.MOST_ITEMS + 1)):
            with pytest.raises(bulk_decisions.BadBulkDecision):
                start(some)

    def test_the_database_refuses_a_no_without_words(self, proposals):
        bulk = start(proposals)

        with pytest.raises(IntegrityError), transaction.atomic():
            BulkDecision.objects.filter(pk=bulk.pk).update(vote="deny")


class TestRun:
    def test_casts_every_vote_in_the_persons_name(self, proposals):
        bulk = start(proposals)

        assert run() == 5

        assert states(proposals) == ["approved"] * 5
        assert {vote.person.username for vote in Decision.objects.all()} == {"ben"}
        bulk.refresh_from_db()
        assert (bulk.state, bulk.finished_at) == ("finished", SOON)

    def test_says_in_the_ledger_which_votes_belong_together(self, proposals):
        bulk = start(proposals)
        run()

        votes = Entry.objects.filter(event="review.voted")
        assert [vote.detail["bulk"] for vote in votes] == [bulk.pk] * 5
        finished = Entry.objects.get(event="bulk.finished")
        assert finished.detail == {"decided": 5, "refused": 0, "stopped": False}

    def test_denies_with_the_reason(self, proposals):
        start(proposals, vote="deny", reason_code="bad_timing", text="After the quarter.")
        run()

        assert states(proposals) == ["denied"] * 5
        assert {vote.text for vote in Decision.objects.all()} == {"After the quarter."}

    def test_each_item_has_its_own_guard(self, crm, proposals):
        bulk = start(proposals)
        decide(proposals[1], vote="deny", code="other", text="No.")
        Proposal.objects.filter(pk=proposals[2].pk).update(digest="sha256:another")
        Proposal.objects.filter(pk=proposals[3].pk).update(risk="high")

        run()

        assert results(bulk) == [
            ("decided", ""),
            ("refused", "already_decided"),
            ("refused", "not_what_you_saw"),
            ("refused", "high_risk"),
            ("decided", ""),
        ]
        assert states(proposals) == ["approved", "denied", "in_review", "in_review", "approved"]

    def test_what_breaks_does_not_keep_the_others_waiting(self, proposals, monkeypatch):
        bulk, real = start(proposals), decisions.decide

        def break_once(**given):
            if given["proposal_id"] == proposals[0].pk:
                raise RuntimeError("odd")
            return real(**given)

        monkeypatch.setattr(bulk_casting, "decide", break_once)
        run()

        assert results(bulk)[0] == ("refused", "broke_off")
        assert states(proposals) == ["in_review"] + ["approved"] * 4

    def test_a_person_who_lost_the_right_decides_nothing_more(self, proposals):
        bulk = start(proposals)
        ben = get_user("ben")
        ben.is_active = False
        ben.save()

        run()

        assert {state for state, _ in results(bulk)} == {"refused"}
        assert states(proposals) == ["in_review"] * 5

    def test_leaves_the_rest_when_its_time_is_up(self, proposals):
        bulk = start(proposals)
        ticks = (SOON + dt.timedelta(seconds=2 * number) for number in itertools.count())

        cast = bulk_casting.run_due(at_clock=lambda: next(ticks))

        assert 0 < cast < 5
        assert bulk_decisions.progress(bulk)["waiting"] == 5 - cast
        run()
        assert states(proposals) == ["approved"] * 5

    def test_runs_again_without_doing_anything_twice(self, proposals):
        start(proposals)
        run()

        assert run() == 0
        assert Decision.objects.count() == 5


class TestStop:
    def test_leaves_the_rest_as_it_was(self, proposals):
        bulk = start(proposals)

        bulk_decisions.stop(bulk_id=bulk.pk, person=get_user("ben"), at=SOON)

        assert run() == 0
        assert states(proposals) == ["in_review"] * 5
        assert Entry.objects.get(event="bulk.finished").detail["stopped"] is True

    def test_is_for_whoever_started_it(self, proposals):
        bulk = start(proposals)

        with pytest.raises(DomainError, match="whoever started it"):
            bulk_decisions.stop(bulk_id=bulk.pk, person=get_user("dora"), at=SOON)


class TestPreflight:
    def test_finds_nothing_against_what_may_be_decided(self, proposals):
        assert objections(proposals) == [None] * 5

    def test_says_of_each_item_what_keeps_it_out(self, crm, proposals):
        Proposal.objects.filter(pk=proposals[0].pk).update(risk="high")
        Proposal.objects.filter(pk=proposals[1].pk).update(barred=["ben"])
        decide(proposals[2])
        seen = chosen(proposals)
        seen[3] = Chosen(proposals[3].pk, "sha256:earlier")
        seen.append(Chosen("prp_nowhere", "sha256:x"))

        lines = preflight(person=get_user("ben"), chosen=seen, vote="approve", text="", at=SOON)

        assert [line.objection and line.objection.code for line in lines] == [
            "high_risk",
            "own_proposal",
            "not_open",
            "not_what_you_saw",
            None,
            "not_found",
        ]

    def test_knows_duties_deadlines_and_votes(self, crm, proposals):
        late = AT + dt.timedelta(days=9)

        assert objections(proposals[:1], at=late) == ["deadline_passed"]
        assert objections(proposals[:1], "ana") in (["not_allowed"], ["not_found"])

    def test_agrees_with_what_running_then_does(self, crm, proposals):
        Proposal.objects.filter(pk=proposals[0].pk).update(risk="high")
        Proposal.objects.filter(pk=proposals[1].pk).update(barred=["ben"])
        before = objections(proposals)

        bulk = start(proposals)
        run()

        assert [code or None for _, code in results(bulk)] == before

    def test_costs_the_same_for_one_and_for_many(self, proposals):
        def cost(some):
            with CaptureQueriesContext(connection) as queries:
                objections(some)
            return len(queries)

        assert cost(proposals) == cost(proposals[:1]) <= 8
