"""What the org's own approvals leave behind: instances, who has to act, and steps taken."""

from orchestrator.simulator.fields import area, choice, link, moment, object_type

TARGETS = ("Account", "Contact", "Lead", "Opportunity", "Campaign", "Case", "Quote__c")
STATUSES = ("Pending", "Approved", "Rejected", "Removed")

INSTANCE = object_type(
    "ProcessInstance", "Process Instance", "Process Instances", "04g",
    (
        link("TargetObjectId", "Target Object ID", *TARGETS, children="ProcessInstances"),
        choice("Status", "Status", STATUSES),
        link("SubmittedById", "User ID", "User"),
        link("LastActorId", "User ID", "User"),
        moment("CompletedDate", "Completed Date"),
    ),
    name_field="Id", writable=False,
)  # fmt: skip
WORK_ITEM = object_type(
    "ProcessInstanceWorkitem", "Approval Request", "Approval Requests", "04i",
    (
        link("ProcessInstanceId", "Process Instance ID", "ProcessInstance", children="Workitems",
             cascade=True),
        link("ActorId", "User ID", "User"),
        link("OriginalActorId", "User ID", "User"),
    ),
    name_field="Id", writable=False,
)  # fmt: skip
STEP = object_type(
    "ProcessInstanceStep", "Process Instance Step", "Process Instance Steps", "04h",
    (
        link("ProcessInstanceId", "Process Instance ID", "ProcessInstance", children="Steps",
             cascade=True),
        choice("StepStatus", "Step Status", ("Started", *STATUSES)),
        link("ActorId", "User ID", "User"),
        area("Comments", "Comments", 4000),
    ),
    name_field="Id", writable=False,
)  # fmt: skip
