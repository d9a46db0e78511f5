"""Record ids, the only text of a caller that becomes part of a path."""

import pytest

from orchestrator.connectors.errors import BadRecordId
from orchestrator.connectors.salesforce.ids import (
    checked_id,
    checked_name,
    external_id_segment,
    full_id,
)

HOSTILE = [
    "https://evil/x",
    "//evil/x",
    "../../limits",
    "001/../../limits",
    "",
    "001R00000066cn",
    "001R00000066cndIAA0",
    "001R00000066cn%",
    "001R00000066cnd\n",
    "\uff10\uff10\uff11R00000066cnd",
]


class TestFullId:
    def test_adds_the_three_characters_that_hold_the_case(self):
        assert full_id("001R00000066cnd") == "001R00000066cndIAA"

    def test_keeps_an_id_that_is_full_already(self):
        assert full_id("001R00000066cndIAA") == "001R00000066cndIAA"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_refuses_what_is_not_an_id(self, text):
        with pytest.raises(BadRecordId):
            full_id(text)

    def test_refuses_an_id_that_lost_its_case(self):
        with pytest.raises(BadRecordId, match="lost its case"):
            full_id("001r00000066cndIAA")


class TestCheckedId:
    def test_refuses_the_id_of_another_object(self):
        with pytest.raises(BadRecordId, match="'006'"):
            checked_id("Opportunity", "001R00000066cnd")

    def test_takes_the_prefix_that_the_org_itself_says_for_custom_objects(self):
        assert checked_id("Quote__c", "a0B000000000001", "a0B").startswith("a0B000000000001")
        with pytest.raises(BadRecordId):
            checked_id("Quote__c", "a0C000000000001", "a0B")

    def test_lets_any_id_pass_for_an_object_whose_prefix_nobody_knows(self):
        assert checked_id("Quote__c", "a0B000000000001")


class TestCheckedName:
    @pytest.mark.parametrize("name", ["Account/describe", "..", "", "1st", "Name,Id", "Aé"])
    def test_refuses_what_is_not_a_name(self, name):
        with pytest.raises(BadRecordId):
            checked_name(name)

    def test_keeps_a_custom_name(self):
        assert checked_name("Quote__c") == "Quote__c"


class TestExternalIdSegment:
    @pytest.mark.parametrize("value", ["..", "a/b", "", "a?b", "a#b", "a b", "-a", "a" * 101])
    def test_refuses_what_could_leave_its_segment(self, value):
        with pytest.raises(BadRecordId):
            external_id_segment(value)

    def test_keeps_what_we_make_ourselves(self):
        assert external_id_segment("prp_01JD.0") == "prp_01JD.0"
        assert external_id_segment("prp_01JD:0") == "prp_01JD%3A0"
