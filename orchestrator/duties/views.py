"""Pages of duties: the lists, one round with its lines, and how duties are arranged."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.duties import arranging, exporting, finishing, pages, signing
from orchestrator.duties.contents import schedule_of, title_of
from orchestrator.duties.forms import (
    ArrangeForm,
    FinishForm,
    HandOnForm,
    SignForm,
    as_it_is,
    chosen_lines,
)
from orchestrator.duties.models import Duty, DutyLine
from orchestrator.duties.permissions import check_may_arrange
from orchestrator.duties.states import LineState
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request

UNCLEAR = "Nothing was signed: choose what to say, and say why where it needs words."


@never_cache
@require_safe
def index(request: Request) -> HttpResponse:
    """List rounds: one's own, all that are open, overdue, done; and what is coming."""
    context = pages.index_of(request.user, request.GET.get("tab", ""), at=clock.now())
    return render(request, "duties/index.html", context)


@never_cache
@require_safe
def show_round(request: Request, round_id: int) -> HttpResponse:
    """Show one round with the lines to sign off."""
    at = clock.now()
    about = pages.round_for(request.user, round_id, at=at)
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 9 else 0
    context = pages.round_of(about, request.user, request.GET.get("show", ""), place, at=at)
    return render(request, "duties/round.html", context)


@never_cache
@require_safe
def print_round(request: Request, round_id: int) -> HttpResponse:
    """Show a whole round for paper."""
    about = pages.round_for(request.user, round_id, at=clock.now())
    return render(request, "duties/print.html", pages.printed(about))


@require_POST
def sign_line(request: Request, round_id: int, line_id: int) -> HttpResponse:
    """Sign one line off."""
    at, form = clock.now(), SignForm(request.POST)
    about = pages.round_for(request.user, round_id, at=at)
    get_object_or_404(DutyLine, pk=line_id, round=about)
    if not form.is_valid():
        raise signing.NotOffered(UNCLEAR)
    line = signing.sign(line_id=line_id, person=request.user, at=at, **form.cleaned_data)
    if line.state == LineState.REVOKE_ASKED and not request.htmx:
        messages.warning(request, f"It is still there. {line.trouble}")
    return _line(request, round_id, line_id)


@require_POST
def carry_out(request: Request, round_id: int, line_id: int) -> HttpResponse:
    """Take away what somebody asked to revoke."""
    about = pages.round_for(request.user, round_id, at=clock.now())
    get_object_or_404(DutyLine, pk=line_id, round=about)
    line = signing.carry_out(line_id=line_id, person=request.user, at=clock.now())
    if line.state == LineState.REVOKE_ASKED and not request.htmx:
        messages.warning(request, f"It is still there. {line.trouble}")
    return _line(request, round_id, line_id)


@require_POST
def sign_together(request: Request, round_id: int) -> HttpResponse:
    """Sign the chosen lines as they stand."""
    about = pages.round_for(request.user, round_id, at=clock.now())
    seen = chosen_lines(request.POST.getlist("line"))
    kept = signing.keep_many(round_id=about.pk, seen=seen, person=request.user, at=clock.now())
    messages.success(request, f"Signed {kept.signed} of {len(seen)} chosen lines.")
    for position, why in list(kept.left.items())[:5]:
        messages.warning(request, f"Line {position} is not signed: {why}")
    return redirect("duties:show-round", round_id)


@require_POST
def finish_round(request: Request, round_id: int) -> HttpResponse:
    """Finish a round of which every line is signed."""
    at, form = clock.now(), FinishForm(request.POST)
    about = pages.round_for(request.user, round_id, at=at)
    summary = form.cleaned_data["summary"] if form.is_valid() else ""
    finishing.finish(round_id=about.pk, summary=summary, person=request.user, at=at)
    messages.success(request, f"{title_of(about.duty)} ({about.period}) is finished.")
    return redirect("duties:show-round", round_id)


@require_POST
def hand_on(request: Request, round_id: int) -> HttpResponse:
    """Give a round to somebody else."""
    at = clock.now()
    about = pages.round_for(request.user, round_id, at=at)
    form = HandOnForm(request.POST, takers=arranging.takers(about, at=at))
    if not form.is_valid():
        raise arranging.CannotTake("Choose somebody who can take it, and say why.")
    arranging.hand_on(round_id=about.pk, by=request.user, at=at, **form.cleaned_data)
    messages.success(request, f"{form.cleaned_data['to'].display_name} has it now.")
    return redirect("duties:list-duties")


@never_cache
@require_POST
def export_round(request: Request, round_id: int) -> HttpResponseBase:
    """Hand out a round's lines as CSV; that is recorded, so it takes a form and not a link."""
    at = clock.now()
    about = pages.round_for(request.user, round_id, at=at)
    lines = exporting.export(about, by=request.user.actor, at=at)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"{about.duty.kind.replace('_', '-')}-{about.period}-{about.pk}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def arrange_duty(request: Request, duty_id: int) -> HttpResponse:
    """Arrange when a duty comes round, for whom, and how long there is."""
    check_may_arrange(request.user)
    duty = get_object_or_404(Duty.objects.select_related("role", "workflow"), pk=duty_id)
    form = ArrangeForm(request.POST or None, initial=as_it_is(duty))
    if request.method == "POST" and form.is_valid():
        try:
            arranging.arrange(
                duty_id=duty.pk, by=request.user, at=clock.now(), **form.arrangement()
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{title_of(duty)} comes round as arranged from now on.")
            return redirect("duties:list-duties")
    context = {"duty": duty, "title": title_of(duty), "form": form, "now": schedule_of(duty).words}
    return render(request, "duties/arrange.html", context, status=422 if form.errors else 200)


def _line(request: Request, round_id: int, line_id: int) -> HttpResponse:
    """Answer with the line alone, or with the page it is on."""
    if not request.htmx:
        response = redirect("duties:show-round", round_id)
        response["Location"] += f"#line-{line_id}"
        return response
    at = clock.now()
    about = pages.round_for(request.user, round_id, at=at)
    context = pages.line_for(request.user, about, line_id, at=at)
    return render(request, "duties/_signed.html", context)
