"""Editing what could not be written, as a new revision that other people decide on."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from approvals.blindness import check_sees_all
from approvals.detail import field_descriptions
from orchestrator.commits import deadletters, failure_detail
from orchestrator.commits.correction_form import CorrectionForm
from orchestrator.commits.failure_detail import Failure
from orchestrator.commits.states import CommitState
from orchestrator.commits.triage import NotADeadLetter
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, commit_id: str) -> HttpResponse:
    """Show the values to edit; a corrected revision goes to people, whoever asked for it."""
    found = failure_detail.failure(commit_id=commit_id, person=request.user)
    check_sees_all(request.user, found.proposal, found.changes)
    form = _form(found, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, found, form, _refusal(found))
    if not form.is_valid():
        return _page(request, found, form, None, status=422)
    try:
        deadletters.replace(
            commit_id=commit_id,
            digest=form.cleaned_data["digest"],
            changes=form.corrected(),
            reason=form.cleaned_data["reason"],
            person=request.user,
            at=clock.now(),
        )
    except DomainError as problem:
        return _page(request, found, form, _placed(form, problem))
    messages.success(request, "Corrected. Other people decide on it now; you do not.")
    return redirect("approvals:show-proposal", found.proposal.pk)


def _form(found: Failure, data: Any) -> CorrectionForm:
    described = field_descriptions(org=found.proposal.workflow.org, changes=found.changes)
    return CorrectionForm(
        data,
        changes=found.commit.revision.content["changes"],
        described=described,
        initial={"digest": found.commit.revision.digest},
    )


def _refusal(found: Failure) -> DomainError | None:
    """Return why it cannot be corrected, or none if it can."""
    if found.commit.state == CommitState.FAILED:
        return None
    return NotADeadLetter("Only what has failed for good can be corrected.")


def _placed(form: CorrectionForm, problem: DomainError) -> DomainError:
    """Put what is wrong with a value beside its input."""
    form.mark(problem)
    return problem


def _page(
    request: Request,
    found: Failure,
    form: CorrectionForm,
    problem: DomainError | None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "found": found,
        "form": form,
        "changes": [
            {
                "change": change,
                "rows": list(form.rows(position)),
                "leave_out": form.way_out(position),
            }
            for position, change in enumerate(found.changes)
        ],
        "problem": problem,
        "may_correct": found.may_act and found.commit.state == CommitState.FAILED,
    }
    return TemplateResponse(
        request,
        "commits/correct.html",
        context,
        status=problem.status if problem else status,
    )
