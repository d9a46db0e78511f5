"""Causes: what is dealt with together, and how people read it."""

import pytest

from orchestrator.commits.causes import LONGEST_KEY, cause_of, key_of, parsed
from orchestrator.commits.states import LetterKind
from orchestrator.connectors.errors import ErrorClass

pytestmark = pytest.mark.req("E3")


def key(text: str = "", *names: str, error_class: str = "permission", code: str = "CODE") -> str:
    return key_of(error_class=error_class, code=code, text=text, names=names)


class TestKey:
    def test_names_the_fields_that_the_crm_names(self):
        assert key("Unable to write: Amount.", "Amount", "StageName") == "permission:CODE:Amount"

    def test_takes_no_part_of_a_word_for_a_field(self):
        assert key("The Amounts are wrong", "Amount") == "permission:CODE:"

    def test_leaves_many_fields_out(self):
        assert key("A B C D", "A", "B", "C", "D") == "permission:CODE:"

    def test_survives_a_code_with_colons(self):
        assert parsed(key(code="HTTP:500")).code == "HTTP_500"

    def test_fits_where_it_is_kept(self):
        names = [letter * 80 for letter in "abc"]

        assert len(key(" ".join(names), *names)) <= LONGEST_KEY


class TestWords:
    def test_name_the_field(self):
        cause = cause_of("permission:INSUFFICIENT_ACCESS_OR_READONLY:Amount", kind="failed")

        assert cause.title == "The CRM does not let our user write Amount"

    def test_name_several_fields(self):
        cause = cause_of("validation:OTHER:Amount+CloseDate+StageName", kind="failed")

        assert cause.title == "The CRM refuses the values of Amount, CloseDate and StageName"

    def test_are_whole_without_a_field(self):
        title = cause_of("validation:FIELD_CUSTOM_VALIDATION_EXCEPTION:", kind="failed").title

        assert title == "A validation rule in the CRM refuses it"

    @pytest.mark.parametrize("error_class", [*ErrorClass.values(), "", "new"])
    @pytest.mark.parametrize("kind", LetterKind.values())
    def test_stand_for_everything(self, error_class, kind):
        cause = cause_of(f"{error_class}:X:", kind=kind)

        assert all(cause)
        assert "{" not in cause.title
