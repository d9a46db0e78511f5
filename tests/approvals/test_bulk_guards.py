"""What a bulk decision leaves out, what it may never take, and that nobody waits for a long one."""

import datetime as dt
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals import bulk_casting, bulk_checks, bulk_decisions, bulk_groups
from approvals.attention.opened import opened_token
from approvals.models import BulkItem, Decision, Pace, Proposal
from tests.approvals.deciding import SOON, decide
from tests.approvals.test_bulk_decisions import chosen, proposals, results, run, start, states
from tests.factories import create_draft, create_proposal, get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]
__all__ = ["proposals"]
SECOND = dt.timedelta(seconds=1)


def objections(some, *, vote="approve", person="ben", at=SOON):
    lines = bulk_checks.check(
        person=get_user(person), chosen=chosen(some), vote=vote, text="", at=at
    )
    return [line.objection and line.objection.code for line in lines]


def another_on(proposal, **fields):
    record_id = proposal.headline["record_id"]
    return create_proposal(draft=create_draft(record_id=record_id, fields=fields))


class TestWhatMeetsAnotherProposal:
    def test_is_left_out_when_both_change_the_same(self, proposals):
        another_on(proposals[0], StageName="Proposal")

        assert objections(proposals) == ["conflict", None, None, None, None]

    def test_is_left_out_on_both_sides_when_both_were_chosen(self, proposals):
        other = another_on(proposals[0], StageName="Proposal")

        assert objections([proposals[0], other]) == ["conflict", "conflict"]

    def test_stays_in_when_they_change_different_fields(self, proposals):
        another_on(proposals[0], NextStep="Call")

        assert objections(proposals[:1]) == [None]

    def test_stays_in_when_the_other_is_over(self, proposals):
        decide(another_on(proposals[0], StageName="Proposal"), vote="deny", code="other", text="No")

        assert objections(proposals[:1]) == [None]

    def test_stays_in_for_a_no(self, proposals):
        another_on(proposals[0], StageName="Proposal")

        assert objections(proposals[:1], vote="deny") == [None]

    def test_is_left_out_when_we_wrote_to_the_record_since(self, proposals):
        other = another_on(proposals[0], StageName="Proposal")
        written = {"state": "committed", "closed_at": SOON, "approved_at": SOON}
        Proposal.objects.filter(pk=other.pk).update(execute_by=SOON, **written)

        assert objections(proposals[:1]) == ["record_moved"]

    def test_is_found_again_when_its_turn_comes(self, proposals):
        bulk = start(proposals)
        another_on(proposals[4], StageName="Proposal")

        run()

        assert results(bulk) == [("decided", "")] * 4 + [("refused", "conflict")]

    def test_costs_one_query_however_many(self, proposals):
        def cost(some):
            with CaptureQueriesContext(connection) as queries:
                objections(some)
            return len(queries)

        assert cost(proposals) == cost(proposals[:1]) <= 9


class TestHighRisk:
    def test_is_never_decided_however_the_form_was_made(self, proposals):
        Proposal.objects.filter(pk=proposals[0].pk).update(risk="high")

        for vote in ("approve", "deny"):
            bulk = start(proposals[:1], vote=vote, reason_code="other", text="All the same.")
            run()

            assert results(bulk) == [("refused", "high_risk")]
        assert states(proposals[:1]) == ["in_review"]
        assert not Decision.objects.exists()


class TestAGroup:
    def test_is_all_that_is_alike_and_waits_for_the_person(self, proposals):
        key = Proposal.objects.get(pk=proposals[0].pk).group_key
        another_on(proposals[0], NextStep="Call")
        decide(proposals[4])

        found, more = bulk_groups.in_group(key, person=get_user("ben"), at=SOON)

        assert {each.proposal_id for each in found} == {each.pk for each in proposals[:4]}
        assert not more

    def test_is_nothing_to_somebody_for_whom_it_does_not_wait(self, proposals):
        key = Proposal.objects.get(pk=proposals[0].pk).group_key

        assert bulk_groups.in_group(key, person=get_user("eve"), at=SOON) == ([], False)

    def test_ends_where_a_bulk_decision_does(self, proposals, monkeypatch):
        monkeypatch.setattr(bulk_groups, "MOST_ITEMS", 3)
        key = Proposal.objects.get(pk=proposals[0].pk).group_key

        found, more = bulk_groups.in_group(key, person=get_user("ben"), at=SOON)

        assert (len(found), more) == (3, True)


class TestTurns:
    def test_let_a_short_one_end_while_a_long_one_runs(self, proposals, monkeypatch):
        monkeypatch.setattr(bulk_casting, "TURN", 1)
        start(proposals[:4])
        short = start(proposals[4:], "dora")

        cast = run_for(items=5)

        short.refresh_from_db()
        assert short.state == "finished"
        assert 0 < cast < 5

    def test_begin_with_whoever_came_first(self, proposals, monkeypatch):
        monkeypatch.setattr(bulk_casting, "TURN", 1)
        long, short = start(proposals[:4]), start(proposals[4:], "dora")

        run_for(items=1)

        assert bulk_decisions.progress(long)["decided"] == 1
        assert bulk_decisions.progress(short)["decided"] == 0

    def test_come_to_everything_in_the_end(self, proposals):
        start(proposals[:4])
        start(proposals[4:], "dora")

        assert run() == 5
        assert not BulkItem.objects.filter(state="waiting").exists()


def run_for(*, items):
    """Run with a clock that is over after about so many items: it is asked twice for each."""
    per_look = bulk_casting.LONGEST_RUN / (2 * items + 2)
    ticks = (SOON + per_look * number for number in itertools.count())
    return bulk_casting.run_due(at_clock=lambda: next(ticks))


class TestHowQuickly:
    def shown(self, some, *, person="ben", at=SOON):
        digest = bulk_checks.digest_of(chosen(some))
        return opened_token(person_id=get_user(person).pk, digest=digest, at=at)

    def test_is_kept_for_each_item_as_its_share(self, proposals):
        bulk = start(proposals, shown=self.shown(proposals, at=SOON - SECOND))

        run(at=SOON + SECOND)

        paces = list(Pace.objects.all())
        assert [pace.took for pace in paces] == [SECOND / 5] * 5
        assert {pace.too_fast for pace in paces} == {bulk.hasty()} == {True}
        assert {pace.bulk_id for pace in paces} == {bulk.pk}

    def test_is_not_spoken_of_after_a_good_look(self, proposals):
        bulk = start(proposals, shown=self.shown(proposals, at=SOON - 60 * SECOND))
        run()

        assert not bulk.hasty()
        assert not Pace.objects.filter(too_fast=True).exists()

    def test_is_unknown_for_another_list_than_the_one_shown(self, proposals):
        bulk = start(proposals, shown=self.shown(proposals[:4]))
        run()

        assert bulk.took is None
        assert not Pace.objects.exists()

    def test_counts_what_was_approved_before_a_stop(self, proposals):
        bulk = start(proposals, shown=self.shown(proposals, at=SOON - 2 * SECOND))
        run_for(items=2)
        cast = Decision.objects.count()
        bulk_decisions.stop(bulk_id=bulk.pk, person=get_user("ben"), at=SOON)

        assert 0 < cast < 5
        assert Pace.objects.count() == cast
