"""What the metrics page tells of pages."""

import pytest

from orchestrator.insight import page_metrics
from orchestrator.paging.acknowledging import acknowledge
from tests.factories import AT, create_role, get_user
from tests.paging.scene import MINUTE, a_subject, create_callers, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]


def told() -> dict[tuple[str, str], float]:
    found = {}
    for family in page_metrics.families(AT + MINUTE):
        for sample in family.samples:
            found[sample.name, next(iter(sample.labels.values()))] = sample.value
    return found


def test_count_what_is_open_and_what_nobody_answers_and_how_long_answers_take():
    role = create_callers()
    acknowledge(page=open_page(role=role), person=get_user("ben"), at=AT + 2 * MINUTE)
    open_page(role=role, subject=a_subject(id="prp_2"))
    open_page(role=create_role(slug="empty"), subject=a_subject(id="prp_3", barred=("dora",)))

    assert told() == {
        ("countersign_pages", "open"): 3,
        ("countersign_pages", "unanswered"): 1,
        ("countersign_page_answer_seconds", "0.5"): 120,
        ("countersign_page_answer_seconds", "0.95"): 120,
    }


def test_say_nothing_of_answers_where_there_are_none():
    assert told() == {("countersign_pages", "open"): 0, ("countersign_pages", "unanswered"): 0}
