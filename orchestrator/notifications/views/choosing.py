"""How a person wants to be told: channels, their order, quiet hours, the digest, a test."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.notifications import channel_operations, pages, preferences
from orchestrator.notifications.forms import ChannelForm, TimesForm, ranks_in
from orchestrator.notifications.models import Channel
from orchestrator.web.partials import partials
from orchestrator.web.request import Request

TEMPLATE = "notifications/settings.html"
SETTINGS = "notifications:show-settings"


@never_cache
@require_safe
@partials("tests")
def show_settings(request: Request) -> TemplateResponse:
    """Show the person's channels and times."""
    return _page(request)


@require_POST
def save_times(request: Request) -> HttpResponse:
    """Save quiet hours and the digest."""
    form = TimesForm(request.POST, account_zone=request.user.time_zone)
    if form.is_valid():
        try:
            preferences.save_preference(chosen=form.chosen(), by=request.user, at=clock.now())
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, "Your times are kept.")
            return redirect(SETTINGS)
    return _page(request, status=422, times_form=form)


@require_POST
@sensitive_post_parameters("address")
def add_channel(request: Request) -> HttpResponse:
    """Add a channel of one's own."""
    form = ChannelForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            channel = channel_operations.add_channel(
                **form.cleaned_data, by=request.user, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error("address", refusal.detail)
        else:
            messages.success(request, f"{channel.label} is there; send yourself a test.")
            return redirect(SETTINGS)
    return _page(request, status=422, channel_form=form)


@require_POST
def order_channels(request: Request) -> HttpResponse:
    """Save which channel comes first for which urgency."""
    channel_operations.order_channels(ranks=ranks_in(request.POST), by=request.user, at=clock.now())
    messages.success(request, "The order is kept.")
    return _back(request)


@require_POST
def remove_channel(request: Request, channel_id: int) -> HttpResponse:
    """Remove a channel and forget its address."""
    channel = Channel.objects.filter(pk=channel_id, removed_at=None).first()
    if channel is None:
        raise NotFound("There is no such channel.")
    channel_operations.remove_channel(channel=channel, by=request.user, at=clock.now())
    messages.success(request, f"{channel.label} is removed, and its address forgotten.")
    return _back(request)


@require_POST
def send_test(request: Request) -> HttpResponse:
    """Send a test through every channel of one's own."""
    sent = channel_operations.send_test(by=request.user, at=clock.now())
    words = "A test is on its way through each channel." if sent else "There is nothing to test."
    messages.success(request, words)
    response = redirect(SETTINGS)
    response["Location"] += "#tests"
    return response


def _page(
    request: Request,
    *,
    status: int = 200,
    channel_form: ChannelForm | None = None,
    times_form: TimesForm | None = None,
) -> TemplateResponse:
    at = clock.now()
    context = pages.settings_of(
        request.user, at=at, channel_form=channel_form, times_form=times_form
    )
    return TemplateResponse(request, TEMPLATE, context, status=status)


def _back(request: Request) -> HttpResponse:
    wanted = request.POST.get("next", "")
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(wanted if own else SETTINGS)
