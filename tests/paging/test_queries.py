"""Reading pages: what is whose, what nobody answered, and how long answers take."""

import datetime as dt

import pytest

from orchestrator.paging import paging, queries
from orchestrator.paging.acknowledging import acknowledge
from orchestrator.people import absences
from tests.factories import AT, create_role, get_user
from tests.paging.scene import MINUTE, a_subject, called_now, create_callers, open_page

pytestmark = [pytest.mark.django_db, pytest.mark.req("I2")]
HOUR = dt.timedelta(hours=1)


class TestMine:
    def test_counts_what_calls_and_what_was_taken(self):
        role = create_callers()
        taken = open_page(role=role, subject=a_subject(id="a"))
        open_page(role=role, subject=a_subject(id="b"))
        acknowledge(page=taken, person=get_user("ben"), at=AT)

        assert queries.callings_of(get_user("ben")) == queries.Callings(calling=1, taken=1)
        assert queries.open_for(get_user("ben")) == 2
        assert queries.open_for(get_user("cleo")) == 0

    def test_puts_the_most_urgent_first(self):
        role = create_callers()
        for id, hours in (("late", 5), ("soon", 1)):
            subject = a_subject(id=id)
            paging.page(
                subject=type(subject)(
                    kind=subject.kind,
                    id=id,
                    title=id,
                    path="/",
                    until=AT + hours * HOUR,
                ),
                role=role,
                why="x",
                step="page",
                at=AT,
            )

        assert [page.title for page in queries.pages_of(get_user("ben"))] == ["soon", "late"]


class TestExhausted:
    def test_names_what_nobody_answered(self):
        page = open_page(role=create_role(slug="empty"))

        assert queries.exhausted(AT) == [page]
        assert queries.exhausted(AT - MINUTE) == []

    def test_forgets_it_once_somebody_takes_it(self):
        owners = create_role(slug="ops-owner", members=[get_user("dora")])
        page = open_page(role=owners)
        paging.page_next(subject_kind="proposal", subject_id="prp_1", why="x", step="next", at=AT)
        assert queries.exhausted(AT) == [page]

        acknowledge(page=page, person=get_user("dora"), at=AT)

        assert queries.exhausted(AT) == []


class TestAnswerTimes:
    def test_tell_the_middle_and_the_slow_end(self):
        role = create_callers()
        for minutes in (1, 2, 3, 4, 40):
            page = open_page(role=role, subject=a_subject(id=str(minutes)))
            acknowledge(page=page, person=get_user("ben"), at=AT + minutes * MINUTE)
        open_page(role=role, subject=a_subject(id="open"))

        found = queries.answer_times(since=AT, until=AT + HOUR)

        assert (found.opened, found.answered) == (6, 5)
        assert found.p50 == 3 * MINUTE
        assert 4 * MINUTE < found.p95 < 40 * MINUTE

    def test_have_nothing_to_tell_of_an_empty_window(self):
        found = queries.answer_times(since=AT, until=AT + HOUR)

        assert found == queries.AnswerTimes(opened=0, answered=0, p50=None, p95=None)


class TestWhom:
    @pytest.mark.req("A4")
    def test_passes_by_whoever_is_away(self):
        role = create_callers()
        ben = get_user("ben")
        absences.set_absence(
            person=ben, starts_at=AT, ends_at=AT + HOUR, delegate=None, by=ben, at=AT
        )

        assert called_now(open_page(role=role)) == get_user("cleo")
