"""Whatever an agent sends: a 4xx with a stable code, nothing stored, nothing 500."""

import copy
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from approvals.models import Proposal, Revision
from tests.gateway.conftest import BODY

CODE = re.compile(r"^[a-z][a-z0-9_]+$")
MANY = hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every part of a JSON value."""
    found = [path] if path else []
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            found += paths(part, (*path, name))
    return found


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """Return the value with one part replaced."""
    changed = copy.deepcopy(value)
    part = changed
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = junk
    return changed


def refused(answer: Any) -> str:
    """Check that an answer is a proper refusal that stored nothing; return its code."""
    assert 400 <= answer.status_code < 500, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert CODE.match(problem["code"])
    assert problem["detail"]
    assert not Proposal.objects.exists()
    assert not Revision.objects.exists()
    return str(problem["code"])


class TestPropose:
    @MANY
    @given(st.data())
    def test_never_breaks_on_a_wrong_part(self, door, data):
        body = replaced(BODY, data.draw(st.sampled_from(paths(BODY))), data.draw(JUNK))
        answer = door.post("/proposals", body, **{"Idempotency-Key": "junk"})
        if answer.status_code in (200, 201):
            # The junk happened to be a legal value: taken whole, and cleared for the next round.
            Proposal.objects.filter(idempotency_key="junk").update(
                idempotency_key=f"taken-{answer.json()['id']}"
            )
        else:
            assert 400 <= answer.status_code < 500, answer.content
            assert CODE.match(answer.json()["code"])

    @MANY
    @given(JUNK)
    def test_refuses_bodies_that_are_something_else(self, door, junk):
        refused(door.post("/proposals", junk, **{"Idempotency-Key": "junk"}))

    @MANY
    @given(st.binary(max_size=300))
    def test_refuses_bytes(self, door, junk):
        refused(door.post("/proposals", junk, **{"Idempotency-Key": "junk"}))

    @pytest.mark.parametrize("place", [(), ("reason",), ("changes", 0), ("evidence", 0)])
    def test_refuses_unknown_fields_everywhere(self, door, place):
        body = replaced(BODY, (*place, "surprise"), 1)
        answer = door.post("/proposals", body, **{"Idempotency-Key": "junk"})
        assert refused(answer) == "invalid_request"

    @pytest.mark.parametrize(
        "record_id",
        [
            "https://evil.example/x",
            "//evil.example/x",
            "../../limits",
            "006/1",
            "006 1",
            "",
            "0" * 99,
        ],
    )
    def test_refuses_record_ids_that_are_none(self, door, record_id):
        body = replaced(BODY, ("changes", 0, "id"), record_id)
        refused(door.post("/proposals", body, **{"Idempotency-Key": "junk"}))

    @pytest.mark.parametrize(
        "href",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "//evil.example",
            "https://a b",
            'https://a"onmouseover=alert(1)',
            " https://example.com",
        ],
    )
    def test_refuses_links_that_do_more_than_link(self, door, href):
        body = replaced(BODY, ("evidence", 0, "href"), href)
        answer = door.post("/proposals", body, **{"Idempotency-Key": "junk"})
        assert refused(answer) == "invalid_request"

    def test_refuses_keys_that_stand_twice(self, door):
        text = json.dumps(BODY).replace('"action"', '"action": "change_stage", "action"', 1)
        answer = door.post("/proposals", text.encode(), **{"Idempotency-Key": "junk"})
        assert refused(answer) == "bad_json"

    def test_refuses_ten_megabytes(self, door):
        body = replaced(BODY, ("title",), "x" * 10_000_000)
        answer = door.post("/proposals", body, **{"Idempotency-Key": "junk"})
        assert refused(answer) == "body_too_large"
        assert answer.status_code == 413

    def test_refuses_a_body_just_over_the_ceiling(self, door):
        body = b" " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        assert refused(door.post("/preflight", body)) == "body_too_large"

    def test_refuses_more_changes_than_one_transaction_takes(self, door):
        changes = [{**BODY["changes"][0], "id": f"006{number:012d}"} for number in range(26)]
        body = {**BODY, "changes": changes}
        refused(door.post("/proposals", body, **{"Idempotency-Key": "junk"}))

    def test_refuses_numbers_that_a_double_does_not_hold(self, door):
        text = json.dumps(BODY).replace("0.8", "0.80000000000000000001")
        answer = door.post("/proposals", text.encode(), **{"Idempotency-Key": "junk"})
        assert refused(answer) == "bad_json"

    def test_keeps_bidirectional_text_as_it_is(self, door):
        reason = {"code": "stalled_30d", "text": "abc\u202edcba\u202c \u200bx"}
        answer = door.propose(reason=reason)
        assert answer.status_code == 201
        stored = Revision.objects.get().content["reason"]["text"]
        assert stored == reason["text"]

    @pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201, "schlüssel", "a\u202eb"])
    def test_refuses_idempotency_keys_that_are_none(self, door, key):
        header = key.encode("utf-8").decode("latin-1")
        refused(door.post("/proposals", BODY, **{"Idempotency-Key": header}))


class TestAddresses:
    @MANY
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
    def test_of_proposals_that_are_none_are_refused(self, door, text):
        answer = door.http.get(
            "/api/v1/proposals/" + quote(text, safe=""),
            headers=door.headers,
        )
        # Without an id it is the list.
        assert answer.status_code in ({200, 404} if text in ("", ".", "..") else {404, 422})
