"""Limits and clocks of the product; each is explained in docs/operations.md."""

from typing import Any

import environ

from orchestrator.sign_in_settings import STEP_UP_MINUTES

# Whoever has to show that it lives: the workers of each queue, and the auditor.
PARTS = ["prepare", "commit", "timers", "notify", "insight", "auditor"]


def limits(env: environ.Env, *, testing: bool, mail_enabled: bool) -> dict[str, Any]:
    """Return every limit of this site, as its environment says or as it is by itself."""
    return {
        **_of_the_desk(env, testing=testing),
        **_of_the_crm(env),
        **_of_telling(env, mail_enabled=mail_enabled),
    }


def _of_the_desk(env: environ.Env, *, testing: bool) -> dict[str, Any]:
    return {
        "agent_requests_per_minute": env.int("AGENT_REQUESTS_PER_MINUTE", 3000 if testing else 600),
        # A page: how long one may take to answer, and how long what was taken may rest.
        "page_ack_minutes": env.float("PAGE_ACK_MINUTES", 5.0),
        "page_remind_minutes": env.float("PAGE_REMIND_MINUTES", 15.0),
        "timer_days": env.int("TIMER_DAYS", 14),
        "send_backs_per_proposal": 3,
        # Open pages that are told what changes: in one web process, and of one person there.
        "live": {
            "most": env.int("LIVE_CONNECTIONS", 1000),
            "most_each": env.int("LIVE_CONNECTIONS_EACH", 12),
        },
        # How long an approval by people may be taken back before it is written.
        "undo_seconds": env.int("UNDO_SECONDS", 0 if testing else 5),
        "step_up_minutes": STEP_UP_MINUTES,
        # Tests of single parts run without workers.
        "pulses_expected": [] if testing else env.list("PULSES_EXPECTED", default=PARTS),
    }


def _of_the_crm(env: environ.Env) -> dict[str, Any]:
    return {
        "crm_timeout_seconds": env.float("CRM_TIMEOUT_SECONDS", 30.0),
        "crm_allow_http_hosts": env.list("CRM_ALLOW_HTTP_HOSTS", default=[]),
        "simulator": env.dict("SIMULATOR", default={}),
        "claim_size": env.int("COMMIT_CLAIM_SIZE", 200),
        "stale_commit_seconds": env.float("STALE_COMMIT_SECONDS", 10.0),
        "commit_attempts": env.int("COMMIT_ATTEMPTS", 5),
        "concurrent_writes": env.int("CRM_CONCURRENT_WRITES", 4),
        "budget_share": env.float("CRM_BUDGET_SHARE", 0.9),
        "breaker_faults": env.int("CRM_BREAKER_FAULTS", 3),
        "dead_letter_hours": env.float("DEAD_LETTER_HOURS", 8.0),
        "unread_commit_hours": env.float("UNREAD_COMMIT_HOURS", 4.0),
        "reconciliation_days": env.int("RECONCILIATION_DAYS", 90),
        "reconciliation_hour": env.int("RECONCILIATION_HOUR", 2),
        "crm_automation_users": env.list("CRM_AUTOMATION_USERS", default=[]),
        "observation_days": env.int("OBSERVATION_DAYS", 7),
        # How long pages and votes may go by one reading of a record.
        "live_seconds": env.int("LIVE_SECONDS", 15),
        # What amounts are in where a record does not say: an ISO code, or nothing.
        "crm_currency": env.str("CRM_CURRENCY", ""),
    }


def _of_telling(env: environ.Env, *, mail_enabled: bool) -> dict[str, Any]:
    return {
        "webhook_allow_http_hosts": env.list("WEBHOOK_ALLOW_HTTP_HOSTS", default=[]),
        "mail_enabled": mail_enabled,
        "notify_allow_hosts": env.list("NOTIFY_ALLOW_HOSTS", default=[]),
        "notify_timeout_seconds": env.float("NOTIFY_TIMEOUT_SECONDS", 10.0),
        "notify_lease_seconds": env.float("NOTIFY_LEASE_SECONDS", 120.0),
        "notify_threads": env.int("NOTIFY_THREADS", 8),
        "pagerduty_url": env.str("PAGERDUTY_URL", "https://events.pagerduty.com"),
        "opsgenie_url": env.str("OPSGENIE_URL", "https://api.opsgenie.com"),
        "notification_days": env.int("NOTIFICATION_DAYS", 90),
        "webhook_days": env.int("WEBHOOK_DAYS", 30),
        # Deciding in Slack: off unless all of it is given.
        "slack": {
            "buttons": env.bool("SLACK_BUTTONS", False),
            "bot_token": env.str("SLACK_BOT_TOKEN", ""),
            "signing_secret": env.str("SLACK_SIGNING_SECRET", ""),
            "api_url": env.str("SLACK_API_URL", "https://slack.com/api/"),
        },
        "heartbeat_url": env.str("HEARTBEAT_URL", ""),
        "alarm_emails": env.list("ALARM_EMAILS", default=[]),
        "alarm_webhook_url": env.str("ALARM_WEBHOOK_URL", ""),
        "silent_after_seconds": env.float("SILENT_AFTER_SECONDS", 60.0),
    }
