"""Which changes are alike."""

from typing import Any

import pytest

from approvals.group_keys import key_of, step_of

pytestmark = pytest.mark.req("A6")


def headline(**more: Any) -> dict[str, Any]:
    first = {"field": "StageName", "old": "Prospecting", "new": "Qualification", "kind": "picklist"}
    shown = {"operation": "update", "object": "Opportunity", "fields": ["StageName"], "changes": 1}
    return {**shown, "first": {**first, **more.pop("first", {})}, **more}


def key(shown: dict[str, Any], **more: Any) -> str:
    return key_of(**{"workflow": 1, "action": "change_stage", "headline": shown, **more})


def test_the_same_step_of_a_choice_is_alike_whatever_the_record():
    assert key(headline(label="Northwind")) == key(headline(label="Kestrel"))


@pytest.mark.parametrize(
    "other",
    [
        headline(first={"new": "Closed Won"}),
        headline(first={"old": None}),
        headline(fields=["StageName", "Amount"]),
        headline(object="Lead"),
        headline(operation="delete"),
        headline(changes=2),
    ],
)
def test_another_step_or_shape_is_not(other):
    assert key(other) != key(headline())


def test_another_workflow_or_action_is_not():
    assert key(headline(), workflow=2) != key(headline())
    assert key(headline(), action="other") != key(headline())


@pytest.mark.parametrize("first", [{"kind": "currency"}, {"kind": "string"}, {"new": "x" * 41}])
def test_values_of_their_own_are_no_part_of_it(first):
    assert step_of(headline(first=first)) is None


def test_a_field_that_is_kept_from_somebody_gives_away_nothing():
    kept = {"Opportunity.StageName"}

    assert key(headline(first={"new": "Closed Won"}), kept=kept) == key(headline(), kept=kept)
    assert step_of(headline(), kept) is None
