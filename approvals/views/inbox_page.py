"""What the inbox shows, put together."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from approvals import grouping, inbox
from approvals.choices import FilterChoices, filter_choices
from approvals.desk import Desk
from approvals.filter_form import (
    AGES,
    DUE_WORDS,
    NARROWING,
    OPERATION_WORDS,
    SURE,
    FilterForm,
    filters_of,
    kept_query,
    words_for,
)
from approvals.filters import Filters, shows
from approvals.group_lines import group_lines
from approvals.inbox import OPEN_TABS, Counts, Page, Tab
from approvals.lines import lines
from approvals.models import SavedView
from approvals.states import Risk
from approvals.views.rounds import Round
from approvals.visibility import Sight
from orchestrator.people.models import User
from orchestrator.web.local_time import zone_named

TITLES = {
    Tab.MINE: "Mine",
    Tab.TEAM: "Team",
    Tab.ALL: "All I may see",
    Tab.REQUESTS: "My requests",
    Tab.DECIDED: "Decided",
}
DECIDED_HERE = (Tab.MINE, Tab.TEAM)
# So many parts of the list are looked through for the next item, before the list itself goes on.
MOST_LOOKS = 5
# These stand behind "More filters".
FURTHER = ("action", "object", "operation", "due", "age", "below")


def of(*, desk: Desk, given: dict[str, Any], counts: Counts, at: dt.datetime) -> dict[str, Any]:
    """Return one page of a tab with all that stands around it."""
    narrowed = {name: value for name, value in given.items() if name != "after"}
    tab, after = Tab(given.get("tab", Tab.MINE)), given.get("after", "")
    choices = filter_choices(person=desk.person, workflows=desk.workflows)
    filters = filters_of(given, choices=choices, at=at, tomorrow=_tomorrow(desk.person, at))
    listed = _groups if given.get("grouped") else _lines
    shown = listed(desk, tab, filters, after, choices.sights)
    return {
        "tab": tab,
        "tabs": _tabs(tab, counts, narrowed),
        "given": {**dict.fromkeys(NARROWING, ""), "grouped": "", **narrowed},
        "chips": _chips(narrowed, choices),
        "further": any(name in narrowed for name in FURTHER),
        "choices": choices,
        **WORDS,
        **shown,
        "first_href": href(narrowed) if after else "",
        "next_href": href(narrowed, after=shown["after"]) if shown["after"] else "",
        "clear_href": href({"tab": tab.value}),
        "regroup_href": href({**narrowed, "grouped": "" if narrowed.get("grouped") else "1"}),
        "groups_href": href({**_without(narrowed, "group"), "grouped": "1"}),
        "review_href": _review_href(narrowed),
        "is_open": tab in OPEN_TABS,
    }


WORDS = {
    "risks": Risk.values(),
    "ages": [(age, words) for age, (words, _) in AGES.items()],
    "dues": [(due.value, words) for due, words in DUE_WORDS.items()],
    "operations": [(each.value, words) for each, words in OPERATION_WORDS.items()],
    "sure": SURE,
}


def next_of(*, desk: Desk, going: Round, after: str, at: dt.datetime) -> Page:
    """Return the page that holds what the person should decide next, or where to look further."""
    given = FilterForm(dict(parse_qsl(going.listed))).given()
    choices = (
        filter_choices(person=desk.person, workflows=desk.workflows) if given else FilterChoices()
    )
    filters = filters_of(given, choices=choices, at=at, tomorrow=_tomorrow(desk.person, at))
    page = inbox.page(desk=desk, tab=Tab.MINE, filters=filters, after=after, size=1)
    for _ in range(MOST_LOOKS - 1):
        if page.rows or not page.after:
            break
        page = inbox.page(desk=desk, tab=Tab.MINE, filters=filters, after=page.after, size=1)
    return page


def further(going: Round, after: str) -> str:
    """Return the address of the list gone through, from where nobody has looked yet."""
    return f"/{href(dict(parse_qsl(going.listed)), after=after)}"


def first_view(views: Sequence[SavedView], person: User) -> SavedView | None:
    """Return the view that the person wants to see first."""
    return next((each for each in views if each.is_default and each.owner_id == person.pk), None)


def views_beside(
    views: Sequence[SavedView], *, given: dict[str, Any], person: User
) -> dict[str, Any]:
    """Return the saved views, the one that is shown marked."""
    current = kept_query(urlencode(given))
    listed = [
        {
            "name": each.name,
            "href": f"?{each.query or 'tab=mine'}",
            "current": bool(current) and each.query == current,
            "shared_by": each.owner.display_name if each.owner_id != person.pk else "",
            "shared_with": each.shared_with.title if each.shared_with else "",
            "is_default": each.is_default and each.owner_id == person.pk,
        }
        for each in views
    ]
    return {"views": listed, "current_query": current}


def href(given: dict[str, Any], **more: str) -> str:
    """Return the address of a list; the plain one where nothing is asked of it."""
    query = {name: value for name, value in {**given, **more}.items() if value}
    return f"?{urlencode(query)}" if query else "/"


def _lines(
    desk: Desk, tab: str, filters: Filters, after: str, _sights: Mapping[int, Sight]
) -> dict[str, Any]:
    page = inbox.page(desk=desk, tab=tab, filters=filters, after=after)
    found = lines(page.rows)
    if filters.text:
        kept = [shows(filters, row.proposal) for row in page.rows]
        found = [line for line, keep in zip(found, kept, strict=True) if keep]
    choosing = tab in DECIDED_HERE and len(found) > 1
    return {
        "lines": found,
        "choosing": choosing,
        "objects": sorted({line.object_name for line in found}),
        "actions": sorted({row.proposal.action for row in page.rows}),
        "after": page.after,
        "looked_in_part": page.looked_in_part,
    }


def _groups(
    desk: Desk, tab: str, filters: Filters, after: str, sights: Mapping[int, Sight]
) -> dict[str, Any]:
    page = grouping.groups(desk=desk, tab=tab, filters=filters, after=after)
    found = group_lines(page.groups, sights=sights)
    return {
        "groups": found,
        "choosing": tab in DECIDED_HERE,
        "objects": sorted({group.object_name for group in found}),
        "actions": sorted({group.first.action for group in page.groups}),
        "after": page.after,
        "looked_in_part": page.looked_in_part,
    }


def _tabs(tab: str, counts: Counts, given: dict[str, Any]) -> list[dict[str, Any]]:
    numbers = {Tab.MINE: counts.mine, Tab.TEAM: counts.team, Tab.ALL: counts.everything}
    asked = _without(given, "tab")
    return [
        {
            "title": title,
            "href": href({"tab": "" if name == Tab.MINE and asked else name.value, **asked}),
            "current": name == tab,
            "count": numbers.get(name),
        }
        for name, title in TITLES.items()
    ]


def _chips(given: dict[str, Any], choices: FilterChoices) -> list[dict[str, str]]:
    return [
        {
            "words": words_for(name, given[name], choices),
            "href": href({"tab": Tab.MINE.value, **_without(given, name)}),
        }
        for name in NARROWING
        if name in given
    ]


def _review_href(given: dict[str, Any]) -> str:
    listed = kept_query(urlencode(_without(given, "grouped")))
    return f"/next/?{urlencode({'list': listed})}" if listed else "/next/"


def _without(given: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}


def midnight(person: User, at: dt.datetime) -> dt.datetime:
    """Return when the person's own day began."""
    zone = zone_named(person.time_zone)
    return at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _tomorrow(person: User, at: dt.datetime) -> dt.datetime:
    return midnight(person, at) + dt.timedelta(days=1)
