"""What staff enter on the page of first steps."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from orchestrator.people.models import User
from orchestrator.workflows.definition import WorkflowDefinition
from orchestrator.workflows.models import Workflow

CONTROL = {"class": "form-control", "autocomplete": "off"}
SELECT = {"class": "form-select"}
LONGEST_FILE = 200_000


def _active() -> Any:
    return User.objects.filter(is_active=True).order_by("first_name", "last_name", "username")


class OwnersForm(forms.Form):
    """Who runs the workflows."""

    owners = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        to_field_name="username",
        label="Ops owners",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": "Choose two people."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer everybody who can sign in, by name."""
        super().__init__(*args, **kwargs)
        self.fields["owners"].queryset = _active()  # type: ignore[attr-defined]  # a model choice
        self.fields["owners"].label_from_instance = _name  # type: ignore[attr-defined]  # likewise


class WorkflowFileForm(forms.Form):
    """A workflow file, pasted or chosen."""

    source = forms.CharField(
        required=False,
        max_length=LONGEST_FILE,
        strip=False,
        label="The file",
        widget=forms.Textarea(
            attrs={**CONTROL, "rows": 16, "spellcheck": "false", "class": "form-control code-field"}
        ),
    )
    file = forms.FileField(
        required=False,
        label="Or choose one from your computer",
        widget=forms.ClearableFileInput(
            attrs={"class": "form-control", "accept": ".yaml,.yml,text/plain"}
        ),
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        label="What is new in it",
        widget=forms.TextInput(attrs=CONTROL),
    )

    def clean_file(self) -> str:
        """Return the text of the chosen file, nothing if none was chosen."""
        chosen = self.cleaned_data["file"]
        if not chosen:
            return ""
        if (chosen.size or 0) > LONGEST_FILE:
            raise ValidationError(f"The file is longer than {LONGEST_FILE:,} characters.")
        try:
            return str(chosen.read(), "utf-8")
        except UnicodeDecodeError as error:
            raise ValidationError("The file is not UTF-8 text.") from error

    def clean(self) -> dict[str, Any]:
        """Want one of the two; a chosen file beats what stands in the field."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not (data.get("file") or data.get("source", "").strip()):
            self.add_error("source", "Paste a workflow file, choose one, or begin with an example.")
        return data

    @property
    def text(self) -> str:
        """Return the file that was given."""
        return str(self.cleaned_data["file"] or self.cleaned_data["source"])


class AgentForm(forms.Form):
    """The first agent, and which action it may propose."""

    title = forms.CharField(
        max_length=120, initial="First agent", widget=forms.TextInput(attrs=CONTROL)
    )
    slug = forms.SlugField(
        max_length=60,
        initial="first-agent",
        label="Name",
        help_text="Small letters, digits and hyphens; stands in grants and in the ledger.",
        widget=forms.TextInput(attrs=CONTROL),
    )
    owner = forms.ModelChoiceField(
        queryset=User.objects.none(),
        to_field_name="username",
        help_text="Answers for the agent, and never decides on its proposals.",
        widget=forms.Select(attrs=SELECT),
    )
    action = forms.ChoiceField(
        label="May propose",
        help_text="It is granted exactly what this action writes, and no more.",
        widget=forms.Select(attrs=SELECT),
    )

    def __init__(self, *args: Any, definition: WorkflowDefinition, **kwargs: Any) -> None:
        """Offer the workflow's actions and everybody who can sign in."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _active()  # type: ignore[attr-defined]  # a model choice
        self.fields["owner"].label_from_instance = _name  # type: ignore[attr-defined]  # likewise
        self.fields["action"].choices = [  # type: ignore[attr-defined]  # a choice field
            (name, name.replace("_", " ").capitalize()) for name in definition.actions
        ]


def line_of(text: str, number: int) -> str:
    """Return one line of a file, as it is quoted beside a problem."""
    lines = text.splitlines()
    return lines[number - 1].strip()[:160] if 0 < number <= len(lines) else ""


def workflow_named(workflows: Any, slug: str) -> Workflow | None:
    """Return the workflow of this name among those offered."""
    return next((each for each in workflows if each.slug == slug), None)


def _name(person: User) -> str:
    return f"{person.display_name} ({person.username})"
