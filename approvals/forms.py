"""What people send from the desk: filters, votes, hand-overs, withdrawals."""

import datetime as dt
from typing import Any

from django import forms

from approvals.bulk_lines import BETWEEN
from approvals.eligibility import Chosen
from approvals.inbox import Filters, Tab
from approvals.states import DenyReason, Risk, Vote

LONGEST_TEXT = 5000
REASON_WORDS = {
    DenyReason.WRONG_VALUE: "The value is wrong",
    DenyReason.WRONG_RECORD: "It is the wrong record",
    DenyReason.NOT_CONVINCING: "The evidence does not convince",
    DenyReason.BAD_TIMING: "Not now",
    DenyReason.AGAINST_POLICY: "It is against policy",
    DenyReason.DUPLICATE: "It was proposed already",
    DenyReason.OTHER: "Something else",
}
# Where a hand-over goes: a role or a person, in one choice.
ROLE, PERSON = "role", "person"


class FilterForm(forms.Form):
    """The inbox's tab and filters, as they stand in the address; what is unknown is left out."""

    tab = forms.ChoiceField(required=False, choices=Tab.choices())
    workflow = forms.SlugField(required=False, max_length=80)
    agent = forms.SlugField(required=False, max_length=80)
    risk = forms.ChoiceField(required=False, choices=Risk.choices())
    text = forms.CharField(required=False, max_length=100)
    after = forms.CharField(required=False, max_length=100)

    def given(self) -> dict[str, Any]:
        """Return what can be understood."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filters(self) -> Filters:
        """Return what the list is narrowed to."""
        given = self.given()
        names = ("workflow", "agent", "risk", "text")
        return Filters(**{name: given[name] for name in names if name in given})


class DecisionForm(forms.Form):
    """A vote on the revision on the screen, which its digest names; the domain judges the words."""

    digest = forms.CharField(max_length=80)
    vote = forms.ChoiceField(choices=Vote.choices())
    reason_code = forms.CharField(required=False, max_length=60)
    text = forms.CharField(required=False, strip=True)


class SnoozeForm(forms.Form):
    """When a review comes back: one of the moments that the page offered."""

    until = forms.CharField(max_length=60)

    def clean_until(self) -> dt.datetime:
        """Return the moment, which names its zone."""
        try:
            moment = dt.datetime.fromisoformat(self.cleaned_data["until"])
        except ValueError:
            moment = dt.datetime.min
        if moment.tzinfo is None:
            raise forms.ValidationError("Choose one of the times.")
        return moment


class ReassignForm(forms.Form):
    """Where a review goes and why."""

    to = forms.RegexField(rf"^({ROLE}|{PERSON}):[^\s:]{{1,150}}$")
    text = forms.CharField(required=False, max_length=LONGEST_TEXT)

    def target(self) -> tuple[str, str]:
        """Return whether it goes to a role or a person, and which."""
        kind, _, name = self.cleaned_data["to"].partition(":")
        return kind, name


class WithdrawForm(forms.Form):
    """Why a requester takes a proposal back."""

    text = forms.CharField(required=False, max_length=LONGEST_TEXT)


class ListField(forms.Field):
    """Every value that was sent under one name."""

    widget = forms.MultipleHiddenInput


class BulkForm(forms.Form):
    """A vote on many proposals, each as `id~digest`; the domain judges the words."""

    chosen = ListField(required=False)
    vote = forms.ChoiceField(choices=[(vote, vote) for vote in (Vote.APPROVE, Vote.DENY)])
    reason_code = forms.CharField(required=False, max_length=60)
    text = forms.CharField(required=False, strip=True, max_length=LONGEST_TEXT)
    title = forms.CharField(required=False, max_length=200)
    # A path on this site; nothing that a browser takes for another host.
    origin = forms.RegexField(required=False, regex=r"\A/(?![/\\])\S*\Z", max_length=200)
    key = forms.CharField(required=False, max_length=80)

    def given(self) -> dict[str, Any]:
        """Return what is to be decided, with each proposal that was chosen, once."""
        words = " ".join(self.cleaned_data["chosen"]).split()
        pairs = dict.fromkeys(word.partition(BETWEEN)[::2] for word in words)
        return {**self.cleaned_data, "chosen": [Chosen(*pair) for pair in pairs]}
