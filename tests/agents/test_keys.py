"""What a key looks like, and what of it is kept."""

import pytest

from orchestrator.agents.keys import new_key_text, parse_key_text
from orchestrator.web.logs import mask


class TestKeyText:
    def test_is_read_back_as_it_was_made(self):
        key = new_key_text()

        assert parse_key_text(key.text) == key

    def test_holds_at_least_256_random_bits_that_its_hash_does_not_show(self):
        keys = {new_key_text() for _ in range(50)}

        assert len({key.secret for key in keys}) == 50
        # 43 characters of base 64 hold 256 bits.
        assert all(len(key.secret) >= 43 for key in keys)
        assert not any(key.secret in key.secret_hash for key in keys)

    @pytest.mark.parametrize(
        "text",
        ["", "csn", "csn_ABCDEFGHJK_", "csn_abc_" + "x" * 43, "csn_ABCDEFGHJK_" + "x" * 43 + "\n",
         "CSN_ABCDEFGHJK_" + "x" * 43, "csn_ABCDEFGHJK_" + "x" * 2000],
    )  # fmt: skip
    def test_is_none_for_anything_else(self, text):
        assert parse_key_text(text) is None

    @pytest.mark.req("B1")
    def test_never_reaches_a_log_line(self):
        key = new_key_text()

        assert key.secret not in mask(f"rejected {key.text} from 192.0.2.1")
