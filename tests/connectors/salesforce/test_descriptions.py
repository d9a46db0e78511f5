"""What objects look like, asked for once."""

import pytest

from orchestrator.connectors.errors import Rejected, Transient
from orchestrator.connectors.salesforce import descriptions
from orchestrator.connectors.salesforce.descriptions import Descriptions, read_description
from tests.connectors.salesforce.conftest import make_client
from tests.connectors.salesforce.describes import ACCOUNT, LINE, OPPORTUNITY, TASK
from tests.connectors.scripted_org import Answer, ScriptedOrg


def of(org: ScriptedOrg) -> Descriptions:
    return Descriptions(client=make_client(org), key=org.client_id)


class TestOf:
    def test_asks_once_for_all_processes(self, org):
        org.answers.append(Answer(body=OPPORTUNITY))
        first, second = of(org), of(org)
        assert first.of("Opportunity") == first.of("Opportunity") == second.of("Opportunity")
        assert len(org.calls) == 1

    def test_asks_again_when_what_is_kept_is_old(self, org, monkeypatch):
        monkeypatch.setattr(descriptions, "KEEP_SECONDS", 0.0)
        org.answers.extend([Answer(body=OPPORTUNITY), Answer(body=OPPORTUNITY)])
        kept = of(org)
        kept.of("Opportunity")
        kept.of("Opportunity")
        assert len(org.calls) == 2

    def test_says_that_there_is_no_such_object(self, org):
        body = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
        org.answers.append(Answer(status=404, body=body))
        with pytest.raises(Rejected, match="no object 'Oportunity'"):
            of(org).of("Oportunity")

    def test_asks_for_the_name_as_the_org_spells_it(self, org):
        org.answers.append(Answer(body=OPPORTUNITY))
        with pytest.raises(Rejected, match="'Opportunity'"):
            of(org).of("opportunity")

    @pytest.mark.parametrize("name", ["../limits", "Account/describe", "https://evil/x", ""])
    def test_sends_no_name_that_is_none(self, org, name):
        with pytest.raises(Rejected):
            of(org).of(name)
        assert org.asked == []

    @pytest.mark.parametrize("body", [[], {"name": "Opportunity"}, {"fields": [{}]}, ["x"]])
    def test_refuses_a_description_it_cannot_read(self, org, body):
        org.answers.append(Answer(body=body))
        with pytest.raises(Rejected, match="cannot be read"):
            of(org).of("Opportunity")

    def test_does_not_keep_a_failure(self, org):
        org.answers.extend([Answer(status=503, body=""), Answer(body=OPPORTUNITY)])
        kept = of(org)
        with pytest.raises(Transient):
            kept.of("Opportunity")
        assert kept.of("Opportunity").name == "Opportunity"


class TestReadDescription:
    def test_reads_what_policy_and_pages_need(self):
        description = read_description(OPPORTUNITY)
        assert (description.name_field, description.key_prefix) == ("Name", "006")
        stage = description.fields["StageName"]
        assert (stage.type, stage.picklist) == ("picklist", ("Prospecting", "Closed Won"))
        assert description.fields["LastModifiedDate"].updateable is False
        assert description.fields["Countersign_Id__c"].external_id is True

    @pytest.mark.parametrize(
        ("answer", "parent"),
        [(OPPORTUNITY, "AccountId"), (TASK, "WhatId"), (ACCOUNT, None), (LINE, "Quote__c")],
    )
    def test_finds_the_reference_whose_target_is_locked_too(self, answer, parent):
        assert read_description(answer).parent_field == parent
