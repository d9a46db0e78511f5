"""The pages of agents: list, detail, and what administrators do there."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.agents import operations, pages, queries
from orchestrator.agents.forms import (
    AgentForm,
    GrantForm,
    KeyForm,
    OwnerForm,
    ReasonForm,
    RotateForm,
    StateForm,
)
from orchestrator.agents.models import Agent, Grant, Key
from orchestrator.kernel import clock
from orchestrator.kernel.errors import DomainError
from orchestrator.people import carried
from orchestrator.people.permissions import check_may_administer_agents, may_administer_agents
from orchestrator.web.request import Request

MOVES: dict[str, Callable[..., None]] = {
    "activate": operations.activate,
    "suspend": operations.suspend,
    "retire": operations.retire,
}
UNCLEAR = "Nothing was changed: fill in every field, and say why."


@require_safe
def index(request: Request) -> HttpResponse:
    """List every agent with its owner, state, keys and grants."""
    context = {
        "agents": queries.listed_agents(at=clock.now()),
        "administers": may_administer_agents(request.user),
    }
    return render(request, "agents/index.html", context)


@require_safe
def detail(request: Request, name: str) -> HttpResponse:
    """Show one agent; several environments may have its name, then by its id."""
    agent = queries.agent_named(name, environment=request.GET.get("environment", ""))
    return render(request, "agents/detail.html", pages.detail_of(agent, request.user, clock.now()))


@require_http_methods(["GET", "POST"])
def register(request: Request) -> HttpResponse:
    """Register an agent as a draft."""
    check_may_administer_agents(request.user)
    form = AgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            agent = operations.register_agent(
                **form.cleaned_data, capabilities=[], by=request.user.actor, at=clock.now()
            )
        except DomainError as refusal:
            form.add_error(None, refusal.detail)
        else:
            messages.success(request, f"{agent.title} is registered. Activate it when it is ready.")
            return redirect("agents:show-agent", agent.pk)
    return render(
        request, "agents/register.html", {"form": form}, status=422 if form.errors else 200
    )


@require_POST
def change_owner(request: Request, name: str) -> HttpResponse:
    """Let somebody else answer for the agent, as when duties change hands."""
    check_may_administer_agents(request.user)
    agent, form = queries.agent_named(name), OwnerForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was changed: choose somebody who is active, and say why.")
    elif form.cleaned_data["owner"] == agent.owner:
        messages.info(request, f"{agent.owner.display_name} answers for it already.")
    else:
        new = form.cleaned_data["owner"]
        duties = next(each for each in carried.providers() if each.kind == "agent")
        duties.hand_over(
            agent.pk,
            person=agent.owner,
            to=new,
            by=request.user,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
        )
        messages.success(request, f"{new.display_name} answers for {agent.title} now.")
    return redirect("agents:show-agent", agent.pk)


@require_POST
def change_state(request: Request, name: str) -> HttpResponse:
    """Activate, suspend or retire an agent."""
    check_may_administer_agents(request.user)
    agent, form = queries.agent_named(name), StateForm(request.POST)
    if form.is_valid():
        move = MOVES[form.cleaned_data["move"]]
        move(
            agent=agent,
            reason=form.cleaned_data["reason"],
            by=request.user.actor,
            at=clock.now(),
        )
        messages.success(request, f"{agent.title} is {agent.state} now.")
    else:
        messages.error(request, UNCLEAR)
    return redirect("agents:show-agent", agent.pk)


@require_POST
@never_cache
@sensitive_variables("issued", "context")
def issue_key(request: Request, name: str) -> HttpResponse:
    """Issue a key and show it: in this answer, and never again."""
    check_may_administer_agents(request.user)
    at, agent, form = clock.now(), queries.agent_named(name), KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Nothing was issued: say in how many days the key expires.")
        return redirect("agents:show-agent", agent.pk)
    issued = operations.issue_key(
        agent=agent, expires_at=form.expires_at(at), by=request.user.actor, at=at
    )
    context = {"agent": agent, "key": issued.key, "text": issued.text, "old": None}
    return render(request, "agents/issued.html", context)


@require_POST
@never_cache
@sensitive_variables("issued", "context")
def rotate_key(request: Request, name: str, prefix: str) -> HttpResponse:
    """Issue a successor to a key and show it once; the old one ends by itself."""
    check_may_administer_agents(request.user)
    at, agent, form = clock.now(), queries.agent_named(name), RotateForm(request.POST)
    old = get_object_or_404(Key, agent=agent, prefix=prefix)
    if not form.is_valid():
        messages.error(request, "Nothing was issued: fill in both lengths of time.")
        return redirect("agents:show-agent", agent.pk)
    issued = operations.rotate_key(
        key=old,
        overlap=form.overlap,
        expires_at=form.expires_at(at),
        by=request.user.actor,
        at=at,
    )
    old.refresh_from_db()
    context = {"agent": agent, "key": issued.key, "text": issued.text, "old": old}
    return render(request, "agents/issued.html", context)


@require_POST
def revoke_key(request: Request, name: str, prefix: str) -> HttpResponse:
    """End a key now."""
    check_may_administer_agents(request.user)
    agent, form = queries.agent_named(name), ReasonForm(request.POST)
    key = get_object_or_404(Key, agent=agent, prefix=prefix)
    if form.is_valid():
        operations.revoke_key(key=key, by=request.user.actor, at=clock.now(), **form.cleaned_data)
        messages.success(request, f"The key {prefix} is revoked.")
    else:
        messages.error(request, UNCLEAR)
    return redirect("agents:show-agent", agent.pk)


@require_POST
def give_grant(request: Request, name: str) -> HttpResponse:
    """Give the agent a grant; what was wrong with the entries is said beside them."""
    check_may_administer_agents(request.user)
    at, agent, form = clock.now(), queries.agent_named(name), GrantForm(request.POST)
    if form.is_valid() and _gave(form, request, agent):
        messages.success(request, f"{agent.title} has the grant from now on.")
        return redirect("agents:show-agent", agent.pk)
    context = pages.detail_of(agent, request.user, at, grant_form=form)
    return render(request, "agents/detail.html", context, status=422)


def _gave(form: GrantForm, request: Request, agent: Agent) -> bool:
    at = clock.now()
    try:
        operations.give_grant(agent=agent, by=request.user.actor, at=at, **form.values(at))
    except DomainError as refusal:
        form.add_error(None, refusal.detail)
        return False
    return True


@require_POST
def end_grant(request: Request, name: str, number: int) -> HttpResponse:
    """End a grant now."""
    check_may_administer_agents(request.user)
    agent, form = queries.agent_named(name), ReasonForm(request.POST)
    grant = get_object_or_404(Grant, agent=agent, pk=number)
    if form.is_valid():
        operations.end_grant(
            grant=grant, by=request.user.actor, at=clock.now(), **form.cleaned_data
        )
        messages.success(request, "The grant has ended.")
    else:
        messages.error(request, UNCLEAR)
    return redirect("agents:show-agent", agent.pk)
