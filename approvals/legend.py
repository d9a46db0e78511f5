"""What the CRM calls its fields, choices and records, for showing values as people know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.kernel.hidden import is_hidden
from orchestrator.kernel.named import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """The words for what changes; a field's path is Object.Field. Empty where nobody was asked."""

    labels: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    # By path: each value of a picklist with its label.
    picklists: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    # By path: what a lookup may point at.
    references: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # By record id.
    names: Mapping[str, str] = field(default_factory=dict)
    # By position of the change: the code of the currency that its amounts are in.
    currencies: Mapping[int, str] = field(default_factory=dict)
    # Where a record does not say, if the installation does.
    currency: str = ""

    def label(self, path: str) -> str:
        """Return what people call a field, if that is more than its name."""
        label = self.labels.get(path, "")
        return "" if label == path.partition(".")[2] else label

    def kind(self, path: str, position: int, otherwise: str) -> str:
        """Return a field's type; of money with its currency."""
        kind = self.kinds.get(path) or otherwise
        code = self.currencies.get(position) or self.currency
        return f"{kind}:{code}" if kind == "currency" and code else kind

    def value(self, path: str, value: Any) -> Any:
        """Return a value with the words for it, or as it is."""
        if not isinstance(value, str) or is_hidden(value):
            return value
        words = self.picklists.get(path, {}).get(value, "")
        if path in self.references:
            words = self.names.get(value, "")
        return Named(value, words) if words and words != value else value

    def choices(self, path: str, values: Sequence[str]) -> list[str]:
        """Return choices by their labels."""
        known = self.picklists.get(path, {})
        return [known.get(value, value) for value in values]


NO_LEGEND = Legend()
