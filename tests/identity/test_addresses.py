"""Whose address counts, and how much of it is kept."""

import pytest
from django.test import RequestFactory

from orchestrator.identity.addresses import UNKNOWN, client_address, shortened
from orchestrator.identity.devices import in_words, is_phone

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.mark.req("B5")
class TestTheAddress:
    @pytest.mark.parametrize(
        ("proxies", "header", "counts"),
        [
            (0, "", "192.0.2.1"),
            (0, "203.0.113.9", "192.0.2.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
            (2, "10.0.0.1, 203.0.113.9, 10.1.1.1", "203.0.113.9"),
            (2, "203.0.113.9", "192.0.2.1"),
            (1, "", "192.0.2.1"),
            (1, "nonsense", UNKNOWN),
            (1, "[2001:db8::1]:443", "2001:db8::1"),
        ],
    )
    def test_is_the_one_that_our_own_proxy_saw(self, settings, proxies, header, counts):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        more = {"HTTP_X_FORWARDED_FOR": header} if header else {}

        assert client_address(RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", **more)) == counts

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("203.0.113.9", "203.0.113.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
            (UNKNOWN, "unknown"),
            ("", "unknown"),
        ],
    )
    def test_is_kept_as_a_network(self, address, kept):
        assert shortened(address) == kept


class TestTheDevice:
    @pytest.mark.parametrize(
        ("line", "said", "phone"),
        [
            (IPHONE, "Safari on iPhone", True),
            (WINDOWS, "Edge on Windows", False),
            ("curl/8.1", "An unknown device", False),
            ("", "An unknown device", False),
        ],
    )
    def test_is_said_in_words(self, line, said, phone):
        assert (in_words(line), is_phone(line)) == (said, phone)
