"""The pages for people."""

import pytest

from tests.simulator.conftest import Api

NASTY = '<script>alert("x")</script>'


class TestHome:
    def test_shows_each_object_with_its_count(self, api: Api):
        answer = api.client.get("/")

        assert answer.status_code == 200
        assert 'href="/o/Account"' in answer.text
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


class TestList:
    def test_finds_by_name_and_by_column(self, api: Api):
        by_name = api.client.get("/o/Account", params={"q": "acm"}).text
        by_owner = api.client.get("/o/Account", params={"q": "maya"}).text

        assert "Acme" in by_name
        assert "Globex" not in by_name
        assert "Globex" in by_owner

    def test_is_cut_into_pages(self, api: Api):
        api.seed(*({"object": "Task", "fields": {"Subject": f"t{n}"}} for n in range(60)))

        first = api.client.get("/o/Task").text
        last = api.client.get("/o/Task", params={"page": "2"}).text

        assert "Page 1 of 2" in first
        assert last.count('scope="row"') == 10

    @pytest.mark.parametrize("page", ["0", "-1", "999999999999", "x", "²"])
    def test_survives_any_page_number(self, api: Api, page):
        assert api.client.get("/o/Account", params={"page": page}).status_code == 200

    def test_says_when_nothing_matches(self, api: Api):
        assert "Nothing matches" in api.client.get("/o/Account", params={"q": "zzz"}).text


class TestRecord:
    def test_shows_fields_history_and_what_hangs_on_it(self, api: Api):
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})

        text = api.client.get(f"/r/{api.ids['acme']}").text

        assert "Banking" in text
        assert "Countersign Integration" in text
        assert f'href="/r/{api.ids["deal"]}"' in text
        assert "Maya Ruiz" in text

    def test_escapes_everything(self, api: Api):
        record_id = api.create("Account", Name=NASTY, Description=NASTY, Legacy_Key__c=NASTY)
        api.create("Contact", LastName=NASTY, AccountId=record_id)
        api.patch(f"sobjects/Account/{record_id}", {"Phone": NASTY})

        pages = [f"/r/{record_id}", "/o/Account", f"/o/Account?q={NASTY}", "/o/Contact"]

        for page in pages:
            text = api.client.get(page).text
            assert "<script" not in text
            assert "&lt;script&gt;" in text

    def test_is_where_the_address_of_a_real_org_leads(self, api: Api):
        answer = api.client.get(f"/lightning/r/Account/{api.ids['acme']}/view")

        assert "<h1>Acme</h1>" in answer.text

    def test_says_that_it_is_in_the_recycle_bin(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['acme']}")

        assert "In the recycle bin" in api.client.get(f"/r/{api.ids['acme']}").text

    @pytest.mark.parametrize("address", ["/r/nonsense", "/r/001000000000000AAA", "/o/Nothing"])
    def test_that_is_not_there_is_a_404(self, api: Api, address):
        assert api.client.get(address).status_code == 404
