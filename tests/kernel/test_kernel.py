"""The words everyone uses: ids, canonical JSON, masked logs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.kernel.canonical import NotCanonical, canonical_json, digest
from orchestrator.kernel.ids import new_proposal_id
from orchestrator.web.logs import mask


class TestNewId:
    def test_is_new_and_says_what_it_is(self):
        ids = {new_proposal_id() for _ in range(1000)}
        assert len(ids) == 1000
        assert all(each.startswith("prp_") and len(each) == 30 for each in ids)

    def test_sorts_by_time(self, monkeypatch):
        ids = []
        for moment in (1_000_000_000, 2_000_000_000, 900_000_000_000):
            monkeypatch.setattr("time.time_ns", lambda moment=moment: moment * 1_000_000)
            ids.append(new_proposal_id())
        assert ids == sorted(ids)


class TestCanonicalJson:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            # From RFC 8785, section 3.2.
            ({"b": 1, "a": [True, None, "\u20ac"]}, '{"a":[true,null,"€"],"b":1}'),
            (
                [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27],
                "[333333333.3333333,1e+30,4.5,0.002,1e-27]",
            ),
            ({"\u20ac": 1, "\r": 2, "1": 3}, '{"\\r":2,"1":3,"€":1}'),
        ],
    )
    def test_follows_rfc_8785(self, value, text):
        assert canonical_json(value).decode() == text

    @pytest.mark.parametrize(
        "value", [2**53 + 1, float("nan"), float("inf"), {1: 2}, {"a": object()}]
    )
    def test_refuses_what_has_no_exact_form(self, value):
        with pytest.raises(NotCanonical):
            canonical_json(value)


@pytest.mark.req("A5")
class TestDigest:
    @given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9)))
    def test_does_not_depend_on_the_order_of_keys(self, value):
        assert digest(value) == digest(dict(reversed(value.items())))

    def test_changes_with_any_value(self):
        assert digest({"a": 1}) != digest({"a": "1"})


class TestMask:
    @pytest.mark.parametrize(
        "text",
        [
            "Authorization: Bearer csn_ABCDEFGH_s3cret-s3cret",
            "key csn_ABCDEFGH_s3cret-s3cret used",
            "postgres://user:s3cret-s3cret@host/db",
        ],
    )
    def test_hides_secrets(self, text):
        assert "s3cret" not in mask(text)
