"""What somebody of staff still has to take away goes to others when they leave."""

import pytest

from audit.models import Entry
from orchestrator.duties.models import DutyLine
from orchestrator.notifications.models import Notification
from orchestrator.people import accounts, handing_over
from orchestrator.people.handing_over import CannotHandOver
from tests.duties.scene import FIRST, line, opened, set_up, sign, staff
from tests.factories import get_user

pytestmark = [pytest.mark.django_db, pytest.mark.req("B4")]


@pytest.fixture
def asked() -> DutyLine:
    """Return a line about Uma of staff, which Sina of staff has to carry out by hand."""
    set_up()
    for name in ("sina", "tess", "uma"):
        staff(name)
    found = sign(line(opened(), "staff", subject_id="uma"), get_user("frank"), "revoke")
    assert (found.state, found.follow_up_by) == ("revoke_asked", get_user("sina"))
    return found


def hand_over(found: DutyLine, to: str) -> None:
    handing_over.hand_over(
        person=get_user("sina"),
        successors={f"follow-up:{found.pk}": get_user(to)},
        by=get_user("tess"),
        reason="She moves on.",
        at=FIRST,
    )


def whose(found: DutyLine) -> str:
    follower = DutyLine.objects.get(pk=found.pk).follow_up_by
    return follower.username if follower else ""


class TestAFollowUpOfSomebodyWhoLeaves:
    def test_goes_to_somebody_else_of_staff_who_is_told(self, asked):
        accounts.close_account(
            person=get_user("sina"), successors={}, by=get_user("tess"), reason="Left.", at=FIRST
        )

        assert whose(asked) == "tess"
        entry = Entry.objects.filter(event="duty.handed_on").latest("pk")
        assert (entry.detail["previous"], entry.detail["to"]) == ("sina", "tess")
        assert Notification.objects.filter(person__username="tess", event="duty.follow_up")

    def test_is_handed_to_the_one_who_was_chosen(self, asked):
        hand_over(asked, "tess")

        assert whose(asked) == "tess"

    @pytest.mark.parametrize("to", ["uma", "dora"])
    def test_is_refused_to_whom_it_is_about_and_to_who_is_not_of_staff(self, asked, to):
        get_user("dora")

        with pytest.raises(CannotHandOver):
            hand_over(asked, to)

        assert whose(asked) == "sina"
