"""What people send about a page."""

from django import forms

from orchestrator.paging.acknowledging import LONGEST_WORDS


class HandOnForm(forms.Form):
    """Whom to call instead, and a few words if there is time."""

    to = forms.CharField(max_length=150)
    words = forms.CharField(required=False, max_length=LONGEST_WORDS)
