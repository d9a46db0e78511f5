"""The inbox's tab and filters, as they stand in the address."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.http import QueryDict

from approvals.choices import FilterChoices
from approvals.filters import Due, Filters
from approvals.group_keys import KEY_LENGTH
from approvals.inbox import OPEN_TABS, Tab
from approvals.states import Operation, Risk

AGES = {
    "1h": ("an hour", dt.timedelta(hours=1)),
    "4h": ("4 hours", dt.timedelta(hours=4)),
    "1d": ("a day", dt.timedelta(days=1)),
    "3d": ("3 days", dt.timedelta(days=3)),
    "7d": ("a week", dt.timedelta(days=7)),
}
DUE_WORDS = {
    Due.OVERDUE: "overdue",
    Due.HOUR: "due within the hour",
    Due.TODAY: "due today",
}
OPERATION_WORDS = {
    Operation.UPDATE: "changes a record",
    Operation.CREATE: "adds a record",
    Operation.DELETE: "deletes a record",
}
SURE = (95, 90, 80, 70, 50)
# What narrows the list, in the order in which it is told.
NARROWING = (
    "text",
    "workflow",
    "agent",
    "risk",
    "action",
    "object",
    "operation",
    "due",
    "age",
    "below",
    "group",
)
# What a view keeps: the tab, what narrows it, and whether it is grouped.
KEPT = ("tab", *NARROWING, "grouped")


class FilterForm(forms.Form):
    """What is asked of the inbox; what cannot be understood is left out."""

    tab = forms.ChoiceField(required=False, choices=Tab.choices())
    workflow = forms.SlugField(required=False, max_length=80)
    agent = forms.SlugField(required=False, max_length=80)
    risk = forms.ChoiceField(required=False, choices=Risk.choices())
    text = forms.CharField(required=False, max_length=100)
    action = forms.RegexField(r"^[\w.-]{1,80}$", required=False)
    object = forms.RegexField(r"^\w{1,80}$", required=False)
    operation = forms.ChoiceField(required=False, choices=Operation.choices())
    due = forms.ChoiceField(required=False, choices=Due.choices())
    age = forms.ChoiceField(required=False, choices=[(age, age) for age in AGES])
    below = forms.IntegerField(required=False, min_value=1, max_value=100)
    group = forms.RegexField(rf"^[0-9a-f]{{{KEY_LENGTH}}}$", required=False)
    grouped = forms.ChoiceField(required=False, choices=[("1", "1")])
    after = forms.CharField(required=False, max_length=100)

    def given(self) -> dict[str, Any]:
        """Return what can be understood, without what says nothing on its tab."""
        self.full_clean()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        if found.get("tab", Tab.MINE) not in OPEN_TABS:
            for name in ("due", "age", "group", "grouped"):
                found.pop(name, None)
        if "group" in found:
            found.pop("grouped", None)
        return found


def filters_of(
    given: dict[str, Any], *, choices: FilterChoices, at: dt.datetime, tomorrow: dt.datetime
) -> Filters:
    """Return what the list is narrowed to at that moment; `tomorrow` is where the reader is."""
    workflow = choices.workflow(given.get("workflow", ""))
    agent = choices.agent(given.get("agent", ""))
    until = {Due.OVERDUE: at, Due.HOUR: at + dt.timedelta(hours=1), Due.TODAY: tomorrow}
    age = given.get("age")
    named = ("workflow", "agent", "risk", "action", "operation", "text", "below", "group")
    return Filters(
        **{name: given[name] for name in named if name in given},
        workflow_id=workflow.id if workflow else None,
        agent_id=agent.id if agent else None,
        object_name=given.get("object", ""),
        opened_before=at - AGES[age][1] if age else None,
        due_before=until[Due(given["due"])] if "due" in given else None,
    )


def words_for(name: str, value: Any, choices: FilterChoices) -> str:
    """Return what one filter says to its reader."""
    known = {"workflow": choices.workflow, "agent": choices.agent}
    if name in known:
        found = known[name](value)
        return f"{name}: {found.title if found else value}"
    said = {
        "text": f"“{value}”",
        "operation": OPERATION_WORDS.get(value, ""),
        "due": DUE_WORDS.get(value, ""),
        "age": f"waits for {AGES[value][0]} or longer" if name == "age" else "",
        "below": f"confidence below {value} %",
        "group": "one group of similar changes",
        "risk": f"{value} risk",
    }
    return said.get(name, f"{name}: {value}")


def kept_query(query: str) -> str:
    """Return the part of an address that a saved view keeps, as the form understands it."""
    values = QueryDict(mutable=True)
    for name, value in parse_qsl(query.removeprefix("?")[:2000]):
        values[name] = value
    given = FilterForm(values).given()
    return urlencode({name: given[name] for name in KEPT if name in given})
