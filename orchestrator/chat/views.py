"""Linking a Slack account, and what Slack sends us: signed, or not taken."""

import json
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from orchestrator.chat import linking, pressing, slack
from orchestrator.chat.models import SlackAccount
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request

LONGEST_BODY = 100_000
FORM = "application/x-www-form-urlencoded"
Door = Callable[[HttpRequest], HttpResponse]


@never_cache
@require_safe
def show_link(request: Request) -> HttpResponse:
    """Show whether the person's Slack account is linked, and how to link it."""
    account = SlackAccount.objects.filter(person=request.user).first()
    context = {"account": account, "is_on": slack.is_on(), "code": ""}
    return TemplateResponse(request, "chat/link.html", context)


@never_cache
@require_POST
def issue_code(request: Request) -> HttpResponse:
    """Show a new code, once."""
    code = linking.issue_code(person=request.user, at=clock.now())
    account = SlackAccount.objects.filter(person=request.user).first()
    context = {"account": account, "is_on": slack.is_on(), "code": code}
    return TemplateResponse(request, "chat/link.html", context)


@never_cache
@require_POST
def unlink(request: Request) -> HttpResponse:
    """Let go of the person's Slack account."""
    if linking.unlink(person=request.user, at=clock.now()):
        messages.success(request, "Your Slack account is not linked any more.")
    return redirect("chat:show-link")


def from_slack(door: Door) -> Door:
    """Let only requests through that Slack signed; a person's session counts for nothing here."""

    @csrf_exempt
    @require_POST
    @wraps(door)
    def guarded(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "0")
        if not slack.is_on() or not length.isdigit() or int(length) > LONGEST_BODY:
            return HttpResponse(status=404)
        if request.content_type != FORM:
            return HttpResponse(status=415)
        if not slack.is_genuine(body=request.body, headers=request.headers, at=clock.now()):
            return HttpResponse(status=401)
        return door(request)

    return guarded


@from_slack
def take_action(request: HttpRequest) -> HttpResponse:
    """Take the press of a button; what comes of it is said in Slack by a worker."""
    try:
        payload = json.loads(request.POST.get("payload", ""))
    except ValueError:
        return HttpResponse(status=400)
    try:
        pressing.press(payload=payload, at=clock.now())
    except DomainError as refusal:
        return _whispered(refusal.detail)
    return HttpResponse(status=200)


@from_slack
def take_command(request: HttpRequest) -> HttpResponse:
    """Take `/countersign link CODE`."""
    verb, _, code = request.POST.get("text", "").strip().partition(" ")
    if verb != "link" or not code:
        return _whispered("Write: /countersign link CODE, with a code from your settings here.")
    try:
        account = linking.link(
            code=code,
            team_id=request.POST.get("team_id", ""),
            user_id=request.POST.get("user_id", ""),
            at=clock.now(),
        )
    except DomainError as refusal:
        return _whispered(refusal.detail)
    return _whispered(f"Linked to {account.person.display_name}.")


def _whispered(words: str) -> HttpResponse:
    return JsonResponse({"response_type": "ephemeral", "text": words})
