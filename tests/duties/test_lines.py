"""What lines say: access as it is, a workflow as it is set up, exceptions by cause."""

import datetime as dt

import pytest

from approvals import expiry
from approvals.models import Proposal
from approvals.states import Vote
from orchestrator.agents.models import Key
from orchestrator.agents.operations import suspend
from orchestrator.commits import fence
from orchestrator.commits.models import DeadLetter
from orchestrator.connectors.base import Fault
from orchestrator.connectors.errors import ErrorClass
from orchestrator.duties.access_lines import access_lines
from orchestrator.duties.audit_lines import audit_lines
from orchestrator.duties.exception_lines import exception_lines
from orchestrator.duties.lines import NewLine
from orchestrator.orgs.models import Org
from orchestrator.reconciliation.models import Finding
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.operations import lower_mode
from tests.commits.scene import approve, drain, opportunity
from tests.duties.scene import set_up, staff
from tests.factories import (
    AT,
    SETUP,
    create_draft,
    create_grant,
    create_proposal,
    create_role,
    create_workflow,
    get_user,
    issue_key,
    vote_on,
)
from tests.reconciliation.scene import reconcile

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def flow() -> Workflow:
    rows = Workflow.objects.select_related("org", "current_version")
    return rows.get(slug="deal-hygiene")


def of(lines: list[NewLine], section: str) -> list[NewLine]:
    return [line for line in lines if line.section == section]


def named(lines: list[NewLine], subject: str) -> NewLine:
    [found] = [line for line in lines if line.subject_id == subject]
    return found


@pytest.mark.req("B4")
class TestAccess:
    def test_lists_every_grant_with_what_it_covers(self):
        set_up()
        lines = of(access_lines(at=AT), "grants")

        assert [line.title for line in lines] == [
            "Hygiene agent may update and delete Account",
            "Hygiene agent may update and create Lead",
            "Hygiene agent may update Opportunity",
        ]
        facts = dict(lines[2].facts)
        assert facts["Fields"] == "StageName, NextStep, Amount, CloseDate"
        assert facts["Agent"] == "Hygiene agent (prod), answered for by Ada"
        assert (facts["Until"], facts["Only records with"]) == ("no end", "every record")

    def test_leaves_out_what_is_over_and_lists_what_is_to_come(self):
        agent = set_up()
        create_grant(agent=agent, workflow=flow(), object_name="Case", fields=["Status"],
                     ends_at=AT + DAY)  # fmt: skip
        create_grant(agent=agent, workflow=flow(), object_name="Task", fields=["Status"],
                     starts_at=AT + 9 * DAY)  # fmt: skip

        titles = [line.title for line in of(access_lines(at=AT + 2 * DAY), "grants")]

        assert not any("Case" in title for title in titles)
        assert any("Task" in title for title in titles)

    def test_flags_keys_that_nobody_uses_or_that_end_soon(self):
        agent = set_up()
        issue_key(agent=agent, expires_at=AT + 40 * DAY)
        used, short = Key.objects.order_by("pk")
        Key.objects.filter(pk=used.pk).update(last_used_at=AT + 29 * DAY)

        lines = of(access_lines(at=AT + 31 * DAY), "keys")

        assert named(lines, used.prefix).flags == []
        assert [flag[:8] for flag in named(lines, short.prefix).flags] == ["not used", "expires "]

    def test_flags_what_a_suspended_agent_still_has(self):
        agent = set_up()
        suspend(agent=agent, reason="Odd.", by=SETUP, at=AT)

        assert {line.flags[0] for line in of(access_lines(at=AT), "grants")} == {
            "the agent is suspended"
        }

    def test_says_what_each_role_may_do_where_and_who_is_in_it(self):
        set_up()
        right = named(access_lines(at=AT), "ops-owner:administer:deal-hygiene")

        assert right.title == "Ops owner may administer Deal hygiene"
        assert dict(right.facts)["Members"] == "Dora, Frank"
        assert set(right.barred) == {"dora", "frank"}

    def test_flags_a_right_that_nobody_uses(self):
        set_up()
        ben = get_user("ben")
        ben.is_active = False
        ben.save()

        found = access_lines(at=AT)

        assert named(found, "deal-desk:decide:deal-hygiene").flags == ["the role has no members"]
        assert named(found, "deal-desk:ben").flags == ["the account is closed"]

    def test_lists_staff_and_accounts_that_nobody_uses(self):
        set_up()
        staff()
        old = get_user("otto")
        old.date_joined = AT - 100 * DAY
        old.last_login = AT - 91 * DAY
        old.save()

        lines = access_lines(at=AT)

        assert [line.subject_id for line in of(lines, "staff")] == ["sina"]
        assert [line.subject_id for line in of(lines, "dormant")] == ["otto"]
        assert all(line.flags for line in of(lines, "staff") + of(lines, "dormant"))


@pytest.mark.req("I4")
class TestAudit:
    def audit(self, *, since: dt.datetime = AT - DAY, at: dt.datetime = AT + DAY) -> list[NewLine]:
        return audit_lines(workflow=flow(), since=since, at=at)

    def test_says_the_mode_the_version_and_who_put_it_in_force(self):
        set_up()
        lines = self.audit()

        assert named(lines, "deal-hygiene:mode").title == "The mode is propose"
        version = named(lines, "deal-hygiene:version")
        assert version.title == "Version 1 is in force"
        assert "Put in force by Countersign (test set-up)" in version.words

    def test_says_who_may_decide_each_stage_and_whether_that_is_enough(self):
        set_up()
        lines = of(self.audit(), "deciders")

        first = named(lines, "deal-hygiene:change_stage, stage 1")
        assert first.title == "change_stage, stage 1: deal-desk decides"
        assert first.flags == ["rests on one person"]
        create_role(slug="deal-desk", members=[get_user("gus")])
        again = named(self.audit(), "deal-hygiene:change_stage, stage 1")
        assert (list(again.flags), "2 people" in again.words) == ([], True)

    def test_flags_what_writes_by_itself_without_a_limit(self):
        set_up()
        Workflow.objects.update(mode="execute")
        lines = self.audit()

        assert named(lines, "deal-hygiene:mode").flags == ["writes by itself"]
        assert named(lines, "deal-hygiene:action:enrich_lead").flags == ["no limit"]

    def test_says_what_happens_while_nobody_decides(self):
        set_up()

        assert "remind" in named(self.audit(), "deal-hygiene:escalation").words

    def test_flags_what_is_declared_and_not_enforced(self):
        set_up()
        source = flow().current_version.source + ("canary: { by: AccountId, steps: [5, 25] }\n")
        create_workflow(source=source)

        flagged = [line for line in self.audit() if line.flags == ["declared, not enforced"]]

        assert len(flagged) == 1

    def test_lists_the_halts_that_stop_it(self):
        set_up()
        fence.halt(scope="object", value="opportunity", reason="Odd.", by=SETUP, at=AT)
        fence.halt(scope="workflow", value="another", reason="Odd.", by=SETUP, at=AT)

        assert [line.title for line in of(self.audit(), "halts")] == [
            "Writing is halted: object opportunity"
        ]

    def test_lists_what_changed_since_the_last_audit(self):
        set_up()
        at = AT + 3 * DAY
        lower_mode(workflow=flow(), to="observe", reason="Slow down.", by=SETUP, at=at)

        changes = of(self.audit(since=AT + DAY, at=at + DAY), "changes")

        assert [line.title for line in changes] == ["Countersign (test set-up) switched the mode"]
        assert "reason Slow down." in changes[0].words

    def test_lists_many_changes_as_one(self, monkeypatch):
        set_up()
        monkeypatch.setattr("orchestrator.duties.audit_lines.MOST_CHANGES", 2)

        changes = of(self.audit(), "changes")

        assert len(changes) == 3
        assert changes[-1].flags == ["too many to list"]


@pytest.mark.req("I4")
class TestExceptions:
    def week(self, *, until: dt.datetime = AT + 5 * DAY) -> list[NewLine]:
        return exception_lines(workflow=flow(), since=AT - DAY, until=until)

    def test_says_so_if_there_were_none(self):
        set_up()

        assert [line.title for line in self.week()] == ["No exceptions"]

    def test_groups_failures_by_cause(self, crm):
        set_up()
        for number in (1, 2):
            key = opportunity(crm, number)
            approve(key, StageName="Qualification")
            crm.faults[key] = Fault(ErrorClass.PERMISSION, "INSUFFICIENT_ACCESS", "No right.")
        drain()
        assert DeadLetter.objects.count() == 2

        [line] = of(self.week(), "failures")

        assert dict(line.facts)["How often"] == 2
        assert line.title.startswith("Not written: The CRM does not let our user write")
        assert "workflow=deal-hygiene" in line.href

    def test_counts_what_people_denied_and_what_expired(self, crm):
        set_up()
        for number in (1, 2, 3):
            key = opportunity(crm, number)
            create_proposal(draft=create_draft(record_id=key.record_id))
        proposals = list(Proposal.objects.order_by("pk"))
        vote_on(proposal=proposals[0], vote=Vote.DENY)
        expiry.expire_due(at=max(each.deadline_at for each in proposals))

        titles = {
            line.title: dict(line.facts)["How often"] for line in of(self.week(), "decisions")
        }

        assert sorted(titles.values()) == [1, 2]
        assert any(title.startswith("People denied it: change_stage") for title in titles)
        assert any(title.startswith("It expired: change_stage") for title in titles)

    def test_counts_reviews_that_were_decided_too_late_or_not_yet(self, crm):
        set_up()
        key = opportunity(crm)
        create_proposal(draft=create_draft(record_id=key.record_id))

        [line] = of(self.week(), "time")

        assert line.title == "Decided too late, or not yet: Deal desk"

    def test_counts_records_that_are_not_as_written_once(self, crm):
        set_up()
        key = opportunity(crm)
        approve(key, StageName="Qualification")
        drain()
        crm.edit(key, StageName="Prospecting")
        for days in (1, 2):
            reconcile(at=AT + days * DAY)
        assert Finding.objects.count() == 2
        assert Org.objects.count() == 1

        [line] = of(self.week(), "crm")

        assert line.title == "Changed by a person since we wrote it"
        assert dict(line.facts)["How often"] == 1

    def test_leaves_other_times_and_other_workflows_out(self, crm):
        set_up()
        create_workflow(slug="other-flow")
        key = opportunity(crm)
        create_proposal(draft=create_draft(record_id=key.record_id))
        vote_on(proposal=Proposal.objects.get(), vote=Vote.DENY)

        assert of(self.week(until=AT), "decisions") == []
        other = Workflow.objects.get(slug="other-flow")
        found = exception_lines(workflow=other, since=AT - DAY, until=AT + DAY)
        assert [line.title for line in found] == ["No exceptions"]
