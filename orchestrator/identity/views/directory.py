"""To the directory and back, and which of its groups gives which role."""

from urllib.parse import urlencode

import requests
from allauth.account.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from orchestrator.identity import directory, group_roles
from orchestrator.identity.directory import Purpose
from orchestrator.identity.directory_door import DirectoryDoor, way_to_directory
from orchestrator.identity.forms import GroupForm
from orchestrator.identity.models import GroupRole
from orchestrator.kernel.clock import now
from orchestrator.people.permissions import check_may_administer_people
from orchestrator.web.request import Request

AWAY = "The directory does not answer. Try again, or sign in another way."


@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the directory: to sign in, to confirm who one is, or to be linked."""
    if not directory.is_on():
        raise Http404
    asked = request.POST.get("next", "")
    back = asked if asked and get_adapter(request).is_safe_url(asked) else "/"
    purpose = Purpose.SIGN_IN
    if request.user.is_authenticated:
        purpose = Purpose.LINK if request.POST.get("link") else Purpose.CONFIRM
    if purpose == Purpose.CONFIRM:
        back = f"{reverse('identity:show-confirmed')}?{urlencode({'next': back})}"
    try:
        address = way_to_directory(request, purpose=purpose, back=back)
    except requests.RequestException:
        messages.error(request, AWAY)
        return redirect("sign-in")
    # A page, not a redirect: browsers hold the whole way of a form to what forms may reach, and
    # nobody knows over which hosts a directory leads.
    context = {"address": address, "directory": directory.name()}
    return render(request, "identity/leaving.html", context)


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take what the directory sent with the browser; what does not fit the question is refused."""
    if not directory.is_on():
        raise Http404
    response: HttpResponse = OAuth2CallbackView.adapter_view(DirectoryDoor(request))(request)
    return response


@never_cache
@require_safe
def show_groups(request: Request) -> HttpResponse:
    """Show which group of the directory gives which role."""
    return _page(request, GroupForm(auto_id="group_%s"))


@never_cache
@require_POST
def map_group(request: Request) -> HttpResponse:
    """Let a group of the directory give a role."""
    form = GroupForm(request.POST, auto_id="group_%s")
    if form.is_valid():
        try:
            group_roles.map_group(**form.cleaned_data, by=request.user, at=now())
        except (group_roles.GroupMapped, group_roles.NotAcknowledged) as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "It gives the role from the next sign-in of each member on.")
            return redirect("identity:show-groups")
    return _page(request, form, status=422)


@never_cache
@require_POST
def unmap_group(request: Request, mapping_id: int) -> HttpResponse:
    """Stop letting a group give a role."""
    mapped = get_object_or_404(GroupRole.objects.select_related("role"), pk=mapping_id)
    group_roles.unmap_group(mapped=mapped, by=request.user, at=now())
    messages.success(request, "It gives the role no longer.")
    return redirect("identity:show-groups")


def _page(request: Request, form: GroupForm, *, status: int = 200) -> HttpResponse:
    check_may_administer_people(request.user)
    context = {
        "form": form,
        "mapped": GroupRole.objects.select_related("role").order_by("group", "role__title"),
        "on": directory.is_on(),
    }
    return render(request, "identity/groups.html", context, status=status)
