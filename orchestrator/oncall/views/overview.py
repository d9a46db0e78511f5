"""Who is on call: the overview, and the fragment that other pages fetch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.oncall import editing, pages
from orchestrator.oncall.forms import ScheduleForm
from orchestrator.oncall.permissions import check_may_edit
from orchestrator.people.models import Role
from orchestrator.web.request import Request


@require_safe
def index(request: Request) -> HttpResponse:
    """Show every role's schedule: who is on call now and next, and what will be missing."""
    return render(request, "oncall/index.html", pages.overview(request.user, at=clock.now()))


@require_safe
def show_now(request: Request, slug: str) -> HttpResponse:
    """Show who is on call for one role; alone for htmx, inside a page for everybody else."""
    role = Role.objects.filter(slug=slug).first()
    if role is None and request.htmx:
        # The page around it stays as it is: a role that nobody has set up is no error of its own.
        return HttpResponse(status=204)
    if role is None:
        raise NotFound("There is no such role.")
    context = pages.fragment(role, request.user, at=clock.now())
    name = "oncall/_now.html" if request.htmx else "oncall/now.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def create_schedule(request: Request, slug: str) -> HttpResponse:
    """Set up the schedule of a role."""
    check_may_edit(request.user)
    role = get_object_or_404(Role, slug=slug)
    initial = {"title": role.title, "time_zone": request.user.time_zone}
    form = ScheduleForm(request.POST or None, initial=initial, new=True)
    if form.is_valid():
        try:
            editing.create_schedule(role=role, **form.cleaned_data, by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{role.title} has a schedule. Add its first rotation.")
            return redirect("oncall:add-layer", slug)
    context = {"role": role, "form": form}
    return render(request, "oncall/create.html", context, status=422 if form.errors else 200)
