"""What goes back, judged on plain values: properties first, then the cases worth a name."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.connectors.base import RecordKey, Snapshot
from orchestrator.rollbacks.planning import plan, wanted
from orchestrator.rollbacks.record_plans import Fate, Other, Step, World
from tests.fake_connector import OBJECTS, WRITER

START = dt.datetime(2026, 11, 18, 8, 0, tzinfo=dt.UTC)
DEAL = RecordKey("Opportunity", "006000000000001AAA")
FIELDS = ("StageName", "NextStep", "Description")
values = st.sampled_from(["a", "b", "c", None])
writes = st.lists(
    st.tuples(
        st.booleans(), st.dictionaries(st.sampled_from(FIELDS), values, min_size=1, max_size=3)
    ),
    min_size=1,
    max_size=6,
)


def moment(number: int) -> dt.datetime:
    return START + dt.timedelta(minutes=number)


def snapshot(key: RecordKey, found: dict, *, at: dt.datetime = START, by: str = WRITER) -> Snapshot:
    return Snapshot(
        key=key,
        label="Deal",
        values=found,
        modified_at=at,
        modstamp=at,
        modified_by=by,
        parent_key="",
    )


def world(now: Snapshot | None, key: RecordKey = DEAL) -> World:
    return World(now={key: now}, objects=OBJECTS, writer=WRITER)


def history(story) -> tuple[dict, dict, list[Step], list[Other]]:
    """Play writes of ours; return the first and last values, the chosen steps, and the others."""
    first = dict.fromkeys(FIELDS, "first")
    now, steps, others = dict(first), [], []
    for number, (chosen, fields) in enumerate(story):
        order = (moment(number), f"cmt_{number}")
        if chosen:
            before = {name: now[name] for name in fields}
            steps.append(Step(order, order[1], "update", DEAL, before, fields, None))
        else:
            others.append(Other(order, f"prp_{number}", DEAL, frozenset(fields)))
        now.update(fields)
    return first, now, steps, others


def fates(record) -> dict[str, Fate]:
    return {line.field: line.fate for line in record.lines}


def after(now: dict, record, ticked=()) -> dict:
    return {**now, **{line.field: line.restored_to for line in record.restored(ticked)}}


@pytest.mark.req("D2")
class TestAnyHistory:
    @given(writes)
    def test_of_chosen_writes_alone_ends_where_it_began(self, story):
        first, now, steps, _ = history([(True, fields) for _, fields in story])

        [record] = plan(steps, [], world(snapshot(DEAL, now)))

        assert after(now, record) == first

    @given(writes, st.dictionaries(st.sampled_from(FIELDS), st.just("by hand")))
    def test_never_loses_what_somebody_else_wrote_last(self, story, edits):
        _, now, steps, others = history(story)
        now.update(edits)
        last = {name: number for number, (_, found) in enumerate(story) for name in found}
        theirs = {name for name, number in last.items() if not story[number][0]} | set(edits)

        for record in plan(steps, others, world(snapshot(DEAL, now))):
            assert {line.field for line in record.restored(())} & theirs == set()
            assert all(after(now, record)[name] == now[name] for name in theirs)

    @given(writes)
    def test_gives_every_field_what_stood_before_our_last_writes_in_a_row(self, story):
        first, now, steps, others = history(story)

        for record in plan(steps, others, world(snapshot(DEAL, now))):
            gone_back = after(now, record)
            for name in {name for step in steps for name in step.before}:
                touching = [(chosen, found[name]) for chosen, found in story if name in found]
                while touching and touching[-1][0]:
                    touching.pop()
                assert gone_back[name] == (touching[-1][1] if touching else first[name])

    @given(writes, st.dictionaries(st.sampled_from(FIELDS), st.just("by hand")))
    def test_changes_nothing_more_when_it_is_planned_again(self, story, edits):
        _, now, steps, others = history(story)
        now.update(edits)

        for record in plan(steps, others, world(snapshot(DEAL, now))):
            ticked = {line.mark for line in record.lines}
            done = snapshot(DEAL, after(now, record, ticked))
            [again] = plan(steps, others, world(done))
            assert all(line.fate == Fate.AS_BEFORE for line in again.lines)


class TestOneField:
    def step(self, number=0, before="old", wrote="new") -> Step:
        order = (moment(number), f"cmt_{number}")
        return Step(
            order, order[1], "update", DEAL, {"NextStep": before}, {"NextStep": wrote}, None
        )

    def line(self, steps, now, others=()):
        [record] = plan(steps, others, world(now))
        return record.lines[0]

    def test_counts_numbers_by_value_not_by_their_digits(self):
        step = self.step()._replace(before={"Amount": 5}, wrote={"Amount": "250.00"})

        line = self.line([step], snapshot(DEAL, {"Amount": 250.0}))

        assert (line.fate, line.kind) == (Fate.RESTORE, "currency")

    def test_names_the_proposal_of_ours_that_wrote_it_since(self):
        other = Other((moment(5), "cmt_5"), "prp_5", DEAL, frozenset({"NextStep"}))

        line = self.line([self.step()], snapshot(DEAL, {"NextStep": "new"}), [other])

        assert (line.fate, line.newer_by) == (Fate.NEWER, "prp_5")

    def test_of_a_record_that_is_gone_cannot_go_back(self):
        line = self.line([self.step()], None)

        assert (line.fate, line.because) == (Fate.IMPOSSIBLE, "The record is gone.")

    def test_that_the_crm_keeps_to_itself_cannot_go_back(self):
        step = self.step()._replace(before={"IsClosed": False}, wrote={"IsClosed": True})

        line = self.line([step], snapshot(DEAL, {"IsClosed": True}))

        assert line.fate == Fate.IMPOSSIBLE

    def test_of_a_converted_lead_cannot_go_back(self):
        lead = RecordKey("Lead", "00Q000000000001AAA")
        described = OBJECTS["Lead"]
        flag = replace(described.fields["Name"], name="IsConverted", type="boolean")
        known = {**described.fields, "IsConverted": flag}
        objects = {**OBJECTS, "Lead": replace(described, fields=known)}
        step = Step((START, "cmt_1"), "cmt_1", "update", lead, {"Name": "a"}, {"Name": "b"}, None)
        fields = wanted([step], objects)
        now = snapshot(lead, {"Name": "b", "IsConverted": True})

        [record] = plan([step], [], World(now={lead: now}, objects=objects, writer=WRITER))

        assert fields == {lead: ["Name", "IsConverted"]}
        assert "converted" in record.lines[0].because

    def test_has_a_mark_that_holds_only_while_the_value_is_the_same(self):
        steps = [self.step()]
        first = self.line(steps, snapshot(DEAL, {"NextStep": "theirs"}))
        second = self.line(steps, snapshot(DEAL, {"NextStep": "theirs again"}))

        assert first.fate == second.fate == Fate.NEWER
        assert first.mark != second.mark

    def test_of_an_object_that_the_crm_no_longer_has_cannot_go_back(self):
        gone = World(now={}, objects={"Opportunity": None}, writer=WRITER)

        [record] = plan([self.step()], [], gone)

        assert record.lines[0].fate == Fate.IMPOSSIBLE


class TestWholeRecords:
    create = Step(
        (START, "cmt_1"), "cmt_1", "delete", DEAL, {}, {"Name": "Deal"}, START.isoformat()
    )

    def line(self, now, *, steps=None, others=()):
        [record] = plan(steps or [self.create], others, world(now))
        [line] = record.lines
        return record, line

    def test_that_we_created_are_deleted_while_they_are_as_we_left_them(self):
        record, line = self.line(snapshot(DEAL, {"Name": "Deal"}))

        assert (record.operation, line.fate, record.weight) == ("delete", Fate.RESTORE, 2)

    @pytest.mark.parametrize(
        "now",
        [
            snapshot(DEAL, {"Name": "Deal"}, at=moment(1)),
            snapshot(DEAL, {"Name": "Deal"}, by="005000000000002AAA"),
        ],
        ids=["changed later", "changed by somebody"],
    )
    def test_that_somebody_has_touched_stay(self, now):
        assert self.line(now)[1].fate == Fate.NEWER

    def test_that_nobody_read_back_stay_unless_somebody_says_otherwise(self):
        step = self.create._replace(stamp=None)

        assert self.line(snapshot(DEAL, {"Name": "Deal"}), steps=[step])[1].fate == Fate.NEWER

    def test_that_are_gone_already_need_nothing(self):
        assert self.line(None)[1].fate == Fate.AS_BEFORE

    def test_that_we_created_and_changed_are_deleted_with_the_stamp_of_the_change(self):
        change = Step(
            (moment(1), "cmt_2"), "cmt_2", "update", DEAL, {"Name": "Deal"}, {"Name": "B"},
            moment(1).isoformat(),
        )  # fmt: skip

        record, line = self.line(
            snapshot(DEAL, {"Name": "B"}, at=moment(1)), steps=[self.create, change]
        )

        assert (line.fate, record.commits) == (Fate.RESTORE, ["cmt_2", "cmt_1"])

    def test_that_we_created_and_deleted_leave_nothing_to_do(self):
        deletion = Step((moment(1), "cmt_2"), "cmt_2", "create", DEAL, {"Name": "Deal"}, {}, None)

        assert self.line(None, steps=[self.create, deletion])[1].fate == Fate.AS_BEFORE

    def test_that_we_changed_and_deleted_come_back_as_they_first_were(self):
        known = dict.fromkeys(OBJECTS["Opportunity"].fields, None)
        change = Step(
            (START, "cmt_1"), "cmt_1", "update", DEAL, {"Name": "First"}, {"Name": "B"}, None
        )
        deletion = Step(
            (moment(1), "cmt_2"), "cmt_2", "create", DEAL, {**known, "Name": "B"}, {}, None
        )

        record, line = self.line(None, steps=[change, deletion])

        assert (record.operation, line.fate) == ("create", Fate.RESTORE)
        assert line.restored_to == {"Name": "First"}

    def test_of_which_not_every_value_is_known_do_not_come_back(self):
        deletion = Step((START, "cmt_2"), "cmt_2", "create", DEAL, {"Name": "Deal"}, {}, None)

        _, line = self.line(None, steps=[deletion])

        assert line.fate == Fate.IMPOSSIBLE
        assert "CloseDate" in line.because
