"""Nothing leaves for anywhere but the org."""

import pytest
import requests

from orchestrator.connectors.base import LimitUsage
from orchestrator.connectors.salesforce.session import HostNotAllowed, OrgSession
from orchestrator.orgs.addresses import BadAddress
from tests.connectors.scripted_org import Answer, scripted_org

DATA = "/services/data/v64.0"


class TestSend:
    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/services/data/v64.0/limits",
            "http://evil.example/services/data/v64.0/limits",
            "https://127.0.0.1/services/data/v64.0/limits",
            "https://org@evil.example/services/data/v64.0/limits",
        ],
    )
    def test_stops_a_request_to_another_host(self, org, url):
        with pytest.raises(HostNotAllowed):
            OrgSession(org.address).get(url)
        assert org.asked == []

    @pytest.mark.parametrize(
        "path",
        [
            "/setup",
            "/services/apexrest/x",
            f"{DATA}/../../../setup",
            "/services/oauth2/revoke",
            "/services/oauth2/token/../revoke",
        ],
    )
    def test_stops_a_request_to_another_part_of_the_host(self, org, path):
        with pytest.raises(HostNotAllowed):
            OrgSession(org.address).get(f"{org.address}{path}")
        assert org.asked == []

    def test_stops_a_request_that_was_prepared_elsewhere(self, org):
        request = requests.Request("GET", "https://evil.example/services/data/").prepare()
        with pytest.raises(HostNotAllowed):
            OrgSession(org.address).send(request)

    def test_follows_no_redirect(self, org):
        with scripted_org() as evil:
            org.answers.append(Answer(status=307, headers={"Location": f"{evil.address}{DATA}"}))

            response = OrgSession(org.address).get(f"{org.address}{DATA}/limits")

            assert response.status_code == 307
            assert evil.asked == []

    def test_turns_https_back_to_http_for_an_org_that_is_configured_so(self, org):
        url = org.address.replace("http://", "https://")
        assert OrgSession(org.address).get(f"{url}{DATA}/limits").json() == {"ok": True}

    def test_never_turns_https_to_http_for_any_other_org(self):
        session = OrgSession("https://acme.my.salesforce.com")
        with pytest.raises(HostNotAllowed):
            session.get("http://acme.my.salesforce.com/services/data/")

    def test_refuses_plain_http_to_a_host_nobody_listed(self):
        with pytest.raises(BadAddress):
            OrgSession("http://acme.my.salesforce.com")

    def test_gives_up_on_a_silent_server(self, org, short_timeouts):
        org.answers.append(Answer(breaks="silent"))
        with pytest.raises(requests.exceptions.ReadTimeout):
            OrgSession(org.address).get(f"{org.address}{DATA}/limits")

    def test_asks_once_when_the_connection_breaks(self, org):
        org.answers.append(Answer(breaks="cut"))
        with pytest.raises(requests.exceptions.ConnectionError):
            OrgSession(org.address).post(f"{org.address}{DATA}/composite", data="{}")
        assert len(org.asked) == 1

    def test_keeps_no_cookie(self, org):
        session = OrgSession(org.address)
        org.answers.append(Answer(body={}, headers={"Set-Cookie": "sid=stolen; Path=/"}))
        session.get(f"{org.address}{DATA}/limits")
        session.get(f"{org.address}{DATA}/limits")
        assert "Cookie" not in org.asked[1].headers

    def test_takes_no_proxy_and_no_credentials_from_the_environment(self, org, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        assert OrgSession(org.address).get(f"{org.address}{DATA}/limits").ok


class TestLimitUsage:
    def test_is_unknown_until_the_org_says_it(self, org):
        assert OrgSession(org.address).limit_usage is None

    @pytest.mark.parametrize(
        "header",
        ["api-usage=25/5000", "api-usage=25/5000; per-app-api-usage=17/250(appName=x)"],
    )
    def test_is_what_the_last_answer_said(self, org, header):
        session = OrgSession(org.address)
        org.answers.append(Answer(body={}, headers={"Sforce-Limit-Info": header}))
        session.get(f"{org.address}{DATA}/limits")
        assert session.limit_usage == LimitUsage(used=25, allowed=5000)
        assert session.limit_usage.share == 0.005
