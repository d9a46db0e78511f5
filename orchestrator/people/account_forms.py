"""What people enter about absences, their own account, and duties that change hands."""

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from orchestrator.people.models import User

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}
MOMENT = "%Y-%m-%dT%H:%M"
ALL, KEEP, DROP = "", "-keep", "-drop"


def active_people() -> Any:
    """Return everybody who can sign in, by name."""
    return User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not at run time
    """One person, by user name in the form and by full name on the screen."""

    def __init__(self, **kwargs: Any) -> None:
        """Offer everybody who can sign in."""
        super().__init__(
            queryset=active_people(),
            to_field_name="username",
            widget=forms.Select(attrs=SELECT),
            **kwargs,
        )

    def label_from_instance(self, obj: User) -> str:
        """Return the person's name, with the user name behind it."""
        return f"{obj.display_name} ({obj.username})"


class AbsenceForm(forms.Form):
    """From when to when, and who decides meanwhile; times of the person's own zone."""

    starts_at = forms.DateTimeField(label="From", input_formats=[MOMENT])
    ends_at = forms.DateTimeField(label="To", input_formats=[MOMENT])
    delegate = PersonChoice(
        label="Who stands in",
        required=False,
        empty_label="Nobody",
        help_text="Decides what waits for you meanwhile, under their own name.",
    )
    note = forms.CharField(
        max_length=300,
        required=False,
        label="Note",
        widget=forms.TextInput(attrs=CONTROL),
        help_text="Everybody who can sign in reads it.",
    )
    reason = forms.CharField(
        max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL), required=True
    )

    def __init__(self, *args: Any, person: User, own: bool, zone: dt.tzinfo, **kwargs: Any) -> None:
        """Leave the person out of who may stand in; a reason is for absences of others."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        choice: Any = self.fields["delegate"]
        choice.queryset = choice.queryset.exclude(pk=person.pk)
        if own:
            del self.fields["reason"]
        else:
            choice.help_text = "Decides what waits for them meanwhile, under their own name."
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={**CONTROL, "type": "datetime-local"}, format=MOMENT
            )

    def clean_starts_at(self) -> dt.datetime:
        """Return the moment in the person's zone."""
        return self._in_zone("starts_at")

    def clean_ends_at(self) -> dt.datetime:
        """Return the moment in the person's zone."""
        return self._in_zone("ends_at")

    def _in_zone(self, name: str) -> dt.datetime:
        moment: dt.datetime = self.cleaned_data[name]
        try:
            return moment.replace(tzinfo=self.zone).astimezone(dt.UTC)
        except OverflowError:
            raise ValidationError("Choose a day within a calendar that people use.") from None


class EndForm(forms.Form):
    """Why somebody else's absence ends; nobody needs a reason for their own."""

    reason = forms.CharField(max_length=500, required=False)


class DelegateForm(EndForm):
    """Who stands in from now on."""

    delegate = PersonChoice(required=False, empty_label="Nobody")


class TimeZoneForm(forms.Form):
    """The zone in which somebody reads times."""

    zone = forms.ChoiceField(label="Time zone", widget=forms.Select(attrs=SELECT))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every zone that has a place in its name."""
        super().__init__(*args, **kwargs)
        names = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        self.fields["zone"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # a choice


class PasswordForm(forms.Form):
    """A new password, and the present one."""

    present = forms.CharField(label="Present password", strip=False, widget=forms.PasswordInput)
    new = forms.CharField(
        label="New password",
        strip=False,
        widget=forms.PasswordInput,
        help_text="At least eight characters, and nothing that is easily guessed.",
    )
    again = forms.CharField(label="New password again", strip=False, widget=forms.PasswordInput)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        """Judge the new password with the person's names in mind."""
        super().__init__(*args, **kwargs)
        self.person = person
        for name, hint in (("present", "current-password"), ("new", "new-password")):
            self.fields[name].widget.attrs.update({**CONTROL, "autocomplete": hint})
        self.fields["again"].widget.attrs.update({**CONTROL, "autocomplete": "new-password"})

    def clean_new(self) -> str:
        """Return the new password if it is good enough."""
        validate_password(self.cleaned_data["new"], self.person)
        return str(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        """Refuse two different new passwords."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", ValidationError("These two are different."))
        return data


class ReopenForm(forms.Form):
    """Why an account is opened again, and its first password."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))
    password = forms.CharField(
        label="First password",
        strip=False,
        widget=forms.PasswordInput(attrs={**CONTROL, "autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        """Return the password if it is good enough."""
        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])


class HandOverForm(forms.Form):
    """Who takes each duty: one person for all of them, and others where it says so."""

    everything = PersonChoice(
        label="All of it to", required=False, empty_label="Choose for each of them"
    )
    reason = forms.CharField(max_length=500, label="Why", widget=forms.TextInput(attrs=CONTROL))

    def __init__(self, *args: Any, items: list[Any], **kwargs: Any) -> None:
        """Add a choice for each item."""
        super().__init__(*args, **kwargs)
        people = [(each.username, each.display_name) for each in active_people()]
        choices = [(ALL, "As above"), (KEEP, "Leave as it is"), (DROP, "Nobody"), *people]
        for item in items:
            self.fields[self.field_of(item)] = forms.ChoiceField(
                label=item.title,
                choices=[each for each in choices if each[0] != DROP or not item.must_be_taken],
                required=False,
                widget=forms.Select(attrs=SELECT),
            )
        self.items = items

    @staticmethod
    def field_of(item: Any) -> str:
        """Return the name of the item's choice."""
        return f"item-{item.id}"

    def rows(self) -> list[tuple[Any, Any]]:
        """Return each item with its choice."""
        return [(item, self[self.field_of(item)]) for item in self.items]

    def successors(self) -> dict[str, User | None]:
        """Return who takes what; what is left as it is stays out."""
        everything = self.cleaned_data["everything"]
        known = {each.username: each for each in active_people()}
        chosen: dict[str, User | None] = {}
        for item in self.items:
            word = self.cleaned_data[self.field_of(item)]
            if word == DROP:
                chosen[item.id] = None
            elif word in known:
                chosen[item.id] = known[word]
            elif word == ALL and everything is not None:
                chosen[item.id] = everything
        return chosen
