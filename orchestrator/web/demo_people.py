"""The people of the demo, named by role; made by orchestrator.demo, offered by the sign-in page."""

from dataclasses import dataclass

# Public on purpose: the demo listens on the loopback address and holds invented data.
DEMO_PASSWORD = "countersign-demo"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person of the demo."""

    username: str
    name: str
    title: str
    roles: tuple[str, ...]
    staff: bool = False


DEMO_PEOPLE = [
    DemoPerson("ops-owner", "Olivia Brandt", "Ops owner", ("ops-owner",), staff=True),
    DemoPerson("ops-deputy", "Oscar Lindqvist", "Deputy ops owner", ("ops-owner",), staff=True),
    DemoPerson("deal-desk", "Dana Whitfield", "Deal desk", ("deal-desk",)),
    DemoPerson("deal-desk-2", "Deniz Arslan", "Deal desk", ("deal-desk",)),
    DemoPerson("ae-manager", "Amara Osei", "AE manager", ("ae-manager",)),
    DemoPerson("sales-ops", "Sam Keller", "Sales ops", ("sales-ops",)),
    DemoPerson("revops-on-call", "Ravi Menon", "RevOps on call", ("revops-on-call",)),
    DemoPerson("risk-owner", "Renata Silva", "Risk owner", ("risk-owner",)),
    DemoPerson("system-owner", "Sofia Marchetti", "System owner", ("system-owner",)),
    DemoPerson("auditor", "Arthur Nowak", "Auditor", ("auditor",)),
]
