"""The ledger's lines about one proposal as a story that people read. Pure."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Detail = Mapping[str, Any]


class LedgerLine(Protocol):
    """What a step is told from."""

    @property
    def at(self) -> dt.datetime:
        """Return when it happened."""

    @property
    def event(self) -> str:
        """Return the registered name."""

    @property
    def words(self) -> str:
        """Return what the register says."""

    @property
    def actor_label(self) -> str:
        """Return who did it."""

    @property
    def detail(self) -> dict[str, Any]:
        """Return what was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened: who did what, when, and in whose words."""

    at: dt.datetime
    who: str
    words: str
    # People's and agents' own words: plain text.
    note: str
    icon: str
    tone: str
    # A person said something and decided nothing.
    is_comment: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """How one event is told."""

    icon: str
    tone: str = "quiet"
    note: Callable[[Detail], str] = lambda detail: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWritten:
    """One field after the write: what was there, what is there, and what should be."""

    name: str
    old: Any
    new: Any
    differs: bool
    wanted: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in one record after the write, as we read it back."""

    object_name: str
    record_id: str
    label: str
    operation: str
    fields: Sequence[FieldWritten]
    differs: bool


def steps(lines: Sequence[LedgerLine]) -> list[Step]:
    """Return the story, oldest first."""
    votes = {(line.actor_label, line.at) for line in lines if line.event == "review.voted"}
    return [
        _step(line)
        for line in lines
        if line.event not in SAID_BY_VOTES or (line.actor_label, line.at) not in votes
    ]


def _step(line: LedgerLine) -> Step:
    telling = TOLD.get(line.event, Telling("point"))
    words = line.words
    icon, tone = telling.icon, telling.tone
    if line.event == "review.voted":
        words, icon, tone = VOTES.get(line.detail.get("vote", ""), (words, icon, tone))
        words += _in_whose_place(line.detail)
    return Step(
        at=line.at,
        who=line.actor_label,
        words=words,
        note=telling.note(line.detail),
        icon=icon,
        tone=tone,
        is_comment=line.event == "proposal.commented",
    )


# One no is enough, so the vote has told it already, with the same words.
SAID_BY_VOTES = frozenset({"proposal.denied", "proposal.sent_back"})
VOTES = {
    "approve": ("approved", "check", "good"),
    "deny": ("denied", "x", "bad"),
    "send_back": ("asked a question", "message-circle-question", "special"),
}


def _in_whose_place(detail: Detail) -> str:
    if not detail.get("on_behalf_of"):
        return ""
    until = dt.datetime.fromisoformat(detail["until"])
    name = detail.get("on_behalf_name") or detail["on_behalf_of"]
    return f" for {name} (out of office until {until:%d %b %Y, %H:%M} UTC)"


def _text(detail: Detail) -> str:
    return str(detail.get("text") or detail.get("reason") or "")


def _submitted(detail: Detail) -> str:
    confidence = detail.get("confidence")
    parts = [
        f"{detail.get('action', '')}, reason {detail.get('reason_code', '')}",
        "" if confidence is None else f"confidence {float(confidence):.0%}",
        f"run {detail['run']}" if detail.get("run") else "",
    ]
    return " · ".join(part for part in parts if part)


def _prepared(detail: Detail) -> str:
    findings = detail.get("findings", ())
    asking = sum(1 for each in findings if each["outcome"] != "automatic")
    return f"{len(findings)} checks, {asking} of them ask for people; risk {detail.get('risk', '')}"


def _opened(detail: Detail) -> str:
    quorum = detail["quorum"]
    wanted = "one approval" if quorum == 1 else f"{quorum} approvals"
    return f"stage {detail['stage']}: {detail['role']}, {wanted} needed"


def _reassigned(detail: Detail) -> str:
    to = detail.get("to_role") or detail.get("to_person") or ""
    return f"from {detail.get('from_role', '')} to {to}: {detail.get('reason', '')}"


def _overridden(detail: Detail) -> str:
    did = "approved" if detail["vote"] == "approve" else "denied"
    waits = "" if detail["settled"] else "; a second person has to as well"
    return f"{did} in the place of {detail['role']}{waits}: {detail['reason']}"


def _fell_back(detail: Detail) -> str:
    return f"nobody in {detail['role']} could decide, so {detail['to_role']} does"


def _revised(detail: Detail) -> str:
    told = [
        f"{words} {', '.join(detail[key])}"
        for key, words in (("edited", "edited"), ("left_out", "left out"))
        if detail.get(key)
    ]
    number = "; ".join([f"revision {detail['revision']}", *told])
    return f"{number}: {detail['answer']}" if detail.get("answer") else number


def _changed(detail: Detail) -> str:
    names = ", ".join(detail["fields"])
    return f"{detail.get('label', '')}: {names}".strip(": ")


def _done(detail: Detail) -> str:
    found = detail.get("differences", ())
    differing = [each["field"] for each in found if isinstance(each, Mapping)]
    notes = [each for each in found if isinstance(each, str)]
    told = f"reads back differently: {', '.join(differing)}" if differing else "as approved"
    return " · ".join([told, *notes])


def _handed_over(detail: Detail) -> str:
    return f"to {detail['owner']}: {detail.get('reason', '')}".removesuffix(": ")


def _escalated(detail: Detail) -> str:
    return f"it is {detail['owner']}'s now"


def _drilled(detail: Detail) -> str:
    return f"{len(detail['steps'])} steps, as a drill"


def _denied(detail: Detail) -> str:
    return f"{str(detail.get('reason_code', '')).replace('_', ' ')}: {detail.get('text', '')}"


TOLD = {
    "proposal.submitted": Telling("robot", "info", _submitted),
    "proposal.prepared": Telling("shield-check", "info", _prepared),
    "proposal.observed": Telling("telescope"),
    "proposal.refused": Telling("ban", "bad", _text),
    "proposal.revised": Telling("file-diff", "info", _revised),
    "proposal.withdrawn": Telling("arrow-back-up", "quiet", _text),
    "proposal.expired": Telling("hourglass"),
    "proposal.approved": Telling("circle-check", "good"),
    "proposal.denied": Telling("circle-x", "bad", _denied),
    "proposal.sent_back": Telling("message-circle-question", "special", _text),
    "proposal.reverted": Telling("history", "special", _text),
    "proposal.commented": Telling("message-circle", "info", _text),
    "proposal.returned": Telling("arrows-exchange", "warn", _text),
    "proposal.undone": Telling("arrow-back-up", "warn", _text),
    "review.opened": Telling("user-question", "special", _opened),
    "review.voted": Telling("gavel", "quiet", _text),
    "review.reassigned": Telling("user-share", "special", _reassigned),
    "review.overridden": Telling("shield-half", "warn", _overridden),
    "review.fell_back": Telling("stairs-down", "warn", _fell_back),
    "review.escalated": Telling("bell", "warn", _text),
    "review.occasion": Telling("bell", "warn", _text),
    "review.snoozed": Telling("clock-pause"),
    "review.unsnoozed": Telling("clock-play"),
    "review.drilled": Telling("bell", "quiet", _drilled),
    "review.plan_restarted": Telling("refresh", "quiet", _text),
    "preparation.postponed": Telling("clock-pause", "warn", _text),
    "commit.started": Telling("player-play", "info"),
    "commit.postponed": Telling("clock-pause", "warn", _text),
    "commit.held": Telling("hand-stop", "warn", _text),
    "commit.failed": Telling("alert-octagon", "bad", _text),
    "commit.unknown": Telling("zoom-question", "warn", _text),
    "commit.settled": Telling("zoom-check", "good", _text),
    "commit.done": Telling("checks", "good", _done),
    "commit.requeued": Telling("repeat", "info", _text),
    "commit.discarded": Telling("trash-x", "quiet", _text),
    "commit.replaced": Telling("edit", "info", _text),
    "commit.taken": Telling("user-check", "quiet"),
    "commit.handed_over": Telling("user-share", "special", _handed_over),
    "commit.escalated": Telling("bell", "bad", _escalated),
    "commit.unread": Telling("eye-off", "warn", _text),
    "commit.closed_unread": Telling("eye-off", "warn", _text),
    "commit.cancelled": Telling("circle-minus", "quiet", _text),
    "record.changed": Telling("database", "good", _changed),
}


class RecordLine(LedgerLine, Protocol):
    """A line that names a record."""

    @property
    def object_name(self) -> str:
        """Return the object."""

    @property
    def record_id(self) -> str:
        """Return the record's id."""


def written(lines: Sequence[RecordLine]) -> list[Written]:
    """Return what the write left in each record, with what reads back differently."""
    differing = [
        each
        for line in lines
        if line.event == "commit.done"
        for each in line.detail.get("differences", ())
        if isinstance(each, Mapping)
    ]
    wanted = {(each["position"], each["field"]): each["wanted"] for each in differing}
    # One line for each change, in the order of the changes.
    changed = [line for line in lines if line.event == "record.changed"]
    return [_written(line, position, wanted) for position, line in enumerate(changed)]


def _written(line: RecordLine, position: int, wanted: Mapping[tuple[int, str], Any]) -> Written:
    fields = [
        FieldWritten(
            name=name,
            old=values["old"],
            new=values["new"],
            differs=(position, name) in wanted,
            wanted=wanted.get((position, name)),
        )
        for name, values in line.detail["fields"].items()
    ]
    return Written(
        object_name=line.object_name,
        record_id=line.record_id,
        label=line.detail.get("label", ""),
        operation=line.detail["operation"],
        fields=fields,
        differs=bool(line.detail.get("after_differs")),
    )
