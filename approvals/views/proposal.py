"""One proposal: look, decide, hand on, withdraw."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals import decisions, inbox, submission, undo_window
from approvals.forms import PERSON, ROLE, DecisionForm, ReassignForm, WithdrawForm
from approvals.live_records.checking import Standing, check_still_true
from approvals.models import Proposal, Review
from approvals.pulse import stands_at
from approvals.states import ProposalState, ReviewState, Vote
from approvals.views.hasty import keep_pace
from approvals.views.review_page import Typed, Way, page, way_of
from orchestrator.identity.recent import RecentSignInNeeded, authenticated_at
from orchestrator.kernel.clock import now
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import Role, User
from orchestrator.web.request import Request

UNCOMPARED = (
    "The CRM did not answer just now. The record is compared again before anything is written, and "
    "comes back to people if it has moved."
)
SAID = {
    Vote.APPROVE: "You approved it.",
    Vote.DENY: "You denied it. The agent is told why.",
    Vote.SEND_BACK: "You sent it back with your question.",
}


class BadForm(DomainError):
    """The form does not say what to do."""

    code, status, title = "bad_form", 422, "Something is missing"


@never_cache
@require_safe
def show_proposal(request: Request, proposal_id: str) -> HttpResponseBase:
    """Show everything that a decision needs; to a page that waits, only if something happened."""
    at, seen = now(), request.GET.get("seen", "")
    if request.htmx and seen and stands_at(proposal_id, person=request.user, at=at) == seen:
        return HttpResponse(status=204)
    return page(request, proposal_id, way=way_of(request.GET), at=at)


@never_cache
@require_POST
def decide(request: Request, proposal_id: str) -> HttpResponseBase:
    """Cast the person's vote on the revision that was on their screen."""
    at, way, form = now(), way_of(request.POST), DecisionForm(request.POST)
    place = _place(proposal_id)
    try:
        _check(form, "Choose what to do, then send it again.")
        proposal = _cast(request, proposal_id, form.cleaned_data, at)
    except RecentSignInNeeded:
        # Asked for on a page of its own, which sends what was typed here once more.
        raise
    except DomainError as problem:
        return _refused(request, proposal_id, way, at, problem, request.POST.get("vote", ""))
    words = _said(proposal, form.cleaned_data["vote"])
    messages.success(request, words, extra_tags=undo_window.as_tags(proposal))
    keep_pace(request, proposal, form.cleaned_data, at=at)
    return _onward(proposal_id, way, place)


@never_cache
@require_POST
def reassign(request: Request, proposal_id: str) -> HttpResponseBase:
    """Hand the open review to another role or to one person."""
    at, way, form = now(), way_of(request.POST), ReassignForm(request.POST)
    place = _place(proposal_id)
    try:
        _check(form, "Choose whom to hand it to, and say why.")
        role, person = _target(form)
        decisions.reassign(
            proposal_id=proposal_id,
            person=request.user,
            to_role=role,
            to_person=person,
            reason=form.cleaned_data["text"],
            at=at,
        )
    except DomainError as problem:
        return _refused(request, proposal_id, way, at, problem, "reassign")
    messages.success(request, f"Handed to {_name(role, person)}.")
    return _onward(proposal_id, way, place)


@never_cache
@require_POST
def withdraw(request: Request, proposal_id: str) -> HttpResponseBase:
    """Take the person's own proposal back."""
    at, way, form = now(), way_of(request.POST), WithdrawForm(request.POST)
    try:
        _check(form, "Say why in at most 5000 characters.")
        submission.withdraw(
            proposal=_found(proposal_id),
            reason=form.cleaned_data["text"],
            by=request.user.actor,
            at=at,
        )
    except DomainError as problem:
        return _refused(request, proposal_id, way, at, problem, "withdraw")
    messages.success(request, "Withdrawn. Nothing is written.")
    return _onward(proposal_id, way, "")


def _cast(request: Request, proposal_id: str, ballot: dict[str, Any], at: dt.datetime) -> Proposal:
    """
    Cast the vote, once the records are known to be what was on the screen.

    :raises RecordMoved: if they are not, so that there is something else to look at first
    """
    standing = check_still_true(
        proposal_id=proposal_id,
        person=request.user,
        vote=ballot["vote"],
        digest=ballot["digest"],
        at=at,
    )
    proposal = decisions.decide(
        proposal_id=proposal_id,
        person=request.user,
        at=at,
        authenticated_at=authenticated_at(request),
        **ballot,
    )
    if standing == Standing.UNKNOWN:
        messages.info(request, UNCOMPARED)
    return proposal


def _refused(
    request: Request, proposal_id: str, way: Way, at: dt.datetime, problem: DomainError, panel: str
) -> HttpResponseBase:
    """
    Show the page as it is now, with what was refused and everything that was typed.

    :raises NotFound: if the person may not know of the proposal
    """
    typed = Typed(
        panel=panel,
        reason_code=request.POST.get("reason_code", ""),
        text=request.POST.get("text", ""),
        to=_offered(problem) or request.POST.get("to", ""),
        problem=problem,
    )
    return page(request, proposal_id, way=way, at=at, typed=typed)


def _offered(problem: DomainError) -> str:
    """Return who stands in for somebody who is away, as the list names them."""
    delegate = problem.extra.get("delegate", "")
    return f"{PERSON}:{delegate}" if delegate else ""


def _check(form: forms.Form, words: str) -> None:
    if not form.is_valid():
        raise BadForm(words)


def _found(proposal_id: str) -> Proposal:
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound("There is no such proposal, or none of your roles may see it.")
    return proposal


def _name(role: Role | None, person: User | None) -> str:
    return role.title if role else person.display_name if person else ""


def _target(form: ReassignForm) -> tuple[Role | None, User | None]:
    kind, name = form.target()
    if kind == ROLE:
        role = Role.objects.filter(slug=name).first()
        if role is not None:
            return role, None
    else:
        person = User.objects.filter(username=name).first()
        if person is not None:
            return None, person
    raise BadForm("Choose whom to hand it to from the list.")


def _place(proposal_id: str) -> str:
    """Return where the open review stands in the inbox: what comes after it comes next."""
    review = Review.objects.filter(proposal=proposal_id, state=ReviewState.OPEN).first()
    return inbox.key_of(review) if review else ""


def _said(proposal: Proposal, vote: str) -> str:
    if vote == Vote.APPROVE and proposal.state == ProposalState.IN_REVIEW:
        return "Your approval counts. Others have to approve it too."
    return SAID[Vote(vote)]


def _onward(proposal_id: str, way: Way, place: str) -> HttpResponse:
    if way.reviewing:
        return redirect(way.going.onward(place))
    return redirect("approvals:show-proposal", proposal_id)
