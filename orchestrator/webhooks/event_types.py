"""What an endpoint can be told of; docs/events.md says when each of them happens."""

# In the order in which a proposal may meet them.
EVENTS = {
    "proposal.observed": "recorded without asking anybody",
    "proposal.refused": "refused by policy",
    "proposal.revision_requested": "sent back with a question",
    "proposal.approved": "approved by people",
    "proposal.denied": "denied",
    "proposal.expired": "expired",
    "proposal.withdrawn": "withdrawn",
    "proposal.returned": "returned to people: the approval no longer holds",
    "proposal.committed": "written",
    "proposal.failed": "could not be written",
    "proposal.outcome_unknown": "the outcome of the write is not known",
    "proposal.discarded": "given up after a failure",
    "proposal.reverted": "taken back",
}
# Sent by a person's hand from the endpoint's page, whatever the endpoint is told of.
TEST = "webhook.test"
