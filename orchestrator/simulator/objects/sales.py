"""What selling needs: accounts, contacts, leads, opportunities, campaigns."""

from dataclasses import dataclass

from orchestrator.simulator.fields import (
    COUNTERSIGN_ID,
    COUNTERSIGN_STAMP,
    Field,
    area,
    choice,
    day,
    flag,
    key,
    link,
    moment,
    number,
    object_type,
    owner,
    shown,
    text,
)

INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications",
    "Construction", "Consulting", "Education", "Electronics", "Energy", "Engineering",
    "Entertainment", "Environmental", "Finance", "Food & Beverage", "Government", "Healthcare",
    "Hospitality", "Insurance", "Machinery", "Manufacturing", "Media", "Not For Profit", "Other",
    "Recreation", "Retail", "Shipping", "Technology", "Telecommunications", "Transportation",
    "Utilities",
)  # fmt: skip
SOURCES = (
    "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Trade Show", "Webinar",
    "Employee Referral", "Demo Request", "Other",
)  # fmt: skip
RATINGS = ("Hot", "Warm", "Cold")


@dataclass(frozen=True, slots=True)
class Stage:
    """What an opportunity's stage says about the rest of it."""

    name: str
    probability: float
    forecast: str
    forecast_name: str
    is_closed: bool = False
    is_won: bool = False


STAGES: tuple[Stage, ...] = (
    Stage("Prospecting", 10.0, "Pipeline", "Pipeline"),
    Stage("Qualification", 20.0, "Pipeline", "Pipeline"),
    Stage("Needs Analysis", 35.0, "Pipeline", "Pipeline"),
    Stage("Proposal", 60.0, "BestCase", "Best Case"),
    Stage("Negotiation", 80.0, "Forecast", "Commit"),
    Stage("Closed Won", 100.0, "Closed", "Closed", is_closed=True, is_won=True),
    Stage("Closed Lost", 0.0, "Omitted", "Omitted", is_closed=True),
)
FORECASTS = ("Omitted", "Pipeline", "Best Case", "Most Likely", "Commit", "Closed")


def address(prefix: str, label: str) -> tuple[Field, ...]:
    """Return the lines of a postal address."""
    return (
        area(f"{prefix}Street", f"{label} Street", 255),
        text(f"{prefix}City", f"{label} City", 40),
        text(f"{prefix}State", f"{label} State/Province", 80),
        text(f"{prefix}PostalCode", f"{label} Zip/Postal Code", 20),
        text(f"{prefix}Country", f"{label} Country", 80),
    )


def person() -> tuple[Field, ...]:
    """Return what contacts and leads are called."""
    return (
        text("LastName", "Last Name", 80, required=True),
        text("FirstName", "First Name", 40),
        choice("Salutation", "Salutation", ["Mr.", "Ms.", "Mx.", "Dr.", "Prof."], restricted=False),
        text("Name", "Full Name", 121, writable=False, calculated=True),
        text("Title", "Title", 128),
        Field("Email", "Email", "email", length=80),
        Field("Phone", "Phone", "phone", length=40),
        Field("MobilePhone", "Mobile Phone", "phone", length=40),
        flag("HasOptedOutOfEmail", "Email Opt Out"),
    )


LAST_ACTIVITY = shown(day("LastActivityDate", "Last Activity"))

ACCOUNT = object_type(
    "Account", "Account", "Accounts", "001",
    (
        text("Name", "Account Name", required=True),
        choice("Type", "Account Type", ["Prospect", "Customer", "Partner", "Competitor", "Other"],
               restricted=False),
        link("ParentId", "Parent Account ID", "Account", children="ChildAccounts"),
        choice("Industry", "Industry", INDUSTRIES),
        number("AnnualRevenue", "Annual Revenue", "currency", scale=0),
        number("NumberOfEmployees", "Employees", "int"),
        choice("Rating", "Account Rating", RATINGS),
        Field("Phone", "Account Phone", "phone", length=40),
        Field("Website", "Website", "url", length=255),
        *address("Billing", "Billing"),
        *address("Shipping", "Shipping"),
        choice("AccountSource", "Account Source", SOURCES, restricted=False),
        area("Description", "Account Description"),
        owner(),
        LAST_ACTIVITY,
        choice("Tier__c", "Tier", ["Strategic", "Enterprise", "Mid-market", "Growth"]),
        choice("Territory__c", "Territory", ["DACH", "Nordics", "UK & Ireland", "Iberia", "Benelux",
                                             "France", "North America"]),
        number("Health_Score__c", "Health Score", digits=3, scale=0),
        day("Renewal_Date__c", "Renewal Date"),
        key("Legacy_Key__c", "Legacy Key", unique=False),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    history="AccountHistory", history_parent="AccountId",
    columns=("Industry", "Type", "Tier__c", "OwnerId"),
)  # fmt: skip

CONTACT = object_type(
    "Contact", "Contact", "Contacts", "003",
    (
        *person(),
        link("AccountId", "Account ID", "Account", children="Contacts", cascade=True),
        link("ReportsToId", "Reports To ID", "Contact", children="DirectReports"),
        text("Department", "Department", 80),
        choice("LeadSource", "Lead Source", SOURCES, restricted=False),
        *address("Mailing", "Mailing"),
        area("Description", "Contact Description"),
        flag("DoNotCall", "Do Not Call"),
        owner(),
        LAST_ACTIVITY,
        choice("Buying_Role__c", "Buying Role",
               ["Champion", "Economic Buyer", "Influencer", "Blocker", "User"]),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    history="ContactHistory", history_parent="ContactId",
    columns=("AccountId", "Title", "Email", "Phone"),
)  # fmt: skip

LEAD_STATUSES = (
    "Open - Not Contacted", "Working - Contacted", "Qualified", "Nurturing",
    "Closed - Converted", "Closed - Not Converted",
)  # fmt: skip
LEAD = object_type(
    "Lead", "Lead", "Leads", "00Q",
    (
        *person(),
        text("Company", "Company", 255, required=True),
        choice("Status", "Status", LEAD_STATUSES, required=True, default=LEAD_STATUSES[0]),
        choice("LeadSource", "Lead Source", SOURCES, restricted=False),
        choice("Industry", "Industry", INDUSTRIES),
        choice("Rating", "Rating", RATINGS),
        number("AnnualRevenue", "Annual Revenue", "currency", scale=0),
        number("NumberOfEmployees", "Employees", "int"),
        Field("Website", "Website", "url", length=255),
        area("Street", "Street", 255), text("City", "City", 40), text("State", "State", 80),
        text("PostalCode", "Zip/Postal Code", 20), text("Country", "Country", 80),
        area("Description", "Description"),
        owner("User", "Group"),
        LAST_ACTIVITY,
        flag("IsConverted", "Converted", writable=False),
        shown(day("ConvertedDate", "Converted Date")),
        shown(link("ConvertedAccountId", "Converted Account ID", "Account")),
        shown(link("ConvertedContactId", "Converted Contact ID", "Contact")),
        shown(link("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity")),
        number("Lead_Score__c", "Lead Score", digits=3, scale=0),
        choice("Risk_Flag__c", "Risk Flag", ["None", "Credit", "Compliance", "Competitor"]),
        choice("Track__c", "Track", ["Enterprise", "Mid-market", "Self-service"]),
        choice("Territory__c", "Territory", ["DACH", "Nordics", "UK & Ireland", "Iberia", "Benelux",
                                             "France", "North America"]),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    history="LeadHistory", history_parent="LeadId",
    columns=("Company", "Status", "LeadSource", "OwnerId"),
)  # fmt: skip

OPPORTUNITY = object_type(
    "Opportunity", "Opportunity", "Opportunities", "006",
    (
        text("Name", "Name", 120, required=True),
        link("AccountId", "Account ID", "Account", children="Opportunities", cascade=True),
        choice("StageName", "Stage", [stage.name for stage in STAGES], required=True),
        number("Amount", "Amount", "currency"),
        day("CloseDate", "Close Date", required=True),
        number("Probability", "Probability (%)", "percent", digits=3, scale=0),
        choice("ForecastCategoryName", "Forecast Category", FORECASTS),
        shown(choice("ForecastCategory", "Forecast Category (API)",
                     ["Omitted", "Pipeline", "BestCase", "MostLikely", "Forecast", "Closed"])),
        flag("IsClosed", "Closed", writable=False), flag("IsWon", "Won", writable=False),
        choice("Type", "Opportunity Type", ["New Business", "Expansion", "Renewal"],
               restricted=False),
        text("NextStep", "Next Step", 255),
        choice("LeadSource", "Lead Source", SOURCES, restricted=False),
        number("ExpectedRevenue", "Expected Amount", "currency", writable=False, calculated=True),
        link("CampaignId", "Campaign ID", "Campaign", children="Opportunities"),
        link("ContactId", "Contact ID", "Contact"),
        area("Description", "Description"),
        owner(),
        LAST_ACTIVITY,
        shown(moment("LastStageChangeDate", "Last Stage Change Date")),
        choice("Loss_Reason__c", "Loss Reason",
               ["Price", "Competitor", "No Decision", "Missing Feature", "Timing"]),
        choice("Stall_Reason__c", "Stall Reason", ["Buyer silent", "Budget", "Legal review",
               "Security review", "Exit criteria missing", "Champion left"]),
        flag("Exit_Criteria_Met__c", "Exit Criteria Met"),
        number("Confidence__c", "Confidence (%)", "percent", digits=3, scale=0),
        number("Discount__c", "Discount (%)", "percent", digits=3, scale=1),
        text("Competitor__c", "Main Competitor", 100),
        COUNTERSIGN_ID, *COUNTERSIGN_STAMP,
    ),
    history="OpportunityFieldHistory", history_parent="OpportunityId",
    columns=("AccountId", "StageName", "Amount", "CloseDate", "OwnerId"),
)  # fmt: skip

OPPORTUNITY_STAGE = object_type(
    "OpportunityStage", "Opportunity Stage", "Opportunity Stages", "01J",
    (
        text("MasterLabel", "Master Label"), text("ApiName", "API Name"),
        number("SortOrder", "Sort Order", "int"),
        number("DefaultProbability", "Default Probability", "percent"),
        text("ForecastCategory", "Forecast Category"),
        text("ForecastCategoryName", "Forecast Category Name"),
        flag("IsActive", "Active", default=True), flag("IsClosed", "Closed"), flag("IsWon", "Won"),
    ),
    name_field="MasterLabel", writable=False,
)  # fmt: skip

CAMPAIGN = object_type(
    "Campaign", "Campaign", "Campaigns", "701",
    (
        text("Name", "Name", 80, required=True),
        choice("Type", "Type", ["Conference", "Webinar", "Email", "Advertisement", "Partners",
                                "Other"], restricted=False),
        choice("Status", "Status", ["Planned", "In Progress", "Completed", "Aborted"],
               default="Planned"),
        day("StartDate", "Start Date"), day("EndDate", "End Date"),
        number("BudgetedCost", "Budgeted Cost", "currency"),
        number("ActualCost", "Actual Cost", "currency"),
        number("ExpectedRevenue", "Expected Revenue", "currency"),
        flag("IsActive", "Active"),
        area("Description", "Description"),
        owner(),
        COUNTERSIGN_ID,
    ),
    history="CampaignHistory", history_parent="CampaignId",
    columns=("Type", "Status", "StartDate", "EndDate"),
)  # fmt: skip
