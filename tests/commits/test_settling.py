"""Judging by what reading back shows."""

import datetime as dt

import pytest

from orchestrator.commits.settling import WORDS, Basis, Evidence, Found, Image, Judgement, judge

US, THEM = "005-us", "005-them"
COMMIT, EARLIER, FOREIGN = "cmt_this", "cmt_earlier", "cmt_elsewhere"
THEN = dt.datetime(2026, 11, 18, 9, 0, tzinfo=dt.UTC)
A_SECOND = dt.timedelta(seconds=1)
BEFORE = Image({"Stage": "A"}, THEN, THEM)
STAMPED = Image({"Stage": "A"}, THEN, THEM, EARLIER)
NEVER_STAMPED = Image({"Stage": "A"}, THEN, THEM, "")
WRITTEN, NOT_WRITTEN, UNCLEAR = Found.WRITTEN, Found.NOT_WRITTEN, Found.UNCLEAR


def now(
    stage: str = "B", *, at: dt.datetime = THEN + A_SECOND, by: str = US, stamp: str | None = None
) -> Image:
    return Image({"Stage": stage}, at, by, stamp)


def update(found: Image | None, before: Image | None = BEFORE) -> Evidence:
    return Evidence("update", {"Stage": "B"}, before, found)


def create(found: Image | None, *, own_key: bool = True) -> Evidence:
    return Evidence("create", {"Stage": "B"}, None, found, own_key)


def delete(found: Image | None, before: Image = BEFORE) -> Evidence:
    return Evidence("delete", {}, before, found)


def judged(*evidence: Evidence, marker: bool | None = None) -> Judgement:
    return judge(evidence, commit_id=COMMIT, writer_id=US, marker=marker)


@pytest.mark.req("E1")
class TestByValues:
    @pytest.mark.parametrize(
        ("evidence", "expected"),
        [
            (update(now()), WRITTEN),
            (update(BEFORE), NOT_WRITTEN),
            # The stamp has one-second grain: our write in the second of the last edit shows in
            # the values and in who wrote.
            (update(now(at=THEN)), WRITTEN),
            (update(now(by=THEM)), UNCLEAR),
            (update(now("C")), UNCLEAR),
            (update(now("A", by=THEM)), UNCLEAR),
            (update(now(at=THEN - A_SECOND)), UNCLEAR),
            (update(None), UNCLEAR),
            (update(now(), before=None), UNCLEAR),
            (create(None), NOT_WRITTEN),
            (create(now()), WRITTEN),
            # Under a key that only we use, a later edit by somebody does not hide who made it.
            (create(now("C", by=THEM)), WRITTEN),
            (create(now("C", by=THEM), own_key=False), UNCLEAR),
            (delete(None), WRITTEN),
            (delete(BEFORE), NOT_WRITTEN),
            (delete(now("C", by=THEM)), UNCLEAR),
        ],
    )
    def test_one_change(self, evidence, expected):
        assert judged(evidence) == Judgement(expected, Basis.VALUES)

    def test_a_whole_is_written_or_not(self):
        assert judged(update(now()), delete(None)).found == WRITTEN
        assert judged(update(BEFORE), create(None)).found == NOT_WRITTEN

    def test_half_of_it_is_unclear(self):
        assert judged(update(now()), update(BEFORE)).found == UNCLEAR


@pytest.mark.req("E1")
class TestByStamp:
    @pytest.mark.parametrize("before", [STAMPED, NEVER_STAMPED, BEFORE])
    @pytest.mark.parametrize("stage", ["A", "B", "C"])
    @pytest.mark.parametrize("by", [US, THEM])
    def test_ours_proves_the_write_whoever_edited_the_record_since(self, before, stage, by):
        found = update(now(stage, by=by, stamp=COMMIT), before)
        assert judged(found) == Judgement(WRITTEN, Basis.STAMP)

    @pytest.mark.parametrize("before", [STAMPED, NEVER_STAMPED])
    @pytest.mark.parametrize(
        ("stage", "by"), [("A", THEM), ("B", THEM), ("C", THEM), ("A", US), ("C", US)]
    )
    def test_that_of_before_proves_that_there_was_none(self, before, stage, by):
        found = update(now(stage, by=by, stamp=before.stamp), before)
        assert judged(found) == Judgement(NOT_WRITTEN, Basis.STAMP)

    def test_that_of_before_on_an_untouched_record_does_too(self):
        assert judged(update(STAMPED, STAMPED)) == Judgement(NOT_WRITTEN, Basis.STAMP)

    def test_that_of_before_under_our_own_values_is_a_contradiction(self):
        found = update(now("B", by=US, stamp=EARLIER), STAMPED)
        assert judged(found) == Judgement(UNCLEAR, Basis.STAMP)

    def test_our_values_there_before_the_write_are_none(self):
        same = Image({"Stage": "B"}, THEN, US, EARLIER)
        assert judged(update(same, same)) == Judgement(NOT_WRITTEN, Basis.STAMP)

    @pytest.mark.parametrize(
        ("found", "before", "expected"),
        [
            # Another installation wrote after us, or instead of us: its values may be ours.
            (now("B", by=US, stamp=FOREIGN), STAMPED, UNCLEAR),
            (now("B", by=US, stamp=FOREIGN), NEVER_STAMPED, UNCLEAR),
            (now("C", by=THEM, stamp=FOREIGN), STAMPED, UNCLEAR),
            # Somebody cleared it: what stands there has to speak for itself.
            (now("C", by=THEM, stamp=""), STAMPED, UNCLEAR),
            (now("B", by=US, stamp=""), STAMPED, WRITTEN),
        ],
    )
    def test_one_that_another_hand_put_there_leaves_it_to_the_values(self, found, before, expected):
        assert judged(update(found, before)) == Judgement(expected, Basis.VALUES)

    def test_fields_deployed_after_the_write_left_prove_nothing_by_their_emptiness(self):
        assert judged(update(now(stamp=""))) == Judgement(WRITTEN, Basis.VALUES)
        assert judged(update(now("C", by=THEM, stamp=""))).found == UNCLEAR

    def test_fields_removed_since_leave_it_to_the_values(self):
        assert judged(update(now(stamp=None), STAMPED)) == Judgement(WRITTEN, Basis.VALUES)

    def test_a_record_that_is_gone_takes_its_stamp_along(self):
        assert judged(update(None, STAMPED)) == Judgement(UNCLEAR, Basis.VALUES)

    def test_a_delete_leaves_no_stamp_to_read(self):
        found = delete(now("A", by=THEM, stamp=EARLIER), STAMPED)
        assert judged(found) == Judgement(UNCLEAR, Basis.VALUES)

    def test_a_created_record_of_another_key_is_known_by_its_stamp(self):
        found = create(now("C", by=THEM, stamp=COMMIT), own_key=False)
        assert judged(found) == Judgement(WRITTEN, Basis.STAMP)
        found = create(now("C", by=THEM, stamp=""), own_key=False)
        assert judged(found) == Judgement(UNCLEAR, Basis.VALUES)

    def test_one_stamp_decides_for_all_that_happen_together(self):
        ours = update(now("C", by=THEM, stamp=COMMIT), STAMPED)
        assert judged(ours, delete(None), create(None)).found == WRITTEN
        untouched = update(now("C", by=THEM, stamp=EARLIER), STAMPED)
        assert judged(untouched, delete(now("C", by=THEM))).found == NOT_WRITTEN

    def test_two_that_contradict_each_other_are_for_people(self):
        ours = update(now(stamp=COMMIT), STAMPED)
        assert judged(ours, update(STAMPED, STAMPED)) == Judgement(UNCLEAR, Basis.STAMP)


EVERY_IMAGE = [
    None, BEFORE, STAMPED, NEVER_STAMPED,
    now(), now("C", by=THEM), now(stamp=COMMIT), now("C", by=THEM, stamp=COMMIT),
    now(stamp=EARLIER), now(stamp=FOREIGN), now("C", by=THEM, stamp=""),
]  # fmt: skip


@pytest.mark.req("E1")
class TestByMarker:
    @pytest.mark.parametrize("found", EVERY_IMAGE)
    @pytest.mark.parametrize("kind", [update, create, delete])
    @pytest.mark.parametrize(("marker", "expected"), [(True, WRITTEN), (False, NOT_WRITTEN)])
    def test_decides_whatever_became_of_the_records(self, found, kind, marker, expected):
        assert judged(kind(found), marker=marker) == Judgement(expected, Basis.MARKER)

    def test_that_cannot_be_read_leaves_it_to_the_rest(self):
        ours = update(now("C", by=THEM, stamp=COMMIT), STAMPED)
        assert judged(ours, marker=None) == Judgement(WRITTEN, Basis.STAMP)


class TestWords:
    @pytest.mark.parametrize("found", EVERY_IMAGE)
    @pytest.mark.parametrize("before", [None, BEFORE, STAMPED, NEVER_STAMPED])
    @pytest.mark.parametrize("marker", [None, True, False])
    def test_there_are_some_for_every_finding(self, found, before, marker):
        words = judged(update(found, before), marker=marker).words
        assert words in WORDS.values()
