"""Judging by what reading back shows."""

import datetime as dt

import pytest

from orchestrator.commits.settling import Evidence, Found, Image, judge

US, THEM = "005-us", "005-them"
THEN = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.UTC)
A_SECOND = dt.timedelta(seconds=1)
BEFORE = Image({"Stage": "A"}, THEN, THEM)


def now(stage: str = "B", *, at: dt.datetime = THEN + A_SECOND, by: str = US) -> Image:
    return Image({"Stage": stage}, at, by)


def update(found: Image | None, before: Image | None = BEFORE) -> Evidence:
    return Evidence("update", {"Stage": "B"}, before, found)


def create(found: Image | None, *, own_key: bool = True) -> Evidence:
    return Evidence("create", {"Stage": "B"}, None, found, own_key)


def delete(found: Image | None) -> Evidence:
    return Evidence("delete", {}, BEFORE, found)


@pytest.mark.req("E1")
class TestJudge:
    @pytest.mark.parametrize(
        ("evidence", "expected"),
        [
            (update(now()), Found.WRITTEN),
            (update(BEFORE), Found.NOT_WRITTEN),
            # The stamp has one-second grain: our write in the second of the last edit shows in
            # the values and in who wrote.
            (update(now(at=THEN)), Found.WRITTEN),
            (update(now(by=THEM)), Found.UNCLEAR),
            (update(now("C")), Found.UNCLEAR),
            (update(now("A", by=THEM)), Found.UNCLEAR),
            (update(now(at=THEN - A_SECOND)), Found.UNCLEAR),
            (update(None), Found.UNCLEAR),
            (update(now(), before=None), Found.UNCLEAR),
            (create(None), Found.NOT_WRITTEN),
            (create(now()), Found.WRITTEN),
            # Under a key that only we use, a later edit by somebody does not hide who made it.
            (create(now("C", by=THEM)), Found.WRITTEN),
            (create(now("C", by=THEM), own_key=False), Found.UNCLEAR),
            (delete(None), Found.WRITTEN),
            (delete(BEFORE), Found.NOT_WRITTEN),
            (delete(now("C", by=THEM)), Found.UNCLEAR),
        ],
    )
    def test_one_change(self, evidence, expected):
        assert judge([evidence], writer_id=US) == expected

    def test_a_whole_is_written_or_not(self):
        assert judge([update(now()), delete(None)], writer_id=US) == Found.WRITTEN
        assert judge([update(BEFORE), create(None)], writer_id=US) == Found.NOT_WRITTEN

    def test_half_of_it_is_unclear(self):
        assert judge([update(now()), update(BEFORE)], writer_id=US) == Found.UNCLEAR
