"""Where a webhook may go."""

import ipaddress

import pytest

from orchestrator.kernel.outbound.numbers import is_public
from orchestrator.webhooks.addresses import BadEndpointAddress, endpoint_address

pytestmark = pytest.mark.req("K12")


class TestEndpointAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "https://agent.example.com/countersign",
            "https://agent.example.com:8443/a?b=c",
            "https://8.8.8.8/hook",
            "http://127.0.0.1:9000/hook",
        ],
    )
    def test_takes_https_and_what_the_operator_lists(self, text):
        assert endpoint_address(f" {text} ") == text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "agent.example.com",
            "ftp://agent.example.com/",
            "http://agent.example.com/",
            "http://localhost/",
            "https://user:secret@agent.example.com/",
            "https://agent.example.com/#part",
            "https://agent.example.com:99999/",
            "https://[::1/",
            "https:///path",
            "https://agent.example.com/a b",
            "https://агент.example.com/",
            "https://agent.example.com/\x00",
            f"https://agent.example.com/{'a' * 1000}",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data/",
        ],
    )
    def test_refuses_everything_else(self, text):
        with pytest.raises(BadEndpointAddress):
            endpoint_address(text)


class TestIsPublic:
    @pytest.mark.parametrize(
        "text", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]
    )
    def test_knows_the_public_internet(self, text):
        assert is_public(ipaddress.ip_address(text))

    @pytest.mark.parametrize(
        "text",
        [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - an address that must be refused
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::10.0.0.1",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:192.168.1.1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:0:53aa:64c:0:0:80ff:fffe",
        ],
    )
    def test_refuses_what_is_local_private_or_reserved_also_in_disguise(self, text):
        assert not is_public(ipaddress.ip_address(text))
