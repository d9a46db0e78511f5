"""What a save does beside storing what it was given."""

import pytest

from tests.simulator.conftest import Api


class TestStages:
    @pytest.mark.parametrize(
        ("stage", "expected"),
        [
            ("Qualification", (20.0, "Pipeline", "Pipeline", False, False)),
            ("Negotiation", (80.0, "Commit", "Forecast", False, False)),
            ("Closed Won", (100.0, "Closed", "Closed", True, True)),
            ("Closed Lost", (0.0, "Omitted", "Omitted", True, False)),
        ],
    )
    def test_drive_probability_forecast_and_closing(self, api: Api, stage, expected):
        api.patch(f"sobjects/Opportunity/{api.ids['deal']}", {"StageName": stage})

        deal = api.record("Opportunity", "deal")
        names = ("Probability", "ForecastCategoryName", "ForecastCategory", "IsClosed", "IsWon")
        assert tuple(deal[name] for name in names) == expected
        assert deal["LastStageChangeDate"] == "2026-11-21T12:01:00.000+0000"
        assert deal["ExpectedRevenue"] == 1000 * expected[0] / 100

    def test_leave_what_is_sent_with_them(self, api: Api):
        body = {"StageName": "Negotiation", "Probability": 50, "ForecastCategoryName": "Best Case"}

        api.patch(f"sobjects/Opportunity/{api.ids['deal']}", body)

        deal = api.record("Opportunity", "deal")
        assert (deal["Probability"], deal["ForecastCategory"]) == (50.0, "BestCase")

    def test_do_nothing_when_written_again(self, api: Api):
        path = f"sobjects/Opportunity/{api.ids['deal']}"
        api.patch(path, {"Probability": 15})

        api.patch(path, {"StageName": "Proposal"})

        deal = api.record("Opportunity", "deal")
        assert deal["Probability"] == 15.0
        assert deal["LastStageChangeDate"] == "2026-11-21T12:00:00.000+0000"


class TestDerivedFields:
    def test_people_are_called_by_both_names(self, api: Api):
        api.patch(f"sobjects/Contact/{api.ids['anna']}", {"LastName": "Berg"})

        assert api.record("Contact", "anna")["Name"] == "Anna Berg"

    def test_a_closed_case_knows_since_when(self, api: Api):
        case = api.create("Case", Subject="s")
        assert api.record("Case", case)["CaseNumber"] == "00000001"

        api.patch(f"sobjects/Case/{case}", {"Status": "Closed"})
        closed = api.record("Case", case)
        api.patch(f"sobjects/Case/{case}", {"Status": "Working"})
        opened = api.record("Case", case)

        assert (closed["IsClosed"], closed["ClosedDate"]) == (True, "2026-11-21T12:01:00.000+0000")
        assert (opened["IsClosed"], opened["ClosedDate"]) == (False, None)

    def test_a_task_starts_open_with_its_defaults(self, api: Api):
        task = api.record("Task", api.create("Task", Subject="Call"))

        assert (task["Status"], task["Priority"], task["IsClosed"]) == (
            "Not Started", "Normal", False,
        )  # fmt: skip


class TestHistory:
    def test_says_who_changed_what_from_what_to_what(self, api: Api):
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking", "Phone": "1"})

        rows = api.query(
            "SELECT Field, OldValue, NewValue, CreatedBy.Name FROM AccountHistory "
            "WHERE Account.Name = 'Acme' AND Field != 'created' ORDER BY Field"
        )
        assert [(row["Field"], row["OldValue"], row["NewValue"]) for row in rows] == [
            ("Industry", None, "Banking"),
            ("Phone", None, "1"),
        ]
        assert {row["CreatedBy"]["Name"] for row in rows} == {"Countersign Integration"}

    def test_keeps_no_long_texts(self, api: Api):
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Description": "Long"})

        (row,) = api.query("SELECT NewValue FROM AccountHistory WHERE Field = 'Description'")
        assert row["NewValue"] is None


class TestStamps:
    def test_automation_moves_system_modstamp_only(self, api: Api):
        api.control("POST", "touch", {"id": api.ids["deal"], "fields": {"NextStep": "auto"}})

        deal = api.record("Opportunity", "deal")
        assert deal["NextStep"] == "auto"
        assert deal["SystemModstamp"] == "2026-11-21T12:01:00.000+0000"
        assert deal["LastModifiedDate"] == "2026-11-21T12:00:00.000+0000"

    def test_another_user_moves_both(self, api: Api):
        body = {"id": "deal", "user": "tom_okafor", "fields": {"Amount": 7}}
        api.control("POST", "edit", body)

        deal = api.record("Opportunity", "deal")
        assert deal["LastModifiedById"] == api.control("GET", "keys")["ids"]["tom_okafor"]
        assert deal["LastModifiedDate"] == deal["SystemModstamp"] == "2026-11-21T12:01:00.000+0000"


class TestEffects:
    def test_log_each_durable_write_with_old_and_new(self, api: Api):
        api.patch(
            f"sobjects/Account/{api.ids['acme']}",
            {"Industry": "Banking"},
            headers={"X-Request-Id": "req-1"},
        )

        (effect,) = api.effects()
        assert (effect["sequence"], effect["operation"], effect["request_id"]) == (
            1, "update", "req-1",
        )  # fmt: skip
        assert (effect["object"], effect["id"]) == ("Account", api.ids["acme"])
        assert effect["fields"] == {"Industry": {"old": None, "new": "Banking"}}
        assert effect["user"] == api.control("GET", "keys")["ids"]["integration"]

    def test_say_nothing_of_what_was_refused_or_seeded(self, api: Api):
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Nonsense"})

        assert api.effects() == []

    def test_are_read_from_a_sequence_on(self, api: Api):
        for name in "abc":
            api.create("Account", Name=name)

        later = api.control("GET", "effects", after=2)
        assert [one["fields"]["Name"]["new"] for one in later["effects"]] == ["c"]
        assert later["last"] == 3


class TestAssignmentRules:
    def test_re_own_a_case_unless_told_not_to(self, api: Api):
        queue = api.control("GET", "keys")["ids"]["queue_billing"]

        assigned = api.create("Case", Subject="s", Category__c="Billing")
        spared = api.post(
            "sobjects/Case",
            {"Subject": "s", "Category__c": "Billing"},
            headers={"Sforce-Auto-Assign": "FALSE"},
        ).json()["id"]

        assert api.record("Case", assigned)["OwnerId"] == queue
        assert api.record("Case", spared)["OwnerId"] != queue
        assert [one["operation"] for one in api.effects()] == [
            "create", "assignment", "email", "create",
        ]  # fmt: skip

    def test_run_on_updates_too(self, api: Api):
        lead = api.seed(
            {
                "object": "Lead", "key": "lead",
                "fields": {"LastName": "L", "Company": "C", "OwnerId": "@maya_ruiz"},
            }
        )["lead"]  # fmt: skip

        api.patch(f"sobjects/Lead/{lead}", {"Rating": "Hot"})

        queue = api.control("GET", "keys")["ids"]["queue_inbound"]
        assert api.record("Lead", lead)["OwnerId"] == queue

    def test_give_accounts_their_territory_on_create_and_update(self, api: Api):
        made = api.create("Account", Name="New", BillingCountry="Austria")
        api.patch(f"sobjects/Account/{api.ids['acme']}", {"BillingCountry": "Spain"})

        assert api.record("Account", made)["Territory__c"] == "DACH"
        assert api.record("Account", "acme")["Territory__c"] == "Iberia"

    @pytest.mark.parametrize("header", ["FALSE", "false"])
    def test_leave_an_account_alone_when_told_to(self, api: Api, header):
        api.patch(
            f"sobjects/Account/{api.ids['acme']}",
            {"BillingCountry": "Spain"},
            headers={"Sforce-Auto-Assign": header},
        )

        assert api.record("Account", "acme")["Territory__c"] is None

    def test_are_chosen_by_their_id(self, api: Api):
        (rule,) = api.query("SELECT Id FROM AssignmentRule WHERE Name = 'Everything to Billing'")
        headers = {"Sforce-Auto-Assign": rule["Id"]}
        queue = api.control("GET", "keys")["ids"]["queue_billing"]

        case = api.post("sobjects/Case", {"Subject": "s"}, headers=headers).json()["id"]
        wrong = api.post("sobjects/Account", {"Name": "N"}, headers=headers)

        assert api.record("Case", case)["OwnerId"] == queue
        assert wrong.json()[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"

    def test_send_no_mail_for_what_is_rolled_back(self, api: Api):
        items = [
            {"method": "POST", "url": "/services/data/v64.0/sobjects/Case", "referenceId": "a",
             "body": {"Subject": "s"}},
            {"method": "POST", "url": "/services/data/v64.0/sobjects/Case", "referenceId": "b",
             "body": {"Status": "Nonsense"}},
        ]  # fmt: skip

        api.post("composite", {"allOrNone": True, "compositeRequest": items})

        assert api.effects() == []


class TestConvertedLeads:
    @pytest.fixture
    def lead(self, api: Api):
        fields = {"LastName": "Lang", "Company": "Langwerk", "Email": "lang@langwerk.example"}
        lead = api.seed({"object": "Lead", "key": "lead", "fields": fields})["lead"]
        api.control("POST", "convert", {"id": "lead"})
        return lead

    def test_live_on_as_an_account_and_a_contact(self, api: Api, lead):
        converted = api.record("Lead", lead)

        assert (converted["IsConverted"], converted["Status"]) == (True, "Closed - Converted")
        contact = api.record("Contact", converted["ConvertedContactId"])
        assert contact["AccountId"] == converted["ConvertedAccountId"]
        assert contact["Email"] == "lang@langwerk.example"

    def test_cannot_be_changed_or_converted_again(self, api: Api, lead):
        answer = api.patch(f"sobjects/Lead/{lead}", {"Rating": "Hot"})
        again = api.client.post("/__sim__/convert", json={"id": "lead"})

        assert answer.json()[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
        assert again.status_code == 400
        assert len(api.query("SELECT Id FROM Account WHERE Name = 'Langwerk'")) == 1

    def test_are_leads_and_nothing_else(self, api: Api):
        assert api.client.post("/__sim__/convert", json={"id": "acme"}).status_code == 400


class TestMasters:
    def test_are_locked_with_their_details(self, api: Api):
        quote = api.create("Quote__c", Name="Q", Opportunity__c=api.ids["deal"])
        rule = {"kind": "lock_row", "record_id": api.ids["deal"], "times": None}
        api.control("POST", "faults", rule)

        changed = api.patch(f"sobjects/Quote__c/{quote}", {"Notes__c": "x"})
        made = api.post("sobjects/Quote__c", {"Name": "R", "Opportunity__c": api.ids["deal"]})

        for answer in (changed, made):
            assert answer.json()[0]["errorCode"] == "UNABLE_TO_LOCK_ROW"
        assert len(api.query("SELECT Id FROM Quote__c")) == 1
