"""The channels that the people of a role share; staff alone see and change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.notifications import channel_operations, pages
from orchestrator.notifications.forms import RoleChannelForm
from orchestrator.notifications.permissions import check_staff
from orchestrator.people.models import Role
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

TEMPLATE = "notifications/roles.html"


@never_cache
@require_safe
@partials("tests")
def show_role_channels(request: Request) -> TemplateResponse:
    """Show every role's shared channels."""
    check_staff(request.user)
    context = pages.role_channels(request.user, at=clock.now())
    return TemplateResponse(request, TEMPLATE, context)


@require_POST
@sensitive_post_parameters("address")
def add_role_channel(request: Request) -> HttpResponse:
    """Add a channel that a role shares."""
    check_staff(request.user)
    form = RoleChannelForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            channel = channel_operations.add_channel(
                **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error("address", refusal.detail)
        else:
            messages.success(request, f"{channel.label} is there; send a test.")
            return redirect("notifications:show-role-channels")
    context = pages.role_channels(request.user, at=clock.now(), channel_form=form)
    return TemplateResponse(request, TEMPLATE, context, status=422)


@require_POST
def test_role(request: Request, slug: str) -> HttpResponse:
    """Send a test through every channel of a role."""
    check_staff(request.user)
    role = get_object_or_404(Role, slug=slug)
    channel_operations.send_test(by=request.user, at=clock.now(), role=role)
    messages.success(request, "A test is on its way through each channel.")
    response = redirect("notifications:show-role-channels")
    response["Location"] += "#tests"
    return response
