"""The states of what the auditor finds, and of the alarms it raises."""

from orchestrator.kernel.choices import Choices


class FindingState(Choices):
    # Seen once: it may be on its way to being right again.
    SEEN = "seen"
    # Its next step was armed anew, once.
    RESTARTED = "restarted"
    ALARMED = "alarmed"
    CLEARED = "cleared"


F = FindingState
FINDING_MOVES: dict[FindingState, frozenset[FindingState]] = {
    F.SEEN: frozenset({F.RESTARTED, F.ALARMED, F.CLEARED}),
    F.RESTARTED: frozenset({F.ALARMED, F.CLEARED}),
    F.ALARMED: frozenset({F.CLEARED}),
    F.CLEARED: frozenset(),
}


class AlarmState(Choices):
    QUEUED = "queued"
    SENT = "sent"
    # No way is set up, or every way failed as often as it may.
    FAILED = "failed"


ALARM_MOVES: dict[AlarmState, frozenset[AlarmState]] = {
    AlarmState.QUEUED: frozenset({AlarmState.SENT, AlarmState.FAILED}),
    AlarmState.SENT: frozenset(),
    AlarmState.FAILED: frozenset(),
}


class Heartbeat(Choices):
    """What an outside watcher was told after a look."""

    SENT = "sent"
    FAILED = "failed"
    # Something vital is wrong, so the silence is meant: the watcher raises the alarm.
    WITHHELD = "withheld"
    NOT_SET_UP = "not_set_up"
