"""What a person made of a proposal, in words: for its agent, and for whoever approves it next."""

from collections.abc import Mapping
from typing import Any

from approvals.models import Proposal, Revision
from approvals.states import RevisionCause

MOST_NAMED = 10


def outcome(proposal: Proposal) -> dict[str, str]:
    """Return why an approval by people is one; only a later revision can be less than asked for."""
    if proposal.revision_number > 1:
        made = Revision.objects.get(proposal=proposal, number=proposal.revision_number)
        if made.cause == RevisionCause.EDITED and made.alteration is not None:
            code = "approved_with_edits" if made.alteration["edited"] else "approved_in_part"
            return {"outcome_code": code, "outcome_text": in_words(made.alteration)}
    return {"outcome_code": "approved", "outcome_text": ""}


def in_words(alteration: Mapping[str, Any]) -> str:
    """Return what was edited and left out, by name, and why."""
    parts = []
    edited = [f"{each['object_name']}.{each['field']}" for each in alteration["edited"]]
    if edited:
        parts.append(f"Edited: {_listed(edited)}.")
    if left_out := [name for each in alteration["left_out"] for name in names_of(each)]:
        code = alteration["reason"]["code"].replace("_", " ")
        parts.append(f"Left out ({code}): {_listed(left_out)}.")
    return " ".join([*parts, alteration["reason"]["text"]]).strip()


def names_of(left_out: Mapping[str, Any]) -> list[str]:
    """Return what was left out of one change as people name it."""
    name = left_out["object_name"]
    if not left_out["whole"]:
        return [f"{name}.{field}" for field in left_out["fields"]]
    which = left_out["record_id"] or left_out["external_id"]
    return [f"{left_out['operation']} {name} {which}".strip()]


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
