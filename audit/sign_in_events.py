"""Events of signing in: who came in and how, what they prove themselves with, what was ended."""

from audit.event import Event, event
from audit.lanes import Lane

SIGN_INS: dict[str, Event] = {
    "person.signed_in": event(Lane.CONFIG, "signed in", "method address"),
    "person.signed_out": event(Lane.CONFIG, "signed out", "address"),
    "person.sign_in_failed": event(Lane.CONFIG, "could not sign in", "method address"),
    "person.sign_in_locked": event(
        Lane.CONFIG, "was kept out for a while after failed sign-ins", "address"
    ),
    "person.reauthenticated": event(Lane.CONFIG, "confirmed who they are", "method address"),
    "person.factor_added": event(Lane.CONFIG, "added a second factor", "factor address"),
    "person.factor_removed": event(Lane.CONFIG, "removed a second factor", "factor address"),
    "person.factors_removed_by_staff": event(
        Lane.CONFIG, "removed somebody's second factors", "reason"
    ),
    "person.sessions_ended": event(Lane.CONFIG, "ended sessions", "sessions", "reason address"),
    "person.directory_linked": event(Lane.CONFIG, "linked the directory's account", "how"),
    "directory.group_mapped": event(
        Lane.CONFIG, "let a group of the directory give a role", "group role"
    ),
    "directory.group_unmapped": event(
        Lane.CONFIG, "stopped letting a group of the directory give a role", "group role"
    ),
    "directory.membership_kept": event(
        Lane.CONFIG, "kept a role that the directory no longer gives", "role reason"
    ),
}
