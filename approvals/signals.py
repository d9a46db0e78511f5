"""The project's one signal."""

from django.dispatch import Signal

# Sent inside the transaction that approves, with send() and never send_robust(): if the outbox
# cannot take the proposals, their approval must not stand.
# Arguments: proposals (list of approved Proposal rows), at (aware datetime).
proposals_approved = Signal()
