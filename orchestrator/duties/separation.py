"""Nobody signs off their own access: asked inside the transaction that signs."""

import datetime as dt
from collections.abc import Collection, Iterable

from orchestrator.agents.models import Agent
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.duties.permissions import carries
from orchestrator.kernel.errors import NotAllowed
from orchestrator.people.models import User
from orchestrator.people.queries import reachable_members


class OwnAccess(NotAllowed):
    """It is about the person who would sign it off."""

    code, title = "own_access", "Somebody else has to sign this"


def barred(lines: Iterable[DutyLine]) -> dict[int, set[str]]:
    """
    Return the user names that may not sign each line.

    Those it was about when the round opened, and those it is about now: who takes an agent over, or
    joins a role, in between cannot sign off what has become their own.
    """
    listed = list(lines)
    found = {line.pk: set(line.barred) for line in listed}
    owners = _owners(line for line in listed if line.subject_kind in ("grant", "key"))
    members = _members(line.subject_id for line in listed if line.subject_kind == "right")
    for line in listed:
        found[line.pk] |= owners.get((line.subject_kind, line.subject_id), set())
        if line.subject_kind == "right":
            found[line.pk] |= members.get(line.subject_id.split(":")[0], set())
    return found


def check(
    about: DutyRound, lines: Collection[DutyLine], person: User, *, at: dt.datetime
) -> dict[int, str]:
    """Return why this person may not sign each line, for those that they may not sign."""
    refused: dict[int, str] = {}
    theirs = carries(person, about, at=at)
    names = barred(lines)
    carriers = {each.username for each in reachable_members(role=about.duty.role, at=at)}
    for line in lines:
        if person.username in names[line.pk]:
            refused[line.pk] = OWN
        elif not theirs and not (_staff(person) and carriers <= names[line.pk]):
            refused[line.pk] = f"This is for {about.duty.role.title}, or whoever it was handed to."
    return refused


OWN = "It is about your own access, agent or key: somebody else has to sign it off."


def refusal(why: str) -> NotAllowed:
    """Return the error that says why somebody may not sign."""
    return OwnAccess(why) if why == OWN else NotAllowed(why)


def _staff(person: User) -> bool:
    return person.is_active and person.is_staff


def _owners(lines: Iterable[DutyLine]) -> dict[tuple[str, str], set[str]]:
    by_kind: dict[str, list[str]] = {"grant": [], "key": []}
    for line in lines:
        by_kind[line.subject_kind].append(line.subject_id)
    found = {}
    grants = Agent.objects.filter(grants__in=[int(key) for key in by_kind["grant"]])
    for key, owner in grants.values_list("grants__pk", "owner__username"):
        found["grant", str(key)] = {owner}
    keys = Agent.objects.filter(keys__prefix__in=by_kind["key"])
    for prefix, owner in keys.values_list("keys__prefix", "owner__username"):
        found["key", prefix] = {owner}
    return found


def _members(subjects: Iterable[str]) -> dict[str, set[str]]:
    slugs = {subject.split(":")[0] for subject in subjects}
    if not slugs:
        return {}
    found: dict[str, set[str]] = {}
    rows = User.objects.filter(groups__role__slug__in=slugs)
    for slug, name in rows.values_list("groups__role__slug", "username"):
        found.setdefault(slug, set()).add(name)
    return found
