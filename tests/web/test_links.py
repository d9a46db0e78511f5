"""Which addresses may become links."""

import pytest
from hypothesis import given

from orchestrator.web.links import web_host
from tests.web.hostile import texts


class TestWebHost:
    @pytest.mark.parametrize(
        ("href", "host"),
        [
            ("https://example.com/a?b=c#d", "example.com"),
            ("http://Example.COM", "example.com"),
            ("https://crm.example.com:8443/x", "crm.example.com:8443"),
            ("https://[2001:db8::1]/x", "[2001:db8::1]"),
            ("HTTPS://example.com", "example.com"),
        ],
    )
    def test_names_the_host_of_a_web_address(self, href, host):
        assert web_host(href) == host

    @pytest.mark.parametrize(
        "href",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.com/x",
            "/relative",
            "https:/example.com",
            "https://",
            "https:///path",
            "https://bank.example.com@evil.example/x",
            "https://example.com\\@evil.example/x",
            "https://exam\tple.com",
            "https://example.com:port/",
            "https://[::1/",
            "https://\u0435xample.com",
            "https://example.com/\u202egnp.exe",
            'https://example.com/" onclick="alert(1)',
        ],
    )
    def test_refuses_every_other_address(self, href):
        assert web_host(href) is None

    @given(texts)
    def test_never_fails_and_never_names_a_host_that_the_address_does_not_begin_with(self, text):
        host = web_host(f"https://{text}")

        assert host is None or text.lower().startswith(host.split(":")[0])
