"""What staff enter to connect an org; secrets go in and never come out again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from orchestrator.orgs.models import Environment, SignIn

CONTROL = {"class": "form-control", "autocomplete": "off", "spellcheck": "false"}
SELECT = {"class": "form-select"}
WAYS = [(way.value, way.label) for way in SignIn if way != SignIn.NONE]
# Words of our own addresses.
TAKEN = {"new"}


class WriteOnly(forms.Textarea):
    """A field that is never filled in for anybody, not even with what they just typed."""

    def format_value(self, value: Any) -> str:
        """Show nothing."""
        return ""


class CredentialsForm(forms.Form):
    """What an org is signed in to with."""

    sign_in = forms.ChoiceField(
        choices=WAYS, label="Way to sign in", widget=forms.Select(attrs=SELECT)
    )
    client_id = forms.CharField(
        max_length=200,
        label="Client id",
        help_text="The consumer key of the External Client App.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    username = forms.CharField(
        max_length=200,
        required=False,
        label="User name",
        help_text="Of the integration user; not for client credentials.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    secret = forms.CharField(
        max_length=10_000,
        strip=False,
        label="Secret",
        help_text=(
            "Consumer secret, or private key (PEM), or two lines: consumer secret and password. "
            "Kept encrypted, and shown to nobody again."
        ),
        widget=WriteOnly(attrs={**CONTROL, "rows": 3}),
    )

    def clean_secret(self) -> str:
        """Return the secret as it was meant: browsers end lines their own way."""
        text = str(self.cleaned_data["secret"]).replace("\r\n", "\n").strip("\n")
        if not text.strip():
            raise ValidationError("Enter the secret.")
        return text


class ConnectForm(CredentialsForm):
    """A new org."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    slug = forms.SlugField(
        max_length=60,
        label="Name",
        help_text="As workflow files call it, such as acme-prod. It cannot be changed.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    environment = forms.ChoiceField(
        choices=Environment.choices,
        initial=Environment.DEVELOPMENT,
        help_text="Agents have an identity of their own in each. A sandbox is never production.",
        widget=forms.Select(attrs=SELECT),
    )
    base_url = forms.CharField(
        max_length=200,
        label="Address",
        help_text="The org's My Domain: https://acme.my.salesforce.com",
        widget=forms.TextInput(attrs={**CONTROL, "inputmode": "url"}),
    )
    api_version = forms.CharField(
        max_length=8, initial="64.0", label="API version", widget=forms.TextInput(attrs=CONTROL)
    )

    field_order = ("title", "slug", "environment", "base_url", "sign_in", "client_id", "username")

    def clean_slug(self) -> str:
        """Return a name that does not stand in our own addresses."""
        slug = str(self.cleaned_data["slug"])
        if slug in TAKEN:
            raise ValidationError("Choose another name.")
        return slug
