"""Taking hidden values out of what was stored: by field, and by exact words in any text."""

import pytest

from approvals.masking import Mask, hidden_values
from orchestrator.kernel.hidden import HIDDEN, is_hidden
from orchestrator.people.rights import Right
from orchestrator.workflows.field_classes import FieldClass
from orchestrator.workflows.sight import Sight

pytestmark = pytest.mark.req("B6")
SIGHT = Sight({"Deal.Margin": FieldClass.SENSITIVE, "Lead.LastName": FieldClass.PERSONAL})


def content(**more: object) -> dict[str, object]:
    """Return a content that changes a hidden field and another."""
    change = {
        "op": "update",
        "object": "Deal",
        "id": "006",
        "fields": {"Margin": 412500, "Stage": "Won"},
        "expect": {"Margin": 390000},
    }
    return {"changes": [change], "evidence": [], **more}


def mask() -> Mask:
    """Return the mask of a reader without rights over that content."""
    return Mask(SIGHT, hidden_values(SIGHT, [content()]))


class TestFields:
    def test_are_hidden_wherever_their_object_is_named(self):
        [change] = mask().stored(content())["changes"]

        assert is_hidden(change["fields"]["Margin"])
        assert is_hidden(change["expect"]["Margin"])
        assert change["fields"]["Stage"] == "Won"

    def test_of_another_object_stay(self):
        change = {"object": "Account", "fields": {"Margin": 7}}

        assert mask().stored(change) == change

    def test_are_hidden_where_no_object_is_known(self):
        assert is_hidden(mask().stored({"values": {"Margin": 1}})["values"]["Margin"])

    def test_named_beside_their_values_keep_only_what_says_which(self):
        line = {"object": "Deal", "field": "Margin", "then": 1, "now": None, "kind": "currency"}

        assert mask().stored(line) == {**line, "then": HIDDEN, "now": HIDDEN}

    def test_keep_their_two_sides(self):
        entry = {"fields": {"Margin": {"old": 1, "new": 2}}}

        assert mask().entry(entry, "Deal")["fields"]["Margin"] == {"old": HIDDEN, "new": HIDDEN}

    def test_take_the_name_of_a_record_with_them(self):
        assert mask().label("Lead", "Ann Veldkamp") == ""
        assert mask().label("Deal", "Northwind") == "Northwind"

    def test_all_stay_for_whoever_may_see_them(self):
        sight = Sight(SIGHT.kept, frozenset({Right.VIEW_SENSITIVE, Right.VIEW_PERSONAL}))

        assert Mask(sight, hidden_values(sight, [content()])).stored(content()) == content()


class TestTexts:
    @pytest.mark.parametrize("said", ["412500", "412,500", "390000"])
    def test_lose_a_value_however_its_thousands_are_written(self, said):
        assert mask().text(f"Raise it to {said}.") == "Raise it to hidden."

    def test_lose_a_word_in_any_case(self):
        found = Mask(SIGHT, ("Veldkamp",))

        assert found.text("ask VELDKAMP") == "ask hidden"

    def test_keep_what_only_contains_a_value(self):
        assert mask().text("Order 14125001 stays.") == "Order 14125001 stays."

    def test_keep_what_would_take_the_sense_of_every_sentence(self):
        assert Mask(SIGHT, ("a", "12", True)).text("a 12 true") == "a 12 true"


class TestEvidence:
    def test_for_a_hidden_field_is_hidden_as_a_whole(self):
        item = {
            "kind": "quote",
            "title": "Order form",
            "quote": "about four hundred thousand",
            "href": "https://x.example.com",
            "sha256": "",
            "supports": ["/changes/0/fields/Margin"],
        }
        [found] = mask().content(content(evidence=[item]))["evidence"]

        assert (found["title"], found["quote"], found["href"]) == (HIDDEN, "", "")

    def test_for_another_field_stays(self):
        item = {"kind": "quote", "title": "Mail", "supports": ["/changes/0/fields/Stage"]}

        assert mask().content(content(evidence=[item]))["evidence"] == [item]
