"""The way up: a workflow's next mode, or another version in force, asked for on its page."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from approvals.promotion import propose_mode, propose_version
from orchestrator.kernel import clock
from orchestrator.web.request import Request
from orchestrator.workflows import queries
from orchestrator.workflows.pages import workflow_for

ASKED = "Your proposal waits for an ops owner other than you."


class RaiseForm(forms.Form):
    """The mode that is asked for, and why."""

    to = forms.CharField(max_length=10)
    reason = forms.CharField(max_length=500)


class PublishForm(forms.Form):
    """The version that is asked for, and why."""

    version = forms.IntegerField(min_value=1)
    reason = forms.CharField(max_length=500)


@require_POST
def raise_mode(request: Request, slug: str) -> HttpResponse:
    """Propose to take the workflow up to the next mode."""
    at, form = clock.now(), RaiseForm(request.POST)
    workflow = workflow_for(request.user, slug)
    if not form.is_valid():
        messages.error(request, "Say in a sentence why the workflow should go up.")
        return redirect("workflows:show-workflow", slug)
    proposal = propose_mode(workflow=workflow, person=request.user, at=at, **form.cleaned_data)
    messages.success(request, ASKED)
    return redirect("approvals:show-proposal", proposal.pk)


@require_POST
def publish_version(request: Request, slug: str) -> HttpResponse:
    """Propose to put a version in force."""
    at, form = clock.now(), PublishForm(request.POST)
    workflow = workflow_for(request.user, slug)
    if not form.is_valid():
        messages.error(request, "Choose a version and say in a sentence why.")
        return redirect("workflows:list-versions", slug)
    version = queries.version_numbered(workflow, form.cleaned_data["version"])
    proposal = propose_version(
        version=version, reason=form.cleaned_data["reason"], person=request.user, at=at
    )
    messages.success(request, ASKED)
    return redirect("approvals:show-proposal", proposal.pk)
