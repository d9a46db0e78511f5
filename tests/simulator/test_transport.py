"""What holds for every resource: slashes, case, short ids, HEAD, methods in disguise, gzip."""

import pytest

from tests.simulator.conftest import SECRET, Api

CLIENT = "countersign-client"


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        ["sobjects/{}/{}", "sobjects/{}/{}/", "SOBJECTS/{}/{}", "sobjects/{}/Id/{}"],
    )
    def test_are_read_in_every_style(self, api: Api, path):
        for name, record_id in (("Account", api.ids["acme"]), ("aCCOUNT", api.ids["acme"][:15])):
            assert api.get(path.format(name, record_id)).json()["Id"] == api.ids["acme"]

    @pytest.mark.parametrize("path", ["limits", "limits/", "sobjects", "sobjects/", "Limits"])
    def test_may_end_in_a_slash(self, api: Api, path):
        assert api.get(path).status_code == 200


class TestMethods:
    def test_head_answers_without_a_body(self, api: Api):
        path = f"sobjects/Account/{api.ids['acme']}"

        head, get = api.call("HEAD", path), api.get(path)

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"] == get.headers["ETag"]

    def test_a_post_may_stand_for_a_patch(self, api: Api):
        path = f"sobjects/Account/{api.ids['acme']}?_HttpMethod=PATCH"

        assert api.post(path, {"Name": "Changed"}).status_code == 204
        assert api.record("Account", "acme")["Name"] == "Changed"


class TestCompression:
    def test_is_for_long_answers_to_those_who_ask(self, api: Api):
        plain = api.get("sobjects", headers={"Accept-Encoding": "identity"})
        packed = api.get("sobjects", headers={"Accept-Encoding": "gzip"})
        short = api.get("limits", headers={"Accept-Encoding": "gzip"})

        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.json() == plain.json()
        assert int(packed.headers["Content-Length"]) < len(plain.content)
        for one in (plain, short):
            assert "Content-Encoding" not in one.headers


class TestRefreshToken:
    def test_opens_a_new_session_of_its_user(self, api: Api):
        kept = api.control("POST", "refresh-token", {"user": "maya_ruiz"})["refresh_token"]
        api.control("POST", "expire-sessions")

        answer = api.client.post(
            "/services/oauth2/token",
            data={"grant_type": "refresh_token", "refresh_token": kept},
            auth=(CLIENT, SECRET),
        )

        body = answer.json()
        api.headers = {"Authorization": f"Bearer {body['access_token']}"}
        made = api.create("Account", Name="Hers")
        maya = api.control("GET", "keys")["ids"]["maya_ruiz"]
        assert body["id"].endswith(maya)
        assert {"instance_url", "issued_at", "signature", "token_type"} <= set(body)
        assert api.record("Account", made)["CreatedById"] == maya

    @pytest.mark.parametrize("wrong", ["", "5Aep861", "made up"])
    def test_that_was_never_given_is_refused(self, api: Api, wrong):
        answer = api.client.post(
            "/services/oauth2/token",
            data={"grant_type": "refresh_token", "refresh_token": wrong},
            auth=(CLIENT, SECRET),
        )

        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
