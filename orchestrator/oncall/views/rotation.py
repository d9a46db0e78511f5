"""Setting a rotation: seen as it would be first, and saved then."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.oncall import editing, previewing
from orchestrator.oncall.forms import SeenForm
from orchestrator.oncall.models import Schedule
from orchestrator.oncall.permissions import check_may_edit
from orchestrator.oncall.rotation_forms import RotationForm, initial_of
from orchestrator.oncall.states import LayerKind
from orchestrator.people.models import User
from orchestrator.web.request import Request


@require_http_methods(["GET", "POST"])
def set_layer(request: Request, slug: str, number: int | None = None) -> HttpResponse:
    """Add a rotation or change one; `do=preview` stores nothing."""
    check_may_edit(request.user)
    schedule, at = _schedule(slug), clock.now()
    layer = editing.layer_at(schedule, number) if number is not None else None
    if layer is not None and layer.kind == LayerKind.IMPORTED:
        return redirect("oncall:show-schedule", slug)
    people = User.objects.filter(groups__role=schedule.role_id, is_active=True)
    initial = initial_of(layer, at.astimezone(ZoneInfo(schedule.time_zone)).date())
    form = RotationForm(
        request.POST or None, people=list(people.order_by("username")), initial=initial
    )
    context = {"schedule": schedule, "layer": layer, "form": form, "at": at}
    if form.is_valid():
        try:
            if request.POST.get("do") != "save":
                context |= previewing.preview(schedule, form.turns, number=number, at=at)
                return render(request, "oncall/rotation.html", context)
            _save(request, schedule, form, number)
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            return redirect("oncall:show-schedule", slug)
    return render(request, "oncall/rotation.html", context, status=422 if form.errors else 200)


@require_POST
def end_layer(request: Request, slug: str, number: int) -> HttpResponse:
    """End a layer from now on."""
    check_may_edit(request.user)
    form = SeenForm(request.POST)
    if form.is_valid():
        editing.end_layer(
            schedule=_schedule(slug),
            number=number,
            **form.cleaned_data,
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, "The layer is ended.")
    else:
        messages.error(request, "Nothing was changed: say why.")
    return redirect("oncall:show-schedule", slug)


def _save(request: Request, schedule: Schedule, form: RotationForm, number: int | None) -> None:
    layer = editing.set_layer(
        schedule=schedule,
        turns=form.turns,
        reason=form.cleaned_data["reason"],
        by=request.user,
        at=clock.now(),
        number=number,
        seen=form.cleaned_data["seen"],
    )
    messages.success(request, f"{layer.title} is in force from now on.")


def _schedule(slug: str) -> Schedule:
    return get_object_or_404(Schedule.objects.select_related("role"), role__slug=slug)
