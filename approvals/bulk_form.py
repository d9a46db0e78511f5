"""What people send to decide on many proposals at once."""

from typing import Any

from django import forms

from approvals.bulk_lines import BETWEEN
from approvals.eligibility import Chosen
from approvals.states import Vote

LONGEST_TEXT = 5000


class ListField(forms.Field):
    """Every value that was sent under one name."""

    widget = forms.MultipleHiddenInput


class GroupForm(forms.Form):
    """The group whose members are chosen: all of it that waits for the person."""

    group = forms.CharField(required=False, max_length=200)


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
    # When this very list was shown: see approvals/attention/opened.py.
    shown = forms.CharField(required=False, max_length=1000)

    def given(self) -> dict[str, Any]:
        """Return what is to be decided, with each proposal that was chosen, once."""
        words = " ".join(self.cleaned_data["chosen"]).split()
        pairs = dict.fromkeys(word.partition(BETWEEN)[::2] for word in words)
        return {**self.cleaned_data, "chosen": [Chosen(*pair) for pair in pairs]}
