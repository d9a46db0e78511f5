"""What happens to an agent's proposals, and a worker that tells of it."""

from orchestrator.webhooks import delivering, enqueueing
from orchestrator.webhooks.enqueueing import NewEvent
from tests.factories import AT

LATE = 15.0


def happen(agent, *, event="proposal.committed", count=1, at=AT):
    """Put events in the queue; return how many messages that makes."""
    return enqueueing.enqueue(
        events=[
            NewEvent(
                agent_id=agent.pk,
                event=event,
                at=at,
                subject_id=f"prp_{number}",
                data={"id": f"prp_{number}"},
            )
            for number in range(count)
        ],
        at=at,
    )


def deliver(clock, timeout=LATE):
    return delivering.deliver_due(at_clock=clock, timeout=timeout)
