"""Groups of what is alike in the inbox."""

import datetime as dt

import pytest

from approvals import grouping
from approvals.desk import Desk
from approvals.filters import Filters
from approvals.models import Proposal, Review
from tests.factories import AT, create_draft, create_proposal, create_workflow, get_user, vote_on
from tests.sight import keep

pytestmark = [pytest.mark.django_db, pytest.mark.req("A6")]


@pytest.fixture
def deals(crm):
    """Return two proposals for a stage, then three for a next step, one a minute."""
    create_workflow()
    made = []
    for number in range(5):
        key = crm.add("Opportunity", Name=f"Deal {number}", StageName="Prospecting", Amount=1.0)
        fields = {"StageName": "Qualification"} if number < 2 else {"NextStep": f"Call {number}"}
        draft = create_draft(record_id=key.record_id, fields=fields)
        made.append(create_proposal(draft=draft, at=AT + dt.timedelta(minutes=number)))
    return made


def page(username="ben", **more):
    return grouping.groups(desk=Desk(get_user(username)), tab="mine", **more)


def test_what_is_alike_stands_together_and_the_group_that_is_due_first_on_top(deals):
    found = page().groups

    assert [group.count for group in found] == [2, 3]
    assert found[0].first == deals[0]
    assert found[0].due_at == Review.objects.get(proposal=deals[0]).due_at
    assert found[0].risks == (("low", 2),)
    assert found[1].agents == ("Hygiene agent",)


def test_reviews_carry_the_key_of_their_proposal(deals):
    rows = Review.objects.values_list("group_key", "proposal__group_key")

    assert all(key and key == of_proposal for key, of_proposal in rows)


def test_a_group_counts_only_what_the_person_may_decide(deals):
    vote_on(proposal=deals[0])

    assert [group.count for group in page().groups] == [1, 3]
    assert page("cleo").groups == []


def test_filters_narrow_the_groups_and_their_counts(deals):
    Proposal.objects.filter(pk=deals[2].pk).update(risk="high")

    [group] = page(filters=Filters(risk="high")).groups

    assert group.count == 1
    assert group.risks == (("high", 1),)


def test_pages_show_each_group_once(deals):
    first = page(size=1)
    second = page(size=1, after=first.after)

    keys = [group.key for group in [*first.groups, *second.groups]]
    assert len(keys) == len(set(keys)) == 2
    # What is left of a group that was shown before is not shown again.
    Review.objects.filter(proposal=deals[1]).update(due_at=AT + dt.timedelta(days=9))
    assert [group.key for group in page(after=first.after).groups] == [second.groups[0].key]


def test_counts_stop_at_their_limit(deals, monkeypatch):
    monkeypatch.setattr(grouping, "COUNT_LIMIT", 1)

    assert [group.count for group in page().groups] == [2, 2]


def test_a_page_of_groups_takes_three_queries(deals, django_assert_num_queries):
    desk = Desk(get_user("ben"))
    assert desk.roles

    with django_assert_num_queries(3):
        grouping.groups(desk=desk, tab="mine")


@pytest.mark.req("B6")
def test_a_value_that_is_kept_from_some_is_no_part_of_what_stands_in_addresses(crm):
    keep(create_workflow(), StageName="sensitive")
    keys = set()
    for stage in ("Qualification", "Negotiation"):
        key = crm.add("Opportunity", Name="Deal", StageName="Prospecting", Amount=1.0)
        draft = create_draft(record_id=key.record_id, fields={"StageName": stage})
        keys.add(create_proposal(draft=draft).group_key)

    assert len(keys) == 1
