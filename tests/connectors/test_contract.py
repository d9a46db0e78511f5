"""One suite for every connector: what the rest of Countersign relies on, whatever it talks to."""

import pytest

from orchestrator.connectors.base import RecordKey
from orchestrator.connectors.errors import BadBatch, BadRecordId, ErrorClass, Rejected
from tests.connectors.systems import fault_class, unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("F3")]


class TestDescribe:
    def test_tells_the_fields_and_which_of_them_can_be_written(self, system):
        description = system.connector.describe(system.object_name)
        assert description.name == system.object_name
        assert description.fields[system.field].updateable

    def test_refuses_an_object_that_is_not_there(self, system):
        with pytest.raises(Rejected):
            system.connector.describe("Nothing__c")


class TestRead:
    def test_answers_for_every_key_with_what_was_wanted(self, system):
        found = system.read()
        assert list(found) == system.keys
        assert [snapshot.key for snapshot in found.values()] == system.keys
        assert all(set(snapshot.values) == {system.field} for snapshot in found.values())

    def test_knows_the_records_by_the_names_people_use(self, system):
        assert [snapshot.label for snapshot in system.read().values()] == system.labels

    def test_says_when_each_record_changed_and_what_is_locked_with_it(self, system):
        for snapshot in system.read().values():
            assert snapshot.modified_at.utcoffset() is not None
            assert snapshot.modstamp >= snapshot.modified_at
            object_name, _, record_id = snapshot.parent_key.partition("/")
            assert object_name
            assert record_id

    def test_answers_none_for_a_record_that_is_not_there(self, system):
        wanted = {system.missing: [system.field], system.keys[0]: [system.field]}
        found = system.connector.read(wanted)
        assert found[system.missing] is None
        assert found[system.keys[0]] is not None

    def test_answers_none_for_an_id_that_cannot_be_one(self, system):
        key = RecordKey(system.object_name, "../../limits")
        assert system.connector.read({key: [system.field]}) == {key: None}

    def test_names_a_field_that_is_not_there(self, system):
        with pytest.raises(Rejected, match="Nope__c"):
            system.connector.read({system.keys[0]: ["Nope__c"]})


class TestWrite:
    def test_writes_what_is_still_as_it_was_read(self, system):
        first = system.keys[0]
        [result] = system.connector.write([unit("cmt_1", system.change(system.read()[first]))])
        assert (result.unit_id, result.written) == ("cmt_1", True)
        assert list(result.record_ids) == [first.record_id]
        assert list(result.created) == [False]
        assert system.read()[first].values[system.field] == system.value

    def test_does_not_overwrite_what_somebody_else_changed(self, system):
        first = system.keys[0]
        seen = system.read()[first]
        system.edit_elsewhere(first)
        theirs = system.values()

        [result] = system.connector.write([unit("cmt_1", system.change(seen))])

        assert fault_class(result) is ErrorClass.CONFLICT
        assert system.values() == theirs

    def test_writes_many_units_each_on_its_own_and_answers_in_order(self, system):
        seen = system.read()
        system.edit_elsewhere(system.keys[1])
        theirs = system.values()[1]
        units = [unit(f"cmt_{n}", system.change(seen[key])) for n, key in enumerate(system.keys)]

        results = system.connector.write(units)

        assert [result.unit_id for result in results] == ["cmt_0", "cmt_1", "cmt_2"]
        assert [result.written for result in results] == [True, False, True]
        assert system.values() == [system.value, theirs, system.value]

    def test_writes_all_changes_of_a_unit(self, system):
        changes = [system.change(snapshot) for snapshot in system.read().values()]
        [result] = system.connector.write([unit("cmt_1", *changes)])
        assert result.written
        assert list(result.record_ids) == [key.record_id for key in system.keys]
        assert system.values() == [system.value] * 3

    def test_writes_no_change_of_a_unit_when_one_cannot_be_written(self, system):
        seen = system.read()
        system.edit_elsewhere(system.keys[2])
        before = system.values()

        changes = [system.change(snapshot) for snapshot in seen.values()]
        [result] = system.connector.write([unit("cmt_1", *changes)])

        assert fault_class(result) is ErrorClass.CONFLICT
        assert result.fault.position == 2
        assert system.values() == before

    def test_refuses_a_field_that_is_not_there(self, system):
        seen = system.read()[system.keys[0]]
        [result] = system.connector.write([unit("cmt_1", system.change(seen, Nope__c="x"))])
        assert fault_class(result) is ErrorClass.VALIDATION
        assert "Nope__c" in result.fault.text

    def test_refuses_a_value_that_the_system_does_not_take(self, system):
        seen = system.read()[system.keys[0]]
        [result] = system.connector.write([unit("cmt_1", system.change(seen, **system.bad_value))])
        assert fault_class(result) is ErrorClass.VALIDATION
        assert result.fault.text

    def test_refuses_a_unit_without_changes(self, system):
        with pytest.raises(BadBatch):
            system.connector.write([unit("cmt_1")])

    def test_takes_as_many_units_as_it_says(self, system):
        assert system.connector.unit_limit >= len(system.keys)


class TestFindByExternalId:
    def test_finds_nothing_that_we_did_not_create(self, system):
        found = system.connector.find_by_external_id(system.object_name, "prp_nothing.0")
        assert found is None


class TestCheckRecordId:
    def test_keeps_an_id_that_is_whole(self, system):
        for object_name, record_id in system.keys:
            assert system.connector.check_record_id(object_name, record_id) == record_id

    @pytest.mark.parametrize("text", ["https://evil/x", "//evil/x", "../../limits", "", "a b"])
    def test_refuses_what_cannot_be_an_id(self, system, text):
        with pytest.raises(BadRecordId):
            system.connector.check_record_id(system.object_name, text)


class TestRecordUrl:
    def test_leads_to_the_record(self, system):
        url = system.connector.record_url(system.keys[0])
        assert url.startswith("http")
        assert system.keys[0].record_id in url


class TestWriterId:
    def test_is_a_name(self, system):
        assert system.connector.writer_id
