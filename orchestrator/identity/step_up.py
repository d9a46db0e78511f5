"""What weighs so much that it needs a recent proof of who one is, whatever page it comes from."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.http import HttpRequest

FRAME = ("REMOTE_ADDR", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "HTTP_X_FORWARDED_FOR",
         "HTTP_X_FORWARDED_PROTO", "HTTP_USER_AGENT", "HTTP_REFERER", "CONTENT_TYPE")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighty:
    """A form that waits for the proof, in words; a form with a password in it is not kept."""

    words: str
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Waiting:
    """What goes on after a confirmation, and where it was asked for."""

    words: str
    # Where whoever would rather leave it goes back to.
    back: str
    # Whether what was typed is kept.
    kept: bool


# Pulling the kill switch, denying and lowering a mode are not here: stopping must stay easy.
WEIGHTY: Mapping[str, Weighty] = {
    "commits:ask-release": Weighty("asking to release the kill switch"),
    "commits:release": Weighty("releasing the kill switch"),
    "approvals:raise-mode": Weighty("asking to raise a workflow's mode"),
    "approvals:publish-version": Weighty("asking to put a version in force"),
    "workflows:give-right": Weighty("giving a role a right"),
    "agents:give-grant": Weighty("giving an agent a grant"),
    "onboarding:name-owners": Weighty("letting people run the workflows"),
    "onboarding:make-agent": Weighty("letting an agent in, with a key"),
    "onboarding:issue-key": Weighty("issuing a key"),
    "commits:connect-org": Weighty("connecting an org", keep=False),
    "commits:change-credentials": Weighty("changing what signs in to the CRM", keep=False),
    "agents:issue-key": Weighty("issuing a key"),
    "agents:rotate-key": Weighty("rotating a key"),
    "people:add-member": Weighty("adding somebody to a role"),
    "people:close-account": Weighty("closing an account"),
    "people:add-person": Weighty("adding a person", keep=False),
    "people:invite-person": Weighty("inviting somebody"),
    "people:invite-again": Weighty("making another link for somebody"),
    "people:reopen-account": Weighty("opening an account again", keep=False),
    "identity:end-sessions-of": Weighty("ending somebody's sessions"),
    "identity:map-group": Weighty("letting a group of the directory give a role"),
    "identity:unmap-group": Weighty("ending what a group of the directory gives"),
    "identity:remove-factors-of": Weighty("removing somebody's second factors"),
    # The library lets whoever has nothing but the directory do these unasked.
    "mfa_activate_totp": Weighty("setting up an authenticator app"),
    "mfa_deactivate_totp": Weighty("removing your authenticator app"),
    "mfa_add_webauthn": Weighty("adding a passkey"),
    "mfa_remove_webauthn": Weighty("removing a passkey"),
    "mfa_generate_recovery_codes": Weighty("making new recovery codes"),
}
DECISION = Weighty("your approval of a change of high risk")


def weighty(view_name: str) -> Weighty | None:
    """Return what this form does if it needs a recent proof."""
    return WEIGHTY.get(view_name)


def suspend(request: HttpRequest, what: Weighty) -> None:
    """
    Keep the form in the session until the person has confirmed who they are.

    Only what was typed is kept, in the shape that the library resumes from: none of the headers
    that say how the answer should look, and no cookie.
    """
    kept = {
        "path": request.path,
        "path_info": request.path_info,
        "META": {key: request.META[key] for key in FRAME if isinstance(request.META.get(key), str)},
        "GET": request.GET.urlencode(),
        "POST": request.POST.urlencode(),
        "method": "POST",
        "scheme": request.scheme,
    }
    back = came_from(request)
    state = {"words": what.words, "from": back, "next": request.path if what.keep else back}
    if what.keep:
        state["request"] = json.dumps(kept)
    request.session[STATE_SESSION_KEY] = state


def came_from(request: HttpRequest) -> str:
    """Return the page of ours on which the form stood, as far as the browser says."""
    came = urlsplit(request.headers.get("Referer", ""))
    return came.path if came.netloc == request.get_host() and came.path else "/"


def waiting(request: HttpRequest, going_to: str) -> Waiting | None:
    """Return what waits for this very confirmation: one that was left alone waits for no other."""
    state = request.session.get(STATE_SESSION_KEY)
    if not isinstance(state, dict) or "words" not in state or state["next"] != going_to:
        return None
    return Waiting(state["words"], state["from"], kept="request" in state)
