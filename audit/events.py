"""The register of events: every name the ledger knows, its lane, and the keys of its detail."""

from audit.event import Event
from audit.event import event as _event
from audit.lanes import Lane
from audit.notice_events import NOTICES
from audit.people_events import PEOPLE
from audit.time_events import TIME

CONFIG = {
    "person.added": _event(Lane.CONFIG, "added the person", "name"),
    "person.invited": _event(Lane.CONFIG, "gave the person another link to begin with"),
    "role.changed": _event(Lane.CONFIG, "changed the role", "", "title description fallback"),
    "role.removed": _event(Lane.CONFIG, "removed the role", "reason"),
    "role.created": _event(Lane.CONFIG, "created the role", "title", "fallback"),
    "role.member_added": _event(Lane.CONFIG, "added a member to the role", "person"),
    "role.member_removed": _event(Lane.CONFIG, "removed a member from the role", "person reason"),
    "workflow.right_granted": _event(Lane.CONFIG, "gave a role a right", "role right"),
    "workflow.right_taken": _event(Lane.CONFIG, "took a right from a role", "role right reason"),
    "org.connected": _event(Lane.CONFIG, "connected the org", "kind environment", "base_url"),
    "org.credentials_changed": _event(Lane.CONFIG, "changed the org's credentials", "", "sign_in"),
    "org.tested": _event(
        Lane.CONFIG, "tested the connection to the org", "outcome steps", "used allowed"
    ),
    "agent.registered": _event(Lane.CONFIG, "registered the agent", "owner environment"),
    "agent.activated": _event(Lane.CONFIG, "activated the agent", "", "reason"),
    "agent.suspended": _event(Lane.CONFIG, "suspended the agent", "reason"),
    "agent.retired": _event(Lane.CONFIG, "retired the agent", "reason"),
    "agent.key_issued": _event(Lane.CONFIG, "issued a key", "prefix expires_at"),
    "agent.key_rotated": _event(
        Lane.CONFIG, "rotated a key", "prefix old_prefix old_expires_at expires_at"
    ),
    "agent.key_revoked": _event(Lane.CONFIG, "revoked a key", "prefix reason"),
    "agent.grant_given": _event(
        Lane.CONFIG,
        "gave a grant",
        "object_name fields operations reason",
        "record_filter starts_at ends_at grant",
    ),
    "agent.grant_ended": _event(Lane.CONFIG, "ended a grant", "grant reason"),
    "workflow.created": _event(Lane.CONFIG, "created the workflow", "title org owner"),
    "workflow.version_added": _event(Lane.CONFIG, "added a version", "number digest", "note"),
    "workflow.version_published": _event(
        Lane.CONFIG, "put a version in force", "number digest", "previous reason"
    ),
    "workflow.mode_changed": _event(Lane.CONFIG, "switched the mode", "left to reason", "proposal"),
    "switch.halted": _event(Lane.CONFIG, "pulled the kill switch", "scope value reason"),
    "switch.confirmed": _event(
        Lane.CONFIG, "confirmed the halt", "scope value milliseconds", "in_flight"
    ),
    "switch.release_asked": _event(Lane.CONFIG, "asked to release the halt", "scope value reason"),
    "switch.released": _event(Lane.CONFIG, "released the halt", "scope value asked_by"),
}

EXECUTION = {
    "proposal.submitted": _event(
        Lane.EXECUTION, "proposed", "revision digest action reason_code", "confidence run key"
    ),
    "proposal.prepared": _event(
        Lane.EXECUTION,
        "read the records and judged the proposal",
        "revision outcome findings",
        "stages risk",
    ),
    "proposal.observed": _event(Lane.EXECUTION, "recorded it without asking anybody", "revision"),
    "proposal.refused": _event(Lane.EXECUTION, "refused it", "revision code text"),
    "proposal.revised": _event(
        Lane.EXECUTION,
        "handed in a new revision",
        "revision digest cause",
        "answer reason_code left_out edited",
    ),
    "proposal.withdrawn": _event(Lane.EXECUTION, "withdrew it", "", "reason"),
    "proposal.expired": _event(Lane.EXECUTION, "let it expire", "clock due_at"),
    "proposal.approved": _event(
        Lane.EXECUTION, "approved it for writing", "revision digest execute_by", "automatic"
    ),
    "proposal.reverted": _event(
        Lane.EXECUTION, "took it back", "commit rollback rollback_commit", "text kept"
    ),
    "rollback.requested": _event(
        Lane.EXECUTION,
        "asked to take writes back",
        "kind value reason proposals commits",
        "since until kept beyond",
    ),
    "proposal.denied": _event(Lane.EXECUTION, "denied it", "revision reason_code text"),
    "proposal.sent_back": _event(
        Lane.EXECUTION, "asked the agent a question", "revision text", "answer_by"
    ),
    "proposal.returned": _event(
        Lane.EXECUTION, "returned it to people", "revision code text", "conflict"
    ),
    "proposal.commented": _event(Lane.EXECUTION, "said, without deciding", "text"),
    "proposal.undone": _event(
        Lane.EXECUTION, "took the approval back before anything was written", "revision text"
    ),
    "review.opened": _event(Lane.EXECUTION, "opened a review", "stage role quorum due_at"),
    "review.voted": _event(
        Lane.EXECUTION,
        "voted",
        "stage role vote digest",
        "text reason_code seconds bulk on_behalf_of on_behalf_name until",
    ),
    "review.overridden": _event(
        Lane.EXECUTION,
        "decided in the role's place",
        "stage role vote digest reason because missing settled",
    ),
    "bulk.started": _event(
        Lane.EXECUTION, "decided on many proposals at once", "vote items", "text"
    ),
    "bulk.finished": _event(
        Lane.EXECUTION, "finished deciding on many proposals", "decided refused stopped"
    ),
    "review.reassigned": _event(
        Lane.EXECUTION, "handed the review on", "stage reason", "from_role to_role to_person"
    ),
    "review.snoozed": _event(Lane.EXECUTION, "put it off", "stage role until"),
    "review.unsnoozed": _event(Lane.EXECUTION, "took it up again", "stage role"),
    "review.fell_back": _event(Lane.EXECUTION, "fell back to another role", "stage role to_role"),
    "preparation.postponed": _event(
        Lane.EXECUTION, "could not read the records yet", "code text next_at"
    ),
    "commit.started": _event(Lane.EXECUTION, "started to write", "commit attempt"),
    "commit.postponed": _event(
        Lane.EXECUTION, "postponed the write", "commit attempt code text next_at"
    ),
    "commit.held": _event(Lane.EXECUTION, "held the write", "commit code text"),
    "commit.failed": _event(
        Lane.EXECUTION, "could not write it", "commit attempt error_class code text"
    ),
    "commit.unknown": _event(
        Lane.EXECUTION, "does not know the outcome of the write", "commit attempt code text"
    ),
    "commit.settled": _event(
        Lane.EXECUTION, "settled the outcome by reading back", "commit found", "text"
    ),
    "commit.done": _event(
        Lane.EXECUTION, "wrote it and read it back", "commit attempt", "differences reverted"
    ),
    "commit.requeued": _event(
        Lane.EXECUTION, "put the write back in the queue", "commit reason", "bulk"
    ),
    "commit.discarded": _event(Lane.EXECUTION, "discarded the write", "commit reason", "bulk"),
    "commit.replaced": _event(
        Lane.EXECUTION, "corrected it after it could not be written", "commit reason revision"
    ),
    "commit.taken": _event(Lane.EXECUTION, "took the failure", "commit owner"),
    "commit.handed_over": _event(
        Lane.EXECUTION, "handed the failure over", "commit owner", "reason"
    ),
    "commit.escalated": _event(
        Lane.EXECUTION, "escalated the failure: nobody had dealt with it", "commit owner due_at"
    ),
    "commit.unread": _event(
        Lane.EXECUTION, "could not read back yet what was written", "commit code text"
    ),
    "commit.closed_unread": _event(
        Lane.EXECUTION, "closed the write without reading it back", "commit reason"
    ),
    "commit.cancelled": _event(Lane.EXECUTION, "cancelled the write", "commit text"),
    "org.paused": _event(Lane.EXECUTION, "paused writing to the org", "cause text probe_at"),
    "org.probe_failed": _event(
        Lane.EXECUTION, "tried the org again and kept it paused", "cause text probe_at"
    ),
    "org.probe_asked": _event(Lane.EXECUTION, "had the paused org tried again", "reason"),
    "org.resumed": _event(Lane.EXECUTION, "resumed writing to the org", "cause seconds"),
    "reconciliation.started": _event(
        Lane.EXECUTION, "began to compare the CRM with what we wrote", "org cause"
    ),
    "reconciliation.finished": _event(
        Lane.EXECUTION,
        "compared the CRM with what we wrote",
        "org outcome records differences",
        "reverted_by_hand text",
    ),
    "reconciliation.exported": _event(
        Lane.EXECUTION,
        "took a run's differences away as CSV",
        "org",
        "kind object field workflow reverted",
    ),
}

DATA = {
    # One per record and commit: fields maps a name to {old, new}; why and evidence beside it.
    "record.changed": _event(
        Lane.DATA,
        "changed the record",
        "operation fields reason_code reason_text evidence commit action version",
        "label approved_by confidence run org after_differs unverified",
    ),
}

REGISTER: dict[str, Event] = {**CONFIG, **EXECUTION, **DATA, **TIME, **PEOPLE, **NOTICES}
