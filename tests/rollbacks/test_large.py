"""A thousand commits: looked at in one page load, proposed in one transaction, a few calls each."""

import datetime as dt
import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import Change, Proposal, Revision
from orchestrator.commits.models import Commit, Reversal
from orchestrator.rollbacks.models import Rollback
from tests.commits.scene import SOON, opportunity
from tests.rollbacks.scene import LATER, prepare, rick, write

pytestmark = pytest.mark.django_db
MANY = 1000


def copies(crm, original: Proposal, count: int) -> None:
    """Store the same change of other deals, as if each had been proposed and written."""
    revision = original.revisions.get()
    change, commit = revision.changes.get(), Commit.objects.get(proposal=original)
    made = []
    for number in range(2, count + 2):
        key = opportunity(crm, number, StageName="Qualification")
        crm.records[key]["NextStep"] = None
        made.append((f"prp_{number:026d}", f"cmt_{number:026d}", key))
    fields = {f.attname: getattr(original, f.attname) for f in Proposal._meta.concrete_fields}
    Proposal.objects.bulk_create(
        Proposal(**{**fields, "id": pk, "idempotency_key": pk, "digest": pk}) for pk, _, _ in made
    )
    fields = {f.attname: getattr(revision, f.attname) for f in Revision._meta.concrete_fields}
    revisions = Revision.objects.bulk_create(
        Revision(**{**fields, "id": None, "proposal_id": pk, "digest": pk}) for pk, _, _ in made
    )
    fields = {f.attname: getattr(change, f.attname) for f in Change._meta.concrete_fields}
    Change.objects.bulk_create(
        Change(**{**fields, "id": None, "revision_id": row.pk, "record_id": key.record_id})
        for row, (_, _, key) in zip(revisions, made, strict=True)
    )
    fields = {f.attname: getattr(commit, f.attname) for f in Commit._meta.concrete_fields}
    Commit.objects.bulk_create(
        Commit(
            **{
                **fields,
                "id": commit_id,
                "proposal_id": pk,
                "revision_id": row.pk,
                "inverse": [{**commit.inverse[0], "id": key.record_id}],
            }
        )
        for row, (pk, commit_id, key) in zip(revisions, made, strict=True)
    )


@pytest.fixture
def many(crm, later) -> Client:
    copies(crm, write(opportunity(crm)), MANY - 1)
    client = Client()
    client.force_login(rick())
    client.get("/rollbacks/")
    return client


@pytest.mark.req("D2")
def test_a_thousand_commits_are_previewed_in_one_call_and_a_few_queries(crm, many):
    crm.reads.clear()
    query = {"kind": "agent", "value": "hygiene-agent", "since": SOON.isoformat()}

    # Of this process: what else the machine does meanwhile is not the page's time.
    began = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        page = many.get("/rollbacks/new/", query).content.decode()
    took = time.process_time() - began

    assert f'data-figure="records">{MANY}<' in page
    assert len(crm.reads) == 1
    assert len(captured) <= 25
    assert took < 2


@pytest.mark.req("D2")
def test_a_thousand_commits_are_asked_for_once_in_a_few_queries(crm, many):
    query = {"kind": "agent", "value": "hygiene-agent"}
    page = many.get("/rollbacks/new/", query).content.decode()
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    crm.reads.clear()

    began = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        answer = many.post("/rollbacks/request/", {**form, "reason": "Wrong list."})
    took = time.process_time() - began

    assert answer.status_code == 302, answer.content.decode()
    assert Rollback.objects.get().commits == MANY
    assert Reversal.objects.filter(state="proposed").count() == MANY
    assert len(crm.reads) == 1
    assert len(captured) <= 60
    assert took < 10
    prepare(LATER + dt.timedelta(seconds=1))
    waiting = Proposal.objects.filter(purpose="rollback").values_list("state", flat=True)
    assert set(waiting) == {"in_review"}
    assert many.get(answer["Location"]).status_code == 200
