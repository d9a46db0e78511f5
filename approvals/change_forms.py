"""The values of a proposal as a form: one typed input for each field, and a way to leave it out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from approvals.acceptability import NotAcceptable
from approvals.alteration import Kept
from approvals.diff import in_order
from approvals.problems import InvalidProposal
from approvals.states import Operation
from approvals.value_inputs import ANY, CHECK, as_json, as_typed, value_input
from orchestrator.connectors.base import FieldDescription
from orchestrator.kernel.errors import DomainError
from orchestrator.workflows.definition import FieldRule

LEAVE_OUT = "leave-out"
FIELD_PATH_PARTS = 4
# How policy names a field at the beginning of what it says about its value.
NAMED = re.compile(r"(\w+)\.(\w+):")
Descriptions = Mapping[tuple[str, str], FieldDescription]
Rules = Mapping[tuple[str, str], FieldRule]


class ChangesForm(forms.Form):
    """Every value that is to be written, as it was proposed."""

    digest = forms.CharField(max_length=80, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        changes: Sequence[Mapping[str, Any]],
        described: Descriptions,
        rules: Rules | None = None,
        editable: bool = True,
        **more: Any,
    ) -> None:
        """
        Make an input for every field of every change; `changes` are those of the content.

        Without `editable` values stay as they are, and can only be left out.
        """
        super().__init__(*args, **more)
        self.changes = changes
        self.described = described
        self.editable = editable
        for position, change in enumerate(changes):
            for name in _ordered(change, described):
                place = (change["object"], name)
                key, description = f"{position}-{name}", described.get(place)
                value = change["fields"][name]
                if editable:
                    rule = (rules or {}).get(place, ANY)
                    self.fields[key] = value_input(name, value, description, rule)
                    self.initial[key] = as_typed(value, description)
                self.fields[f"{key}-{LEAVE_OUT}"] = _leave_out(f"Leave {name} out")
            if change["op"] == Operation.DELETE or len(changes) > 1:
                self.fields[f"{position}-{LEAVE_OUT}"] = _leave_out(
                    "Do not delete this record"
                    if change["op"] == Operation.DELETE
                    else "Leave this record out"
                )

    def rows(self, position: int) -> Iterator[dict[str, Any]]:
        """Yield what stands beside each field of a change: its name, input and way out."""
        change = self.changes[position]
        for name in _ordered(change, self.described):
            key = f"{position}-{name}"
            description = self.described.get((change["object"], name))
            yield {
                "name": name,
                "label": description.label if description else "",
                "kind": description.type if description else "",
                "proposed": change["fields"][name],
                "input": self[key] if self.editable else None,
                "leave_out": self[f"{key}-{LEAVE_OUT}"],
            }

    def way_out(self, position: int) -> Any:
        """Return how to leave a change out as a whole, or None where it is all there is."""
        key = f"{position}-{LEAVE_OUT}"
        return self[key] if key in self.fields else None

    def kept(self) -> list[Kept]:
        """Return what stays of the changes; one that is left with nothing is left out."""
        found = []
        for position, change in enumerate(self.changes):
            if self.cleaned_data.get(f"{position}-{LEAVE_OUT}"):
                continue
            fields = dict(self._values(position, change))
            if fields or change["op"] == Operation.DELETE:
                found.append(Kept(position, fields))
        return found

    def mark(self, problem: DomainError) -> None:
        """Put what is wrong with a value beside its input."""
        if isinstance(problem, InvalidProposal):
            for each in problem.extra["problems"]:
                self._mark(_key_of(each["path"]), each["text"])
        elif isinstance(problem, NotAcceptable):
            for text in problem.extra["findings"]:
                for key in self._keys_named(text):
                    self._mark(key, text)

    def _mark(self, key: str, text: str) -> None:
        place = key if key in self.fields else f"{key}-{LEAVE_OUT}"
        if key and place in self.fields:
            self.add_error(place, text)

    def _keys_named(self, text: str) -> Iterator[str]:
        if named := NAMED.match(text):
            for position, change in enumerate(self.changes):
                if change["object"] == named[1] and named[2] in change["fields"]:
                    yield f"{position}-{named[2]}"

    def _values(self, position: int, change: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, proposed in change["fields"].items():
            key = f"{position}-{name}"
            if self.cleaned_data.get(f"{key}-{LEAVE_OUT}"):
                continue
            # What nobody touched stays exactly as it was proposed.
            touched = self.editable and key in self.changed_data
            yield name, as_json(self.cleaned_data[key]) if touched else proposed


def _key_of(path: str) -> str:
    """Return which input a problem of the proposal is about: `/changes/0/fields/Amount`."""
    parts = path.strip("/").split("/")
    about_a_field = len(parts) == FIELD_PATH_PARTS and parts[0] == "changes"
    return f"{parts[1]}-{parts[3]}" if about_a_field else ""


def _ordered(change: Mapping[str, Any], described: Descriptions) -> list[str]:
    kinds = {
        name: described[change["object"], name].type
        for name in change["fields"]
        if (change["object"], name) in described
    }
    return in_order(change["fields"], kinds)


def _leave_out(label: str) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"class": CHECK})
    )
