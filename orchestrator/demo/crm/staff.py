"""Who owns what in the CRM: the people and queues that the simulated org has from the start."""

from orchestrator.demo.crm.records import Ref
from orchestrator.simulator.objects.people import PEOPLE, QUEUES, Person

PRODUCT = "Fieldwright"
DOMAIN = "northwind-labs.example"
MID_MARKET, ENTERPRISE = 200, 800

_BY_KEY = {person.key: person for person in PEOPLE}
_QUEUE_KEYS = frozenset(key for key, _ in QUEUES)

ENTERPRISE_REP = _BY_KEY["maya_ruiz"]
MID_MARKET_REP = _BY_KEY["jonas_weber"]
GROWTH_REP = _BY_KEY["priya_nair"]
ACCOUNT_MANAGER = _BY_KEY["tom_okafor"]
REVOPS = _BY_KEY["arjun_mehta"]
SUPPORT_LEAD = _BY_KEY["claire_dubois"]
SUPPORT_ENGINEER = _BY_KEY["ben_carter"]
BILLING = _BY_KEY["noor_haddad"]


def ref(person: Person) -> Ref:
    """Return a person's id, to put into a field."""
    return Ref(person.key)


def queue(key: str) -> Ref:
    """Return a queue's id, to put into a field."""
    if key not in _QUEUE_KEYS:
        raise KeyError(key)
    return Ref(key)


def full_name(person: Person) -> str:
    """Return the name as written under a mail."""
    return f"{person.first_name} {person.last_name}"


def rep_for(employees: int) -> Person:
    """Return the representative for new business with a firm of that size."""
    if employees >= ENTERPRISE:
        return ENTERPRISE_REP
    return MID_MARKET_REP if employees >= MID_MARKET else GROWTH_REP
