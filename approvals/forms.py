"""What people send from the desk: filters, votes, hand-overs, withdrawals."""

import datetime as dt

from django import forms

from approvals.states import DenyReason, Vote

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


class DecisionForm(forms.Form):
    """A vote on the revision on the screen, which its digest names; the domain judges the words."""

    digest = forms.CharField(max_length=80)
    vote = forms.ChoiceField(choices=Vote.choices())
    reason_code = forms.CharField(required=False, max_length=60)
    text = forms.CharField(required=False, strip=True)


class OverrideForm(forms.Form):
    """A yes or no in a role's place; the domain judges whether the reason is a sentence."""

    digest = forms.CharField(max_length=80)
    vote = forms.ChoiceField(
        choices=[(vote.value, vote.value) for vote in (Vote.APPROVE, Vote.DENY)]
    )
    reason = forms.CharField(strip=True)


class SnoozeForm(forms.Form):
    """When a review comes back: one of the moments that the page offered."""

    until = forms.CharField(max_length=60)

    def clean_until(self) -> dt.datetime:
        """Return the moment, which names its zone."""
        try:
            moment = dt.datetime.fromisoformat(self.cleaned_data["until"])
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
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
