"""The triggers that write an outcome: whatever code moves a proposal, none can forget it."""

import pgtrigger

from approvals.states import ANNOUNCED, BACK_TO_PEOPLE_FROM, ProposalState

# In the order of the table of moves, so that the triggers read the same on every machine.
WORTH_TELLING = ", ".join(f"'{state}'" for state in ProposalState if state in ANNOUNCED)
WRITTEN_ONCE = ", ".join(f"'{state}'" for state in ProposalState if state in BACK_TO_PEOPLE_FROM)

# The time is the one that the move itself was given: a clock that is ahead of the database's must
# not put an outcome before its cause. Only a hand in the database leaves none.
RECORD = """
INSERT INTO approvals_outcome
    (proposal_id, sequence, state, revision, digest, outcome_code, at, tries)
VALUES (
    NEW.id,
    (SELECT coalesce(max(sequence), 0) + 1 FROM approvals_outcome WHERE proposal_id = NEW.id),
    NEW.state, NEW.revision_number, NEW.digest, NEW.outcome_code,
    coalesce(
        NEW.closed_at,
        CASE WHEN NEW.state = 'approved' THEN NEW.approved_at ELSE NEW.moved_at END,
        clock_timestamp()
    ),
    0
);
RETURN NULL;
"""

OUTCOME_TRIGGERS = [
    pgtrigger.Trigger(
        name="outcome_of_a_move",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "OLD.state IS DISTINCT FROM NEW.state AND ("
            f"NEW.state IN ({WORTH_TELLING})"
            # By people only: what is approved by itself, put off or requeued is no news.
            " OR (NEW.state = 'approved' AND OLD.state = 'in_review')"
            f" OR (NEW.state = 'in_review' AND OLD.state IN ({WRITTEN_ONCE})))"
        ),
        func=RECORD,
    ),
    pgtrigger.Trigger(
        name="outcome_of_a_new_row",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition(f"NEW.state IN ({WORTH_TELLING})"),
        func=RECORD,
    ),
]
