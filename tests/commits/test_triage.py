"""Dead letters as duties: whose, until when, and what happens when nobody acts."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit import queries as ledger
from orchestrator.commits import deadletters, escalation, letters, queries, triage
from orchestrator.commits.letters import Narrowed
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.commits.states import LetterKind
from orchestrator.connectors.errors import NotPermitted, OutcomeUnknown, Rejected
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from tests.commits.scene import SOON, approve, commit_of, drain, opportunity, settle
from tests.factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("E3", "E4")]
HOUR = dt.timedelta(hours=1)
OVERDUE = SOON + 9 * HOUR


def fail(crm, *numbers: int, error=None) -> list[Commit]:
    proposals = [approve(opportunity(crm, number)) for number in numbers]
    crm.fail_writes = error or NotPermitted("No access to StageName.", crm_code="INSUFFICIENT")
    drain()
    crm.fail_writes = None
    return [commit_of(proposal) for proposal in proposals]


@pytest.fixture
def letter(crm) -> DeadLetter:
    [commit] = fail(crm, 1)
    return DeadLetter.objects.get(commit=commit)


def events(letter: DeadLetter) -> list[str]:
    return [line.event for line in ledger.timeline(letter.commit.proposal_id)]


class TestOpening:
    def test_makes_a_failure_the_ops_owners_with_a_due_time(self, letter):
        assert (letter.owner.username, letter.kind) == ("dora", "failed")
        assert letter.due_at - letter.opened_at == 8 * HOUR
        assert letter.cause == "permission:INSUFFICIENT:StageName"

    def test_makes_an_unclear_outcome_somebodys_only_once_reading_back_could_not_tell(self, crm):
        key = opportunity(crm)
        approve(key)
        crm.fail_writes = OutcomeUnknown("No answer.")
        drain()
        assert not DeadLetter.objects.exists()

        crm.edit(key, StageName="Negotiation")
        settle(SOON + dt.timedelta(minutes=5))

        assert DeadLetter.objects.get().kind == "unknown"

    def test_ends_with_the_verdict(self, letter):
        deadletters.discard(
            commit_id=letter.commit_id, reason="No.", person=get_user("dora"), at=OVERDUE
        )

        letter.refresh_from_db()
        assert (letter.verdict, letter.closed_at) == ("discarded", OVERDUE)

    def test_begins_anew_when_it_fails_again(self, letter, crm):
        deadletters.requeue(
            commit_id=letter.commit_id, reason="Fixed.", person=get_user("dora"), at=SOON
        )
        crm.fail_writes = NotPermitted("Still not.")
        drain(at=SOON)

        assert DeadLetter.objects.filter(commit=letter.commit_id).count() == 2
        assert DeadLetter.objects.get(closed_at=None).opened_at == SOON

    def test_knows_one_open_letter_a_commit(self, letter):
        letter.pk = None

        with pytest.raises(IntegrityError, match="letter_one_open_per_commit"):
            letter.save()

    def test_closes_no_letter_without_a_verdict(self, letter):
        letter.closed_at = OVERDUE

        with pytest.raises(IntegrityError, match="letter_closed"), transaction.atomic():
            letter.save()


class TestOwners:
    @pytest.fixture
    def hal(self, letter) -> User:
        hal = get_user("hal")
        User.objects.filter(pk=hal.pk).update(is_superuser=True)
        return User.objects.get(pk=hal.pk)

    def test_take_it_over(self, letter, hal):
        triage.take(commit_id=letter.commit_id, person=hal, at=SOON)

        letter.refresh_from_db()
        assert letter.owner == hal
        assert "commit.taken" in events(letter)

    def test_hand_it_to_somebody_who_may_deal_with_it(self, letter, hal):
        triage.hand_over(
            commit_id=letter.commit_id,
            to="hal",
            reason="You know the rule.",
            person=get_user("dora"),
            at=SOON,
        )

        letter.refresh_from_db()
        assert letter.owner == hal
        assert "commit.handed_over" in events(letter)

    @pytest.mark.parametrize("to", ["eve", "nobody"])
    def test_hand_it_to_nobody_else(self, letter, to):
        with pytest.raises(triage.CannotTakeOver):
            triage.hand_over(
                commit_id=letter.commit_id, to=to, reason="", person=get_user("dora"), at=SOON
            )

    def test_must_administer_the_workflow(self, letter):
        with pytest.raises(NotAllowed):
            triage.take(commit_id=letter.commit_id, person=get_user("ben"), at=SOON)

    def test_take_nothing_that_is_over(self, letter):
        dora = get_user("dora")
        deadletters.discard(commit_id=letter.commit_id, reason="No.", person=dora, at=SOON)

        with pytest.raises(triage.NotADeadLetter):
            triage.take(commit_id=letter.commit_id, person=dora, at=SOON)


class TestEscalation:
    def test_leaves_alone_what_is_not_due(self, letter):
        assert escalation.escalate_overdue(at=SOON + 7 * HOUR) == 0

    def test_calls_the_ops_owner_once(self, letter):
        hal = get_user("hal")
        DeadLetter.objects.update(owner=hal)

        assert escalation.escalate_overdue(at=OVERDUE) == 1
        assert escalation.escalate_overdue(at=OVERDUE) == 0

        letter.refresh_from_db()
        assert (letter.owner.username, letter.escalated_at) == ("dora", OVERDUE)
        assert events(letter).count("commit.escalated") == 1

    def test_calls_somebody_of_the_staff_where_the_ops_owner_has_left(self, letter):
        User.objects.filter(username="dora").update(is_active=False)
        staff = get_user("sam")
        User.objects.filter(pk=staff.pk).update(is_staff=True)

        escalation.escalate_overdue(at=OVERDUE)

        letter.refresh_from_db()
        assert letter.owner == staff

    def test_calls_again_when_the_one_called_has_left_as_well(self, letter):
        escalation.escalate_overdue(at=OVERDUE)
        User.objects.filter(username="dora").update(is_active=False)
        User.objects.filter(pk=get_user("sam").pk).update(is_staff=True)

        assert escalation.escalate_overdue(at=OVERDUE + HOUR) == 1
        assert escalation.escalate_overdue(at=OVERDUE + HOUR) == 0

        letter.refresh_from_db()
        assert (letter.owner.username, letter.escalated_at) == ("sam", OVERDUE)

    def test_forgets_what_was_dealt_with(self, letter):
        deadletters.discard(
            commit_id=letter.commit_id, reason="No.", person=get_user("dora"), at=SOON
        )

        assert escalation.escalate_overdue(at=OVERDUE) == 0


class TestReading:
    def narrowed(self, **more) -> Narrowed:
        flow = DeadLetter.objects.first().workflow_id
        return Narrowed(workflow_ids=[flow], person=get_user("dora"), **more)

    def test_groups_by_cause_with_the_newest_of_each(self, crm):
        fail(crm, 1, 2, 3, 4, 5)
        fail(crm, 6, error=Rejected("Bad value.", crm_code="FIELD_INTEGRITY_EXCEPTION"))

        found = letters.groups(self.narrowed()).found

        assert [group.count for group in found] == [1, 5]
        newest = [letter.pk for letter in found[1].letters]
        assert newest == sorted(newest, reverse=True)
        assert len(newest) == letters.SHOWN_OF_A_GROUP

    def test_pages_causes_and_failures_without_losing_any(self, crm):
        for number in range(1, 4):
            fail(crm, number, error=Rejected("No.", crm_code=f"CODE_{number}"))

        first = letters.groups(self.narrowed(), size=2)
        rest = letters.groups(self.narrowed(), before=first.before, size=2)
        causes = [group.cause for group in [*first.found, *rest.found]]
        one = letters.page(self.narrowed(), size=2)
        two = letters.page(self.narrowed(), before=one.before, size=2)

        assert causes == [f"validation:CODE_{number}:" for number in (3, 2, 1)]
        assert rest.before == two.before == ""
        assert len({letter.pk for letter in [*one.found, *two.found]}) == 3

    @pytest.mark.parametrize(
        ("narrow", "count"),
        [
            ({"workflow": "deal-hygiene"}, 1),
            ({"workflow": "other"}, 0),
            ({"agent": "hygiene-agent"}, 1),
            ({"object_name": "Opportunity"}, 1),
            ({"object_name": "Lead"}, 0),
            ({"owner": "dora", "tab": "mine"}, 1),
            ({"owner": "ben"}, 0),
            ({"tab": "unknown"}, 0),
            ({"cause": "permission:INSUFFICIENT:StageName"}, 1),
        ],
    )
    def test_narrows_to_what_the_address_says(self, letter, narrow, count):
        assert len(letters.page(self.narrowed(**narrow)).found) == count

    def test_shows_nothing_of_workflows_that_the_reader_may_not_see(self, letter):
        nowhere = Narrowed(workflow_ids=[], person=get_user("eve"))

        assert letters.groups(nowhere).found == []
        assert letters.counts(nowhere)["everything"] == 0

    def test_counts_for_the_navigation_what_needs_a_person(self, letter):
        assert queries.failing_workflows() == [letter.workflow_id]

        DeadLetter.objects.update(kind=LetterKind.UNREAD)
        assert queries.failing_workflows() == []

        escalation.escalate_overdue(at=OVERDUE)
        assert queries.failing_workflows() == [letter.workflow_id]
