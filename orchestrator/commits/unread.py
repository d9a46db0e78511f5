"""What was written and never read back: shown, tried again, and closed by a person if need be."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef

from orchestrator.commits import finishing, transitions, triage
from orchestrator.commits.batch import Item, load
from orchestrator.commits.chronicle import before_of
from orchestrator.commits.deadletters import check_reason
from orchestrator.commits.inverse import Image
from orchestrator.commits.models import Commit, DeadLetter
from orchestrator.commits.permissions import check_administer
from orchestrator.commits.states import CommitState, LetterKind, LetterVerdict
from orchestrator.commits.triage import NotADeadLetter
from orchestrator.connectors.errors import ConnectorError
from orchestrator.kernel.errors import DomainError, NotFound
from orchestrator.people.models import User

# Reading back takes a moment; only then is it worth a line on a page.
PATIENCE = dt.timedelta(minutes=5)
MOST_AT_ONCE = 200


class TooEarly(DomainError):
    """It is still being read back, and nobody has to act yet."""

    code, status, title = "too_early", 409, "Not yet"


def note_trouble(items: Sequence[Item], error: ConnectorError) -> None:
    """Keep why these written commits cannot be read back now; closing them clears it."""
    Commit.objects.filter(pk__in=[item.id for item in items], state=CommitState.WRITTEN).update(
        error_class=error.error_class.value,
        error_code=(error.crm_code or error.code)[:80],
        error_text=error.detail,
    )


@transaction.atomic
def watch(*, at: dt.datetime) -> int:
    """Open a letter for what waits long to be read back, close what was; return how many moved."""
    letters = DeadLetter.objects.filter(kind=LetterKind.UNREAD, closed_at=None)
    read = letters.exclude(commit__state=CommitState.WRITTEN)
    closed = read.update(verdict=LetterVerdict.READ_BACK, closed_at=at)
    known = DeadLetter.objects.filter(commit=OuterRef("pk"), closed_at=None)
    rows = Commit.objects.filter(
        ~Exists(known), state=CommitState.WRITTEN, written_at__lt=at - PATIENCE
    ).order_by("written_at", "pk")
    items = load(rows.select_for_update(skip_locked=True, of=("self",))[:MOST_AT_ONCE])
    for item in items:
        commit = item.commit
        error = (commit.error_class, commit.error_code or "not_read_back", commit.error_text)
        triage.open_letters([item], kind=LetterKind.UNREAD, error=error, at=at)
        triage.record(
            commit, "commit.unread", by=transitions.ENGINE, at=at, code=error[1], text=error[2]
        )
    return closed + len(items)


@transaction.atomic
def close(*, commit_id: str, reason: str, person: User, at: dt.datetime) -> Commit:
    """
    Close what was written without reading it back: what was proposed stands in for what is there.

    Once it is overdue only, because the sweep goes on trying and knows better when it succeeds.

    :raises ReasonNeeded: if no reason is given
    :raises NotFound: if there is no such commit
    :raises NotAllowed: if the person does not administer its workflow
    :raises NotADeadLetter: if it was read back meanwhile
    :raises TooEarly: if it is not overdue
    """
    check_reason(reason)
    item = _locked(commit_id)
    check_administer(person, item.proposal.workflow)
    letter = DeadLetter.objects.filter(
        commit=commit_id, kind=LetterKind.UNREAD, closed_at=None
    ).first()
    if letter is None or item.commit.state != CommitState.WRITTEN:
        raise NotADeadLetter(f"Somebody was faster: this commit is {item.commit.state} now.")
    if at < letter.due_at:
        raise TooEarly("It is still being read back. You may close it once it is overdue.")
    item.notes.append(f"Not read back: {person.display_name} closed it as written, not verified.")
    finishing.close([item], {item.id: as_proposed(item)}, claim=item.commit.claim, at=at)
    triage.close(item.commit, LetterVerdict.CLOSED_UNREAD, at=at)
    triage.record(
        item.commit, "commit.closed_unread", by=person.actor, at=at, reason=reason.strip()
    )
    return Commit.objects.get(pk=commit_id)


def _locked(commit_id: str) -> Item:
    items = load(Commit.objects.select_for_update(of=("self",)).filter(pk=commit_id))
    if not items:
        raise NotFound("There is no such commit.")
    return items[0]


def as_proposed(item: Item) -> list[Image]:
    """Return what we know of each record: the values that the CRM said it wrote, unverified."""
    ids = item.commit.written_ids or [change.record_id for change in item.changes]
    return [
        None
        if change.operation == "delete"
        else {
            "object": change.object_name,
            "id": record_id,
            "label": (was or {}).get("label", "") or change.record_label,
            "values": dict(change.fields),
            # Unknown: an undo has the values to expect, and no stamp to insist on.
            "modified_at": None,
            "modified_by": "",
            "unverified": True,
        }
        for change, record_id, was in zip(item.changes, ids, before_of(item), strict=True)
    ]
