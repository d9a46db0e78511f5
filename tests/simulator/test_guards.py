"""If-Unmodified-Since and its kin."""

import pytest

from tests.simulator.conftest import Api, error_of

BEFORE = "Sat, 21 Nov 2026 11:59:59 GMT"
EXACT = "Sat, 21 Nov 2026 12:00:00 GMT"
AFTER = "Sat, 21 Nov 2026 12:30:00 GMT"
CODES = [
    "ENTITY_FAILED_IFLASTMODIFIED_ON_UPDATE",
    "MATCH_PRECONDITION_FAILED",
    "PRECONDITION_FAILED",
]


def change(api: Api, name: str = "Opportunity", key: str = "deal", **headers: str):
    named = {header.replace("_", "-"): value for header, value in headers.items()}
    body = {"Description": "changed"}
    return api.patch(f"sobjects/{name}/{api.ids[key]}", body, headers=named)


class TestIfUnmodifiedSince:
    def test_lets_the_exact_date_pass_and_stops_an_earlier_one(self, api: Api):
        refused = change(api, If_Unmodified_Since=BEFORE)
        assert (refused.status_code, refused.content) == (412, b"")
        assert api.record("Opportunity", "deal")["Description"] is None

        assert change(api, If_Unmodified_Since=EXACT).status_code == 204

    def test_stops_the_same_date_after_another_write(self, api: Api):
        change(api, If_Unmodified_Since=EXACT)

        assert change(api, If_Unmodified_Since=EXACT).status_code == 412

    def test_does_not_see_a_second_write_within_the_second(self, api: Api):
        api.control("POST", "clock", {"freeze": "2026-11-21T12:00:00.900Z"})
        api.control("POST", "edit", {"id": api.ids["deal"], "fields": {"Amount": 5}})

        assert change(api, If_Unmodified_Since=EXACT).status_code == 204

    @pytest.mark.parametrize(("system", "status"), [(False, 204), (True, 412)])
    def test_ignores_automation_unless_the_switch_says_so(self, api: Api, system, status):
        api.control("POST", "switches", {"guard_uses_system_modstamp": system})
        api.control("POST", "touch", {"id": api.ids["deal"], "fields": {"NextStep": "auto"}})

        assert change(api, If_Unmodified_Since=EXACT).status_code == status

    @pytest.mark.parametrize("text", ["yesterday", "2026-11-21T12:00:00Z", ""])
    def test_must_be_an_http_date(self, api: Api, text):
        assert change(api, If_Unmodified_Since=text).status_code == 400

    def test_is_ignored_by_a_delete(self, api: Api):
        answer = api.delete(
            f"sobjects/Opportunity/{api.ids['deal']}", headers={"If-Unmodified-Since": BEFORE}
        )

        assert answer.status_code == 204

    @pytest.mark.parametrize("code", CODES)
    def test_may_answer_with_a_body(self, api: Api, code):
        api.control("POST", "switches", {"body_412": code})

        assert error_of(change(api, If_Unmodified_Since=BEFORE)) == (412, code)

    def test_guards_reads_too(self, api: Api):
        path = f"sobjects/Opportunity/{api.ids['deal']}"

        assert api.get(path, headers={"If-Unmodified-Since": BEFORE}).status_code == 412


class TestIfModifiedSince:
    @pytest.mark.parametrize(("date", "status"), [(BEFORE, 200), (EXACT, 304), (AFTER, 304)])
    def test_spares_a_reader_what_they_know(self, api: Api, date, status):
        answer = api.get(
            f"sobjects/Opportunity/{api.ids['deal']}", headers={"If-Modified-Since": date}
        )

        assert answer.status_code == status

    def test_spares_them_the_description(self, api: Api):
        answer = api.get("sobjects/Account/describe", headers={"If-Modified-Since": AFTER})

        assert answer.status_code == 304


class TestEtags:
    def etag(self, api: Api):
        return api.get(f"sobjects/Account/{api.ids['acme']}").headers["ETag"]

    def test_let_a_write_pass_once(self, api: Api):
        seen = self.etag(api)

        assert change(api, "Account", "acme", If_Match=f'"other", {seen}').status_code == 204
        assert change(api, "Account", "acme", If_Match=seen).status_code == 412

    def test_see_a_second_write_within_the_second(self, api: Api):
        change(api, "Account", "acme")
        seen = self.etag(api)
        api.control("POST", "edit", {"id": api.ids["acme"], "fields": {"Industry": "Banking"}})

        assert change(api, "Account", "acme", If_Match=seen).status_code == 412

    def test_must_be_quoted(self, api: Api):
        assert change(api, "Account", "acme", If_Match="bare").status_code == 400

    def test_mean_nothing_for_other_objects(self, api: Api):
        assert change(api, If_Match='"wrong"').status_code == 204
        assert change(api, If_Match="bare").status_code == 204

    def test_if_none_match_spares_a_reader_and_stops_a_writer(self, api: Api):
        seen = self.etag(api)
        path = f"sobjects/Account/{api.ids['acme']}"

        assert api.get(path, headers={"If-None-Match": seen}).status_code == 304
        assert change(api, "Account", "acme", If_None_Match=seen).status_code == 412
        assert change(api, "Account", "acme", If_None_Match='"other"').status_code == 204
