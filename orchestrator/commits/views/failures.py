"""What was not written, or is not known to be, and what a person does about it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.commits import deadletters, queries
from orchestrator.commits.failure_lines import lines
from orchestrator.commits.forms import FailureFilter
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people.permissions import workflows_with_right
from orchestrator.people.rights import Right
from orchestrator.web.request import Request

TABS = {"": "All", "failed": "Dead letters", "unknown": "Outcome unknown"}


@never_cache
@require_safe
def show_failures(request: Request) -> HttpResponse:
    """List failed and unclear commits of the workflows that the person may see, latest first."""
    return _page(request)


@never_cache
@require_POST
def requeue(request: Request, commit_id: str) -> HttpResponse:
    """Put one back into the queue."""
    reason = request.POST.get("reason", "")
    try:
        deadletters.requeue(commit_id=commit_id, reason=reason, person=request.user, at=clock.now())
    except DomainError as problem:
        return _page(request, problem)
    messages.success(request, "Back in the queue. The record is read and compared again first.")
    return redirect("commits:show-failures")


@never_cache
@require_POST
def discard(request: Request, commit_id: str) -> HttpResponse:
    """Give one up."""
    reason = request.POST.get("reason", "")
    try:
        deadletters.discard(commit_id=commit_id, reason=reason, person=request.user, at=clock.now())
    except DomainError as problem:
        return _page(request, problem)
    messages.success(request, "Discarded. Nothing is written, and the agent is told.")
    return redirect("commits:show-failures")


def _page(request: Request, problem: DomainError | None = None) -> HttpResponse:
    given = FailureFilter(request.GET).given()
    state = given.get("state", "")
    visible = workflows_with_right(request.user, Right.VIEW)
    page = queries.failures(workflow_ids=visible, state=state, before=given.get("before", ""))
    administered = workflows_with_right(request.user, Right.ADMINISTER)
    context = {
        "problem": problem,
        "lines": lines(page.commits, administered=administered),
        "tabs": [
            {"title": title, "href": _href(state=name), "current": name == state}
            for name, title in TABS.items()
        ],
        "first_href": _href(state=state) if "before" in given else "",
        "next_href": _href(state=state, before=page.next_before) if page.next_before else "",
        "reason": request.POST.get("reason", ""),
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, "commits/failures.html", context, status=status)


def _href(**query: str) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"/failures/?{urlencode(given)}" if given else "/failures/"
