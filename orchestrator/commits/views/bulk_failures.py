"""Requeueing or discarding many failures at once: look at the list, say why, see each result."""

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.commits import bulk_triage, letters
from orchestrator.commits.bulk_triage import BulkVerdict, Outcome
from orchestrator.commits.causes import cause_of
from orchestrator.commits.failure_lines import lines
from orchestrator.commits.forms import BulkForm, FailureFilter
from orchestrator.commits.views.failures import LIST, href, narrowed_to
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people.models import User
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.web.request import Request

SETTLE = "/failures/bulk/settle/"


class NotChosen(DomainError):
    """The form does not say what to do."""

    code, status, title = "bad_form", 422, "Something is missing"


@never_cache
@require_safe
def choose_failures(request: Request) -> HttpResponse:
    """Show what one action would deal with, every one of them ticked."""
    return _chosen(request, None)


@never_cache
@require_POST
def settle_failures(request: Request) -> HttpResponse:
    """Deal with the ticked ones, and show what became of each."""
    form = BulkForm(request.POST)
    try:
        if not form.is_valid():
            raise NotChosen("Choose whether to requeue or to discard them.")
        verdict = BulkVerdict(form.cleaned_data["verdict"])
        outcome = bulk_triage.act_on_all(
            commit_ids=form.chosen(),
            verdict=verdict,
            reason=form.cleaned_data["reason"],
            person=request.user,
            at=clock.now(),
        )
    except DomainError as problem:
        return _chosen(request, problem)
    context = {
        "outcome": outcome,
        "verdict": verdict.value,
        "refused": len(outcome.results) - outcome.done,
        "rows": _rows(outcome, request.user),
        "back_href": LIST,
    }
    return TemplateResponse(request, "commits/bulk_result.html", context)


def _rows(outcome: Outcome, person: User) -> list[dict[str, Any]]:
    administered = workflows_with_right(person, Right.ADMINISTER)
    titles = letters.titles(
        [result.commit_id for result in outcome.results],
        workflow_ids=administered,
        person=person,
    )
    return [
        {"result": result, "title": titles.get(result.commit_id, result.commit_id)}
        for result in sorted(outcome.results, key=lambda each: each.done)
    ]


def _chosen(request: Request, problem: DomainError | None) -> HttpResponse:
    given = FailureFilter(request.GET).given()
    given.pop("before", "")
    administered = workflows_with_right(request.user, Right.ADMINISTER)
    narrowed = narrowed_to(given, administered, request.user)
    found = letters.of_cause(narrowed)
    ticked = set(BulkForm(request.POST).chosen()) if problem else None
    context = {
        "at": clock.now(),
        "problem": problem,
        "cause": cause_of(given["cause"], kind=found[0].kind) if found and narrowed.cause else None,
        "lines": lines(found, administered=administered, reader=request.user.pk),
        "unticked": []
        if ticked is None
        else [e.commit_id for e in found if e.commit_id not in ticked],
        "more": len(found) == letters.MOST_AT_ONCE,
        "verdict": request.POST.get("verdict", ""),
        "reason": request.POST.get("reason", ""),
        "back_href": href(LIST, given),
        "settle_href": href(SETTLE, given),
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, "commits/bulk.html", context, status=status)
