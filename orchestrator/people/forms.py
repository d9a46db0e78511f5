"""What administrators enter about people and roles."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from orchestrator.people.models import Role, User

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}


class ReasonForm(forms.Form):
    """A sentence that says why; it stands in the ledger."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))


class RoleForm(forms.Form):
    """A new role."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    slug = forms.SlugField(
        max_length=60,
        label="Name",
        help_text="As workflow files call it: small letters, digits and hyphens.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    fallback = forms.ModelChoiceField(
        queryset=Role.objects.all(),
        to_field_name="slug",
        required=False,
        help_text="Decides while nobody in the role is active.",
        widget=forms.Select(attrs=SELECT),
    )
    description = forms.CharField(
        max_length=500, required=False, widget=forms.TextInput(attrs=CONTROL)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show roles by their titles."""
        super().__init__(*args, **kwargs)
        self.fields["fallback"].label_from_instance = _title  # type: ignore[attr-defined]  # a model choice

    def clean_slug(self) -> str:
        """Return the name as workflow files can write it."""
        slug = str(self.cleaned_data["slug"])
        if slug != slug.lower() or "_" in slug:
            raise ValidationError("Use small letters, digits and hyphens.")
        return slug


class RoleChangeForm(forms.Form):
    """What may change about a role; its name may not."""

    title = forms.CharField(max_length=120, widget=forms.TextInput(attrs=CONTROL))
    fallback = forms.ModelChoiceField(
        queryset=Role.objects.none(),
        to_field_name="slug",
        required=False,
        label="Falls back to",
        empty_label="nobody",
        widget=forms.Select(attrs=SELECT),
    )
    description = forms.CharField(
        max_length=500, required=False, widget=forms.TextInput(attrs=CONTROL)
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        """Offer every other role."""
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["fallback"]
        choice.queryset = Role.objects.exclude(pk=role.pk).select_related("fallback")
        choice.label_from_instance = _title


class MemberForm(forms.Form):
    """Somebody to add to a role."""

    person = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("username"),
        to_field_name="username",
    )


class InvitationForm(forms.Form):
    """Somebody who sets their own first password, by a link."""

    username = forms.SlugField(
        max_length=60, label="User name", widget=forms.TextInput(attrs=CONTROL)
    )
    first_name = forms.CharField(max_length=80, widget=forms.TextInput(attrs=CONTROL))
    last_name = forms.CharField(max_length=80, widget=forms.TextInput(attrs=CONTROL))
    email = forms.EmailField(required=False, widget=forms.EmailInput(attrs=CONTROL))


class PersonForm(InvitationForm):
    """A new person, with a first password that they should change."""

    password = forms.CharField(
        label="First password",
        strip=False,
        widget=forms.PasswordInput(attrs={**CONTROL, "autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Judge the password by the same rules as everywhere, with the person's names in mind."""
        data: dict[str, Any] = super().clean() or {}
        names = {name: data.get(name, "") for name in ("username", "first_name", "last_name")}
        if data.get("password"):
            try:
                validate_password(data["password"], User(email=data.get("email", ""), **names))
            except ValidationError as refusal:
                self.add_error("password", refusal)
        return data


def _title(role: Role) -> str:
    return role.title
