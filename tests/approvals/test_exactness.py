"""Text and numbers exactly as they were sent, or not at all."""

import json
import unicodedata
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from approvals.content import DraftChange, content_of, draft_of, request_digest
from approvals.exactness import exact_draft, invisible_characters, lookalike_characters
from orchestrator.kernel.canonical import canonical_json, digest
from tests.factories import create_draft

numbers = st.integers() | st.floats(allow_nan=True) | st.decimals(allow_nan=True)
values = st.none() | st.booleans() | numbers | st.text()


def draft_with(value):
    change = DraftChange(
        operation="update", object_name="Lead", record_id="x", fields={"Website": value}
    )
    return create_draft(changes=[change])


class TestExactDraft:
    @given(values)
    def test_keeps_a_value_exactly_or_says_that_it_cannot(self, value):
        exact, problems = exact_draft(draft_with(value))

        kept = exact.changes[0].fields["Website"]
        if problems:
            assert {problem.code for problem in problems} <= {"number_not_exact", "bad_character"}
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            assert Decimal(str(kept)) == Decimal(str(value))
        else:
            assert kept == value

    @given(values)
    def test_leaves_only_what_has_a_digest_that_storing_does_not_change(self, value):
        exact, problems = exact_draft(draft_with(value))
        if problems:
            return

        content = content_of(exact, proposal_id="prp_1", revision=1, version=1)
        stored = json.loads(canonical_json(content))
        assert digest(stored) == digest(content)
        assert request_digest(draft_of(stored)) == request_digest(exact)

    @given(st.text())
    def test_refuses_control_characters_and_half_characters_alone(self, text):
        _, problems = exact_draft(create_draft(reason_text=text))

        refused = [c for c in text if c not in "\n\r\t" and unicodedata.category(c) in ("Cc", "Cs")]
        assert bool(problems) == bool(refused)


class TestInvisibleCharacters:
    def test_counts_them_anywhere_in_a_value(self):
        value = {"a\u200b": ["plain", {"b": "x\u202ey", "n": 5, "t": True}], "c": None}

        assert invisible_characters(value) == 2

    def test_counts_no_line_ends(self):
        assert invisible_characters("one\r\ntwo\tthree") == 0


class TestDigest:
    def test_differs_for_every_part_of_the_content(self):
        draft = create_draft()
        given_: dict[str, Any] = {"proposal_id": "prp_1", "revision": 1, "version": 1}
        digests = {
            digest(content_of(draft, **given_)),
            digest(content_of(draft, **{**given_, "proposal_id": "prp_2"})),
            digest(content_of(draft, **{**given_, "revision": 2})),
            digest(content_of(draft, **{**given_, "version": 2})),
            digest(content_of(draft, **given_, answer="Yes.")),
            digest(content_of(create_draft(reason_text="Other."), **given_)),
            digest(content_of(create_draft(title="Other."), **given_)),
            digest(content_of(create_draft(confidence=None), **given_)),
            digest(content_of(create_draft(evidence=()), **given_)),
            digest(content_of(create_draft(run="r"), **given_)),
            digest(content_of(create_draft(fields={"StageName": "Proposal"}), **given_)),
        }

        assert len(digests) == 11


class TestLookalikeCharacters:
    def test_are_counted_wherever_they_are(self):
        draft = create_draft(
            reason_text="p\u0430ypal",
            fields={"NextStep": "\uff11\uff10 calls", "StageName": "plain"},
        )

        content = content_of(draft, proposal_id="prp_1", revision=1, version=1)

        assert lookalike_characters(content) == 3
