"""People and the queues they share, and who is there from the start."""

from dataclasses import dataclass

from orchestrator.simulator.fields import Field, choice, flag, link, object_type, shown, text

USER = object_type(
    "User", "User", "Users", "005",
    (
        text("Username", "Username", 80, required=True, unique=True),
        text("LastName", "Last Name", 80, required=True),
        text("FirstName", "First Name", 40),
        text("Name", "Full Name", 121, writable=False, calculated=True),
        Field("Email", "Email", "email", length=128, required=True),
        text("Alias", "Alias", 8),
        text("Title", "Title", 80),
        text("Department", "Department", 80),
        choice("UserType", "User Type", ["Standard", "AutomatedProcess"], default="Standard",
               writable=False),
        flag("IsActive", "Active", default=True),
        text("TimeZoneSidKey", "Time Zone", 40, default="Europe/Berlin"),
        text("LocaleSidKey", "Locale", 40, default="en_GB"),
        link("ManagerId", "Manager ID", "User"),
    ),
    columns=("Title", "Department", "Email", "IsActive"),
)  # fmt: skip
GROUP = object_type(
    "Group", "Group", "Groups", "00G",
    (
        text("Name", "Name", 40, required=True),
        text("DeveloperName", "Developer Name", 80),
        shown(choice("Type", "Type", ["Queue", "Regular"], default="Queue")),
    ),
    columns=("Type",),
    writable=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a licence; `key` is how seeds and controls name them."""

    key: str
    first_name: str
    last_name: str
    title: str
    department: str
    user_type: str = "Standard"

    @property
    def username(self) -> str:
        """What they sign in with."""
        return f"{self.key.replace('_', '.')}@northwind-labs.example"


INTEGRATION = Person(
    "integration", "Countersign", "Integration", "Integration user", "Revenue systems"
)
AUTOMATION = Person("automation", "", "Automated Process", "", "", "AutomatedProcess")
PEOPLE: tuple[Person, ...] = (
    INTEGRATION,
    AUTOMATION,
    Person("maya_ruiz", "Maya", "Ruiz", "Account Executive, Enterprise", "Sales"),
    Person("jonas_weber", "Jonas", "Weber", "Account Executive, Mid-market", "Sales"),
    Person("priya_nair", "Priya", "Nair", "Account Executive, Growth", "Sales"),
    Person("tom_okafor", "Tom", "Okafor", "Account Manager", "Sales"),
    Person("helen_brandt", "Helen", "Brandt", "Regional Sales Manager", "Sales"),
    Person("sofia_lind", "Sofia", "Lind", "Deal Desk Lead", "Revenue operations"),
    Person("arjun_mehta", "Arjun", "Mehta", "RevOps Manager", "Revenue operations"),
    Person("claire_dubois", "Claire", "Dubois", "Support Team Lead", "Support"),
    Person("ben_carter", "Ben", "Carter", "Support Engineer", "Support"),
    Person("noor_haddad", "Noor", "Haddad", "Billing Specialist", "Finance"),
)
QUEUES: tuple[tuple[str, str], ...] = (
    ("queue_support", "Support Tier 1"),
    ("queue_billing", "Billing"),
    ("queue_inbound", "Inbound Leads"),
)
