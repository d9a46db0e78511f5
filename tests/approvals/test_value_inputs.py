"""Inputs for fields of the CRM: what nobody touched is as it was, and nothing typed breaks them."""

from zoneinfo import ZoneInfo

import pytest
from django import forms

from approvals.value_inputs import as_json, as_typed, value_input
from orchestrator.connectors.base import FieldDescription
from orchestrator.web import local_time

pytestmark = pytest.mark.req("A4", "A5")
ENDS_OF_TIME = ["0001-01-01T00:00:00", "9999-12-31T23:59:59"]
ZONES = ["America/Los_Angeles", "Asia/Tokyo", "UTC"]


@pytest.fixture(params=ZONES)
def zone(request):
    before = local_time._zone.set(ZoneInfo(request.param))
    yield request.param
    local_time._zone.reset(before)


def described(kind, **more):
    given = {"nillable": True, "createable": True, "updateable": True, **more}
    return FieldDescription(name="F", label="F", type=kind, **given)


class TestMoment:
    FIELD = described("datetime")

    @pytest.mark.parametrize("typed", ENDS_OF_TIME)
    def test_at_the_ends_of_the_calendar_is_taken_or_refused(self, zone, typed):
        field = value_input("F", None, self.FIELD)
        beyond = {"Asia/Tokyo": "0001", "America/Los_Angeles": "9999"}.get(zone, "never")
        if typed.startswith(beyond):
            with pytest.raises(forms.ValidationError, match="Write a date and a time"):
                field.clean(typed)
        else:
            assert str(as_json(field.clean(typed))).endswith("Z")

    @pytest.mark.parametrize("proposed", ENDS_OF_TIME)
    def test_that_an_agent_put_there_is_shown_and_stays(self, zone, proposed):
        field = value_input("F", f"{proposed}Z", self.FIELD)
        shown = field.prepare_value(as_typed(f"{proposed}Z", self.FIELD))
        assert not field.has_changed(f"{proposed}Z", shown)


class TestText:
    def test_with_other_line_ends_is_not_an_edit(self):
        field = value_input("F", "One\r\nTwo", described("textarea", length=500))
        assert not field.has_changed("One\r\nTwo", "One\r\nTwo")
        assert not field.has_changed("One\nTwo", "One\r\nTwo")
        assert field.has_changed("One\r\nTwo", "One\r\nThree")
