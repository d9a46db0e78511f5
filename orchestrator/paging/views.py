"""Pages of the paging app: what I am called for, one screen for each matter, and the answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import NotFound
from orchestrator.paging import acknowledging, permissions, queries, whom
from orchestrator.paging.forms import HandOnForm
from orchestrator.paging.lines import line
from orchestrator.paging.models import PageCall
from orchestrator.paging.subjects import PROPOSAL
from orchestrator.people.models import User
from orchestrator.web.request import Request


@never_cache
@require_safe
def list_pages(request: Request) -> HttpResponse:
    """Show what the person is called for, then what others are, then what is over."""
    reader = request.user
    mine = queries.pages_of(reader)
    watching = permissions.may_watch(reader)
    others = queries.open_pages(but=[page.pk for page in mine]) if watching else []
    shown = [page.pk for page in (*mine, *others)]
    context = {
        "at": now(),
        "mine": [line(page, reader=reader) for page in mine],
        "others": [line(page, reader=reader) for page in others],
        "recent": [line(page, reader=reader) for page in queries.recent_of(reader, but=shown)],
    }
    return TemplateResponse(request, "paging/pages.html", context)


@never_cache
@require_safe
def show_page(request: Request, page_id: str) -> HttpResponse:
    """Show one matter on one screen of a phone."""
    at = now()
    page = _found(page_id, request.user)
    shown = line(page, reader=request.user)
    answers = page.is_open and permissions.may_answer(request.user, page, at=at)
    takers = [each for each in whom.order(page, at=at) if each != request.user] if answers else []
    context = {"at": at, "line": shown, "page": page, "takers": takers, "may_answer": answers}
    return TemplateResponse(request, "paging/page.html", context)


@never_cache
@require_POST
def acknowledge(request: Request, page_id: str) -> HttpResponse:
    """Take the matter: nobody else is called for now; whoever is too late reads who has it."""
    page = _found(page_id, request.user)
    try:
        acknowledging.acknowledge(page=page, person=request.user, at=now())
    except (acknowledging.AlreadyAnswered, acknowledging.PageOver) as late:
        messages.info(request, late.detail)
    else:
        messages.success(request, "It is yours. Nobody else is called for now.")
    return redirect(_screen_of(page))


@never_cache
@require_POST
def hand_on(request: Request, page_id: str) -> HttpResponse:
    """Call somebody else instead."""
    page, form = _found(page_id, request.user), HandOnForm(request.POST)
    to = User.objects.filter(username=form.data.get("to", "")).first()
    if not form.is_valid() or to is None:
        raise acknowledging.NobodyToHandTo("Choose somebody from the list.")
    acknowledging.hand_on(
        page=page, to=to, by=request.user, words=form.cleaned_data["words"], at=now()
    )
    messages.success(request, f"{to.display_name} is being called.")
    return redirect("paging:list-pages")


@never_cache
@require_safe
def count_mine(request: Request) -> HttpResponse:
    """Show what the person is called for as a sign in the bar; nothing while there is nothing."""
    context = {"callings": queries.callings_of(request.user)}
    return TemplateResponse(request, "paging/_callings.html", context)


@never_cache
@require_safe
def show_unanswered(request: Request) -> HttpResponse:
    """Show, for a page of those who run the house, what nobody answered."""
    watching = permissions.may_watch(request.user)
    context = {"unanswered": queries.exhausted(now()) if watching else []}
    return TemplateResponse(request, "paging/_unanswered.html", context)


def _found(page_id: str, reader: User) -> PageCall:
    page = queries.found(page_id)
    if page is None or not permissions.may_see(reader, page, at=now()):
        raise NotFound("There is no such page, or you were not called for it.")
    return page


def _screen_of(page: PageCall) -> str:
    return page.path if page.subject_kind == PROPOSAL else f"/pages/{page.pk}/"
