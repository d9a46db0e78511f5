"""The inbox: whose it is, what it says, what it costs."""

import datetime as dt

import pytest
import time_machine

from tests.factories import AT, create_draft, create_proposal
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A4")]
LATER = AT + dt.timedelta(minutes=30)
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def at_work():
    with time_machine.travel(LATER, tick=False):
        yield


def text_of(response) -> str:
    assert response.status_code == 200
    return read(response.content.decode()).text()


class TestRows:
    def test_say_what_changes_from_what_to_what_how_sure_and_until_when(self, record, signed_in):
        create_proposal()

        text = text_of(signed_in("ben").get("/"))

        assert "Northwind renewal" in text
        assert "Opportunity · StageName" in text
        assert "Prospecting" in text
        assert "Qualification" in text
        assert "90%" in text
        assert "3 h 30 min left" in text

    def test_warn_of_what_must_not_be_missed(self, record, signed_in):
        create_proposal(draft=create_draft(action="change_amount", fields={"Amount": 21000.0}))

        assert "Human-only action" in text_of(signed_in("cleo").get("/"))

    def test_lead_to_the_review(self, record, signed_in):
        proposal = create_proposal()

        reading = read(signed_in("ben").get("/").content.decode())

        links = [a["href"] for tag, a in reading.elements if "row-link" in a.get("class", "")]
        assert links == [f"/proposals/{proposal.pk}/"]
