"""The lead hygiene agent: missing fields from a directory, spellings made to agree."""

from typing import Any

from orchestrator.demo.agents.directory import COUNTRY_SPELLINGS, look_up
from orchestrator.demo.agents.worker import ExampleAgent, Suggestion


class LeadHygiene(ExampleAgent):
    """Watches leads."""

    object_name = "Lead"

    def suggestion(self, record: dict[str, Any]) -> Suggestion | None:
        """Return the repair of a lead's missing and inconsistent fields."""
        fields = record["fields"]
        found = look_up(str(fields.get("Company") or ""), email=str(fields.get("Email") or ""))
        wish = {name: value for name, value in found.values.items() if not fields.get(name)}
        spelling = COUNTRY_SPELLINGS.get(str(fields.get("Country") or ""))
        if spelling:
            wish["Country"] = spelling
        if not wish:
            return None
        return Suggestion(
            key=f"repair-{record['id']}-{'-'.join(sorted(wish))}",
            body={
                "workflow": "lead-hygiene",
                "action": "repair_lead",
                "title": "Found in the company directory",
                "reason": {
                    "code": "inconsistent_value" if set(wish) == {"Country"} else "missing_field",
                    "text": f"{', '.join(sorted(wish))} of {fields.get('Company')} from the "
                    "company directory and the usual spelling list.",
                },
                "confidence": found.confidence,
                "evidence": [
                    {
                        "kind": "quote",
                        "title": f"Company directory: {fields.get('Company')}",
                        "quote": found.quote,
                        "supports": [f"/changes/0/fields/{name}" for name in sorted(wish)],
                    }
                ],
                "changes": [
                    {
                        "op": "update",
                        "object": "Lead",
                        "id": record["id"],
                        "fields": wish,
                        "expect": {name: fields.get(name) for name in wish},
                    }
                ],
            },
        )

    def answer(self, proposal: dict[str, Any]) -> dict[str, Any] | None:
        """Leave the question to a person: a directory has no more to say."""
        return None
