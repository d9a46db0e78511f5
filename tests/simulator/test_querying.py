"""`/query`: pages and refusals; what queries mean is tested with the query engine."""

import pytest

from tests.simulator.conftest import Api, error_of


class TestPages:
    @pytest.fixture
    def many(self, api: Api) -> Api:
        api.seed(*({"object": "Task", "fields": {"Subject": f"{n:03}"}} for n in range(450)))
        return api

    def ask(self, api: Api, size: int | None, path: str = "query/"):
        headers = {"Sforce-Query-Options": f"batchSize={size}"} if size else {}
        text = {"q": "SELECT Subject FROM Task ORDER BY Subject"} if path == "query/" else {}
        return api.get(path, headers=headers, params=text).json()

    def test_is_one_without_a_header(self, many: Api):
        body = self.ask(many, None)

        assert (body["totalSize"], body["done"], len(body["records"])) == (450, True, 450)
        assert "nextRecordsUrl" not in body

    def test_are_followed_by_their_locator(self, many: Api):
        first = self.ask(many, 200)
        second = self.ask(many, 200, first["nextRecordsUrl"])
        third = self.ask(many, 200, second["nextRecordsUrl"])

        subjects = [row["Subject"] for page in (first, second, third) for row in page["records"]]
        assert subjects == [f"{n:03}" for n in range(450)]
        assert [page["done"] for page in (first, second, third)] == [False, False, True]
        assert first["nextRecordsUrl"].startswith("/services/data/v64.0/query/01g")

    def test_have_200_records_at_least(self, many: Api):
        assert len(self.ask(many, 10)["records"]) == 200

    def test_of_an_unknown_locator_are_refused(self, api: Api):
        assert error_of(api.get("query/01gnothing-200")) == (400, "INVALID_QUERY_LOCATOR")


class TestQuery:
    def test_sees_deleted_rows_only_when_all_are_asked_for(self, api: Api):
        api.delete(f"sobjects/Account/{api.ids['globex']}")
        text = {"q": "SELECT Name, IsDeleted FROM Account"}

        assert api.get("query", params=text).json()["totalSize"] == 1
        assert api.get("queryAll", params=text).json()["totalSize"] == 2

    def test_counts(self, api: Api):
        body = api.get("query", params={"q": "SELECT COUNT() FROM Account"}).json()

        assert body == {"totalSize": 2, "done": True, "records": []}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("SELECT FROM", "MALFORMED_QUERY"),
            ("SELECT Foo__c FROM Account", "INVALID_FIELD"),
            ("SELECT Id FROM Nothing", "INVALID_TYPE"),
        ],
    )
    def test_is_refused_with_the_engines_code(self, api: Api, text, code):
        assert error_of(api.get("query", params={"q": text})) == (400, code)

    def test_may_be_long_inside_a_composite_but_not_endless(self, api: Api):
        base = "/services/data/v64.0/query?q=SELECT+Id+FROM+Account+WHERE+Name="
        items = [
            {"method": "GET", "referenceId": f"q{size}", "url": f"{base}'{'x' * size}'"}
            for size in (50_000, 100_000)
        ]

        answer = api.post("composite", {"compositeRequest": items}).json()

        long, endless = answer["compositeResponse"]
        assert long["body"]["totalSize"] == 0
        assert endless["body"][0]["errorCode"] == "MALFORMED_QUERY"

    def test_reads_parents_children_and_history(self, api: Api):
        api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"StageName": "Negotiation"})

        (deal,) = api.query("SELECT Name, Account.Owner.Name FROM Opportunity")
        (account,) = api.query(
            "SELECT Name, (SELECT Name FROM Opportunities) FROM Account WHERE Name = 'Acme'"
        )
        (moved,) = api.query(
            "SELECT OldValue, NewValue, CreatedBy.Name, Opportunity.Name "
            "FROM OpportunityFieldHistory WHERE Field = 'StageName'"
        )

        assert deal["Account"]["Owner"]["Name"] == "Maya Ruiz"
        assert account["Opportunities"]["records"][0]["Name"] == "Renewal"
        assert (moved["OldValue"], moved["NewValue"]) == ("Proposal", "Negotiation")
        assert moved["CreatedBy"]["Name"] == "Countersign Integration"
