"""
What each route is to an agent: `read`, `propose` or `forbidden`, with the reason.

An agent composes a change; it never moves its own change through the gate. A route that is not
listed here is refused to agents, and a test enumerates every route of the site against this table.
"""

from dataclasses import dataclass

from orchestrator.kernel.choices import Choices


class RouteClass(Choices):
    READ = "read"
    PROPOSE = "propose"
    FORBIDDEN = "forbidden"
    # Needs no identity and tells nothing about the content: health, static files.
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Classed:
    """One route's class and why."""

    route_class: RouteClass
    why: str


def _read(why: str) -> Classed:
    return Classed(RouteClass.READ, why)


def _propose(why: str) -> Classed:
    return Classed(RouteClass.PROPOSE, why)


def _forbidden(why: str) -> Classed:
    return Classed(RouteClass.FORBIDDEN, why)


CALLS = _forbidden("people are called, and answer")
DESK = _forbidden("people decide on these pages")
CONFIGURATION = _forbidden("configuration is changed by people")
SWITCH = _forbidden("failures and the kill switch belong to people")
UNDO = _forbidden("people take writes back; an agent proposes a new change")
MEMORY = _forbidden("the ledger is read by people; an agent reads its own proposals")
WATCH = _forbidden("people watch over the machinery")
ROTA = _forbidden("people say who is on call")
SESSION = _forbidden("sessions belong to people")
TOLD = _forbidden("people are told, and choose how; an agent is told by webhook")
OPEN = Classed(RouteClass.OPEN, "tells about the site, nothing of its content")

ROUTES: dict[str, Classed] = {
    "chat:show-link": SESSION,
    "chat:issue-code": SESSION,
    "chat:unlink": SESSION,
    "chat:take-action": _forbidden("Slack speaks for a linked person, by its own signature"),
    "chat:take-command": _forbidden("Slack speaks for a linked person, by its own signature"),
    "assurance:show-assurance": WATCH,
    "assurance:look-now": WATCH,
    "assurance:try-alarm": WATCH,
    "api:create_proposal": _propose("composes a change; approves nothing"),
    "api:create_batch": _propose("composes changes; approves nothing"),
    "api:list_proposals": _read("the agent's own proposals"),
    "api:get_proposal": _read("the agent's own proposal"),
    "api:withdraw_proposal": _propose("takes the agent's own proposal back"),
    "api:create_revision": _propose("a new revision needs its own approval"),
    "api:preflight": _read("judges without storing anything"),
    "api:me": _read("the agent itself"),
    "api:list_workflows": _read("what the agent may propose in"),
    "api:get_record": _read("a record inside the agent's grants"),
    "api:openapi-json": OPEN,
    "api:openapi-view": OPEN,
    "api:api-root": OPEN,
    "healthz": OPEN,
    "readyz": OPEN,
    "metrics": OPEN,
    **dict.fromkeys(
        (
            "sign-in",
            "sign-out",
            "account_login",
            "account_logout",
            "account_reauthenticate",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_authenticate",
            "mfa_deactivate_totp",
            "mfa_generate_recovery_codes",
            "mfa_index",
            "mfa_list_webauthn",
            "mfa_login_webauthn",
            "mfa_reauthenticate",
            "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn",
            "mfa_view_recovery_codes",
            "identity:confirm-directory",
            "identity:directory-sign-in",
            "openid_connect_callback",
            "identity:end-other-sessions",
            "identity:end-session",
            "identity:end-sessions-of",
            "identity:go-on",
            "identity:remove-factors-of",
            "identity:show-confirmed",
            "identity:show-sessions",
            "identity:show-sign-in-of",
        ),
        SESSION,
    ),
    **dict.fromkeys(
        (
            "approvals:show-inbox",
            "approvals:show-next",
            "approvals:show-views",
            "approvals:save-view",
            "approvals:change-view",
            "approvals:remove-view",
            "approvals:show-proposal",
            "approvals:show-now",
            "approvals:show-related",
            "approvals:comment-proposal",
            "approvals:read-again",
            "approvals:show-escalation",
            "approvals:drill-escalation",
            "approvals:decide-proposal",
            "approvals:edit-proposal",
            "approvals:part-proposal",
            "approvals:reassign-proposal",
            "approvals:override-proposal",
            "approvals:withdraw-proposal",
            "approvals:snooze-proposal",
            "approvals:unsnooze-proposal",
            "approvals:show-snoozed",
            "commits:undo-approval",
            "approvals:start-bulk-decision",
            "approvals:check-bulk-decision",
            "approvals:show-bulk-decision",
            "approvals:stop-bulk-decision",
            "approvals:list-bulk-decisions",
            "approvals:show-my-attention",
            "approvals:show-attention",
            "approvals:export-bulk-decision",
        ),
        DESK,
    ),
    **dict.fromkeys(
        (
            "rollbacks:list-rollbacks",
            "rollbacks:preview-rollback",
            "rollbacks:request-rollback",
            "rollbacks:show-rollback",
        ),
        UNDO,
    ),
    **dict.fromkeys(
        (
            "paging:list-pages",
            "paging:count-mine",
            "paging:show-unanswered",
            "paging:show-page",
            "paging:acknowledge-page",
            "paging:hand-on-page",
            "approvals:show-paged",
        ),
        CALLS,
    ),
    **dict.fromkeys(
        (
            "notifications:list-notifications",
            "notifications:show-unread",
            "notifications:read-all",
            "notifications:show-settings",
            "notifications:save-times",
            "notifications:send-test",
            "notifications:add-channel",
            "notifications:order-channels",
            "notifications:remove-channel",
            "notifications:show-role-channels",
            "notifications:add-role-channel",
            "notifications:test-role",
            "notifications:list-deliveries",
            "notifications:retry-delivery",
            "notifications:open-notification",
            "notifications:read-notification",
        ),
        TOLD,
    ),
    **dict.fromkeys(
        ("live:show-pass", "approvals:look-at-inbox", "approvals:look-at-proposal"),
        _forbidden("open pages of people are told what changes; an agent waits, or gets a webhook"),
    ),
    **dict.fromkeys(
        ("identity:scim-configuration", "identity:scim-users", "identity:scim-user"),
        _forbidden("the directory says who left, with a key of its own"),
    ),
    **dict.fromkeys(
        ("identity:show-groups", "identity:map-group", "identity:unmap-group"), CONFIGURATION
    ),
    **dict.fromkeys(("audit:show-ledger", "approvals:show-record"), MEMORY),
    **dict.fromkeys(
        (
            "oncall:list-schedules",
            "oncall:show-now",
            "oncall:create-schedule",
            "oncall:list-addresses",
            "oncall:revoke-address",
            "oncall:show-schedule",
            "oncall:change-schedule",
            "oncall:add-layer",
            "oncall:change-layer",
            "oncall:end-layer",
            "oncall:connect-feed",
            "oncall:make-override",
            "oncall:withdraw-override",
            "oncall:ask-swap",
            "oncall:answer-swap",
        ),
        ROTA,
    ),
    # Its address is its key: no session, and no agent.
    "oncall:read-calendar": _forbidden("calendar programs of people read it by a secret address"),
    **dict.fromkeys(
        (
            "approvals:raise-mode",
            "approvals:show-adherence",
            "approvals:publish-version",
            "calendars:list-calendars",
            "calendars:create-calendar",
            "calendars:show-calendar",
            "calendars:change-calendar",
            "calendars:set-special-day",
            "calendars:remove-special-day",
            "workflows:list-calendar-uses",
            "workflows:set-role-calendar",
            "workflows:list-workflows",
            "workflows:show-workflow",
            "workflows:lower-mode",
            "workflows:give-right",
            "workflows:take-right",
            "workflows:list-versions",
            "workflows:show-version",
            "workflows:show-source",
            "agents:list-agents",
            "agents:register-agent",
            "agents:show-agent",
            *("agents:change-state", "agents:change-owner"),
            "agents:issue-key",
            "agents:rotate-key",
            "agents:revoke-key",
            "agents:give-grant",
            "agents:end-grant",
            "webhooks:list-endpoints",
            "webhooks:add-endpoint",
            "webhooks:show-endpoint",
            "webhooks:choose-events",
            "webhooks:pause-endpoint",
            "webhooks:resume-endpoint",
            "webhooks:remove-endpoint",
            "webhooks:rotate-secret",
            "webhooks:send-test",
            "webhooks:replay-dead",
            "webhooks:replay-since",
            "webhooks:show-delivery",
            "webhooks:replay-delivery",
            "people:list-people",
            "people:add-person",
            *("people:create-role", "people:show-role", "people:change-role"),
            *("people:remove-role", "people:invite-person", "people:invite-again"),
            "people:show-welcome",
            "people:add-member",
            "people:remove-member",
            "people:show-person",
            "people:set-absence",
            "people:hand-over",
            "people:close-account",
            "people:reopen-account",
            "people:end-absence",
            "people:change-delegate",
            "people:show-me",
            "people:change-time-zone",
            "people:change-password",
        ),
        CONFIGURATION,
    ),
    **dict.fromkeys(
        (
            "commits:show-failures",
            "commits:choose-failures",
            "commits:settle-failures",
            "commits:show-failure",
            "commits:settle-as-written",
            "commits:close-unread",
            "commits:take-failure",
            "commits:hand-over-failure",
            "commits:correct-failure",
            "commits:requeue",
            "commits:discard",
            "commits:show-controls",
            "commits:halt",
            "commits:ask-release",
            "commits:release",
            "commits:try-connection",
            *("commits:list-connections", "commits:connect-org", "commits:show-connection"),
            *("commits:test-connection", "commits:change-credentials"),
            *("onboarding:show-start", "onboarding:use-simulator", "onboarding:name-owners"),
            *("onboarding:load-workflow", "onboarding:make-agent", "onboarding:issue-key"),
            *("onboarding:show-arrival", "show-figures", "show-activity"),
            "reconciliation:show-runs",
            "reconciliation:start-run",
            "reconciliation:export-run",
            "observation:show-agreement",
            "duties:list-duties",
            "duties:arrange-duty",
            "duties:show-round",
            "duties:print-round",
            "duties:export-round",
            "duties:finish-round",
            "duties:hand-on-round",
            "duties:sign-together",
            "duties:sign-line",
            "duties:carry-out",
        ),
        SWITCH,
    ),
}
