"""The pages of webhooks: of an agent, of one endpoint, of one message, and what people do there."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from orchestrator.agents.models import Agent
from orchestrator.agents.queries import agent_named
from orchestrator.agents.states import AgentState
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.web.request import Request
from orchestrator.webhooks import operations, pages, queries, replaying
from orchestrator.webhooks.forms import (
    EndpointForm,
    EventsForm,
    ReasonForm,
    ReplayForm,
    RotateForm,
)
from orchestrator.webhooks.models import Endpoint
from orchestrator.webhooks.permissions import check_may_manage

UNCLEAR = "Nothing was changed: fill in every field."


@require_safe
def index(request: Request, name: str) -> HttpResponse:
    """List an agent's endpoints."""
    return render(request, "webhooks/index.html", pages.list_of(_agent(request, name)))


@require_POST
@never_cache
@sensitive_variables("made")
def add(request: Request, name: str) -> HttpResponse:
    """Add an endpoint and show its secret: in this answer, and never again."""
    agent, form = _agent(request, name), EndpointForm(request.POST)
    if form.is_valid():
        try:
            made = operations.add_endpoint(
                agent=agent, by=request.user.actor, at=clock.now(), **form.cleaned_data
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            return _show_secret(request, agent, made)
    return render(request, "webhooks/index.html", pages.list_of(agent, form), status=422)


@require_safe
def detail(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Show one endpoint with what it was sent."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    context = pages.endpoint_page(
        agent,
        endpoint,
        state=request.GET.get("state", ""),
        after=request.GET.get("after", ""),
    )
    return render(request, "webhooks/endpoint.html", context)


@require_POST
def choose_events(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Choose what an endpoint is told of."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    form = EventsForm(request.POST)
    if form.is_valid():
        operations.choose_events(
            endpoint=endpoint, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, "It is told of these events from now on.")
    else:
        messages.error(request, UNCLEAR)
    return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)


@require_POST
def pause(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Send nothing until it is resumed."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        operations.pause(
            endpoint=endpoint, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, "It is paused. What happens now waits.")
    else:
        messages.error(request, UNCLEAR)
    return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)


@require_POST
def resume(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Send again."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    operations.resume(endpoint=endpoint, by=request.user.actor, at=clock.now())
    when = "now" if agent.state == AgentState.ACTIVE else "once the agent is active, too"
    messages.success(request, f"It is active. What has waited goes out {when}.")
    return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)


@require_POST
def remove(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Remove an endpoint and give up what waits for it."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, UNCLEAR)
        return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)
    count = operations.remove(
        endpoint=endpoint, by=request.user.actor, at=clock.now(), **form.cleaned_data
    )
    messages.success(request, f"It is removed. Messages that were given up with it: {count}.")
    return redirect("webhooks:list-endpoints", agent.pk)


@require_POST
@never_cache
@sensitive_variables("made")
def rotate(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Make a new secret and show it once."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, UNCLEAR)
        return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)
    made = operations.rotate_secret(
        endpoint=endpoint, overlap=form.overlap, by=request.user.actor, at=clock.now()
    )
    return _show_secret(request, agent, made)


@require_POST
def send_test(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Send a test message and go to where its tries are shown."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    sent = operations.send_test(endpoint=endpoint, by=request.user.actor, at=clock.now())
    messages.success(
        request, "The test is on its way. Load this page again to see what came of it."
    )
    return redirect("webhooks:show-delivery", agent.pk, endpoint.pk, sent.pk)


@require_POST
def replay_dead(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Send everything again that was given up."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    _say(
        request,
        lambda: replaying.replay_dead(endpoint=endpoint, by=request.user.actor, at=clock.now()),
    )
    return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)


@require_POST
def replay_since(request: Request, name: str, endpoint_id: str) -> HttpResponse:
    """Send everything again since a moment."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    form, by = ReplayForm(request.POST), request.user.actor
    if form.is_valid():
        since = form.cleaned_data["since"]
        _say(
            request,
            lambda: replaying.replay_since(endpoint=endpoint, since=since, by=by, at=clock.now()),
        )
    else:
        messages.error(request, UNCLEAR)
    return redirect("webhooks:show-endpoint", agent.pk, endpoint.pk)


@require_safe
def show_delivery(request: Request, name: str, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Show one message: what was sent, and every try."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    delivery = queries.delivery_of(endpoint=endpoint, delivery_id=delivery_id)
    return render(request, "webhooks/delivery.html", pages.delivery_page(agent, delivery))


@require_POST
def replay(request: Request, name: str, endpoint_id: str, delivery_id: str) -> HttpResponse:
    """Send one message again."""
    agent, endpoint = _endpoint(request, name, endpoint_id)
    delivery = queries.delivery_of(endpoint=endpoint, delivery_id=delivery_id)
    replaying.replay(delivery=delivery, by=request.user.actor, at=clock.now())
    messages.success(request, "It goes out again, with the same id.")
    return redirect("webhooks:show-delivery", agent.pk, endpoint.pk, delivery.pk)


def _agent(request: Request, name: str) -> Agent:
    agent = agent_named(name)
    check_may_manage(request.user, agent)
    return agent


def _endpoint(request: Request, name: str, endpoint_id: str) -> tuple[Agent, Endpoint]:
    agent = _agent(request, name)
    return agent, queries.endpoint_of(agent=agent, endpoint_id=endpoint_id)


def _say(request: Request, act: Callable[[], int]) -> None:
    try:
        count = act()
    except replaying.NothingToReplay as nothing:
        messages.error(request, nothing.detail)
    else:
        messages.success(request, f"Messages that go out again: {count}.")


def _show_secret(request: Request, agent: Agent, made: operations.WithSecret) -> HttpResponse:
    context = {"agent": agent, "endpoint": made.endpoint, "secret": made.secret}
    return render(request, "webhooks/secret.html", context)
