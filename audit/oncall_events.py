"""Events of on-call schedules."""

from audit.event import event
from audit.lanes import Lane

SHIFT = "person starts_at ends_at"

ONCALL = {
    "oncall.schedule_created": event(Lane.CONFIG, "set up an on-call schedule", "title time_zone"),
    "oncall.schedule_changed": event(
        Lane.CONFIG, "changed the on-call schedule", "title time_zone reason"
    ),
    "oncall.layer_added": event(
        Lane.CONFIG, "added a rotation", "layer title turns people windows reason"
    ),
    "oncall.layer_changed": event(
        Lane.CONFIG, "changed a rotation", "layer title turns people windows reason"
    ),
    "oncall.layer_ended": event(Lane.CONFIG, "ended a rotation", "layer title reason"),
    "oncall.override_made": event(Lane.CONFIG, "put somebody on call instead", f"{SHIFT} reason"),
    "oncall.override_withdrawn": event(Lane.CONFIG, "took an override back", SHIFT),
    "oncall.swap_asked": event(
        Lane.CONFIG, "asked to swap shifts", "asked_by asked_of gives takes reason"
    ),
    "oncall.swap_accepted": event(
        Lane.CONFIG, "accepted a swap of shifts", "asked_by asked_of gives takes"
    ),
    "oncall.swap_declined": event(
        Lane.CONFIG, "declined a swap of shifts", "asked_by asked_of gives takes"
    ),
    "oncall.swap_withdrawn": event(
        Lane.CONFIG, "no longer asks to swap shifts", "asked_by asked_of gives takes"
    ),
    "oncall.swap_expired": event(
        Lane.CONFIG, "let a swap of shifts expire", "asked_by asked_of gives takes"
    ),
    "oncall.feed_connected": event(
        Lane.CONFIG,
        "took a layer's shifts from a calendar",
        "layer title source shifts unmatched reason",
    ),
    "oncall.feed_failed": event(
        Lane.EXECUTION, "could not read a layer's calendar", "layer title source problem"
    ),
    "oncall.feed_read": event(
        Lane.EXECUTION, "read a layer's calendar again", "layer title source shifts unmatched"
    ),
    "oncall.address_made": event(Lane.CONFIG, "made a secret calendar address", "prefix", "person"),
    "oncall.address_revoked": event(
        Lane.CONFIG, "revoked a secret calendar address", "prefix", "person"
    ),
    "oncall.gap_announced": event(
        Lane.EXECUTION, "warned of a gap in the schedule", "kind starts_at ends_at words"
    ),
}
