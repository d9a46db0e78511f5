"""What the page of reconciliation shows, put together from queries and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from approvals.visibility import sights_for
from orchestrator.kernel.errors import NotFound
from orchestrator.orgs.models import Org
from orchestrator.people.models import User
from orchestrator.reconciliation import queries
from orchestrator.reconciliation.forms import FindingFilter
from orchestrator.reconciliation.masked import mask_findings
from orchestrator.reconciliation.models import Finding, Reconciliation
from orchestrator.reconciliation.permissions import may_start, visible_orgs, visible_workflows
from orchestrator.reconciliation.states import Kind

WORDS = {
    Kind.BY_PERSON: ("Changed by a person", "warn", "user"),
    Kind.BY_AUTOMATION: ("Changed by automation", "info", "robot"),
    Kind.MISSING: ("Record missing", "bad", "trash"),
    Kind.UNREADABLE: ("No longer readable", "quiet", "eye-off"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one kind on a page."""

    title: str
    tone: str
    icon: str
    findings: Sequence[Finding]


def page_of(person: User, form: FindingFilter) -> dict[str, Any]:
    """
    Return what the page shows this person.

    :raises NotFound: if the run that is asked for is not theirs to see
    """
    workflow_ids = visible_workflows(person)
    orgs = visible_orgs(workflow_ids)
    given = form.given()
    run = run_wanted(orgs, given.get("run"))
    org = run.org if run else _org_wanted(orgs, given.get("org", ""))
    if org is None:
        return {"org": None, "orgs": ()}
    runs = queries.recent_runs(org.pk)
    run = run or (runs[0] if runs else None)
    shown = {
        "org": org,
        "orgs": [(each, _href({"org": each.slug})) for each in orgs] if len(orgs) > 1 else (),
        "run": run,
        "latest": runs[0] if runs else None,
        "runs": runs,
        "next_run": queries.next_run(org.pk),
        "may_start": may_start(person, org),
        "form": form,
    }
    return shown if run is None else shown | _findings(run, person, workflow_ids, form, given)


def run_wanted(orgs: Sequence[Org], run_id: int | None) -> Reconciliation | None:
    """
    Return the run that is asked for, if any is.

    :raises NotFound: if there is none, or it is of an org that is not among these
    """
    if run_id is None:
        return None
    run = queries.run_of(run_id, org_ids=[org.pk for org in orgs])
    if run is None:
        raise NotFound("There is no such run, or none of your roles may see it.")
    return run


def _findings(
    run: Reconciliation,
    person: User,
    workflow_ids: set[int],
    form: FindingFilter,
    given: dict[str, Any],
) -> dict[str, Any]:
    page = queries.findings(
        run, workflow_ids=workflow_ids, filters=form.filters(), after=given.get("after", "")
    )
    mask_findings(
        page.findings,
        sights_for(person=person, workflows={each.workflow for each in page.findings}),
    )
    stays = {name: value for name, value in given.items() if name != "after"}
    of_kinds = {name: value for name, value in stays.items() if name != "kind"}
    return {
        "groups": [
            Group(*WORDS[Kind(kind)], findings=list(found))
            for kind, found in groupby(page.findings, key=lambda each: each.kind)
        ],
        "tabs": [
            {
                "title": WORDS[Kind(kind)][0] if kind else "All",
                "href": _href(of_kinds | ({"kind": kind} if kind else {})),
                "current": kind == given.get("kind", ""),
            }
            for kind in ("", *Kind.values())
        ],
        "filtered": any(name in given for name in ("object_name", "field", "workflow", "reverted")),
        "all_visible": queries.sees_all(run, workflow_ids=workflow_ids),
        "export_query": urlencode({k: v for k, v in stays.items() if k not in ("org", "run")}),
        "first_href": _href(stays) if "after" in given else "",
        "next_href": _href(stays | {"after": page.next_after}) if page.next_after else "",
    }


def _org_wanted(orgs: Sequence[Org], slug: str) -> Org | None:
    named = [org for org in orgs if org.slug == slug]
    return next(iter(named or orgs), None)


def _href(query: dict[str, Any]) -> str:
    return f"/reconciliation/?{urlencode(query)}" if query else "/reconciliation/"
