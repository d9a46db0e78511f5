"""Does a typed value fit its field?"""

import pytest

from approvals.value_checks import faults_of, full_reference
from orchestrator.connectors.base import FieldDescription
from orchestrator.connectors.errors import BadRecordId
from tests.fake_connector import FakeCrm

pytestmark = pytest.mark.req("A4")


def field(kind, **more):
    given = {"nillable": True, "createable": True, "updateable": True, **more}
    return FieldDescription(name="F", label="F", type=kind, **given)


CHOICE = field("picklist", picklist=("Hot", "Cold"), restricted=True)
SEVERAL = field("multipicklist", picklist=("A", "B"), restricted=True)
MONEY = field("currency", digits=8, scale=2)


@pytest.mark.parametrize(
    ("value", "described"),
    [
        ("Hot", CHOICE),
        ("Lukewarm", field("picklist", picklist=("Hot",))),
        ("A;B", SEVERAL),
        (999999.99, MONEY),
        (-12, MONEY),
        (1e6, field("double")),
        (5, field("int", digits=9)),
        (True, field("boolean", nillable=False)),
        ("2026-12-24", field("date")),
        ("2026-12-24T10:00:00.000+0000", field("datetime")),
        ("abc", field("string", length=3)),
        (None, field("string")),
        ("", field("string")),
    ],
)
def test_takes_what_fits(value, described):
    assert faults_of(value, described) == []


@pytest.mark.parametrize(
    ("value", "described", "words"),
    [
        ("Lukewarm", CHOICE, "Lukewarm: the CRM takes only Hot, Cold."),
        ("A;C", SEVERAL, "C: the CRM takes only A, B."),
        (1234567, MONEY, "At most 6 digits fit before the point."),
        (1.234, MONEY, "At most 2 digits fit behind the point."),
        (1.5, field("int", digits=9), "Write a whole number."),
        (True, MONEY, "Write a number."),
        ("12", MONEY, "Write a number."),
        (float("nan"), MONEY, "Write a number."),
        ("yes", field("boolean"), "Choose yes or no."),
        ("24.12.2026", field("date"), "Write a date, such as 2026-12-24."),
        ("2026-12-24T10:00:00", field("datetime"), "Write a date and a time."),
        ("abcd", field("string", length=3), "At most 3 characters fit here; these are 4."),
        (5, field("string"), "Write a text."),
        (None, field("string", nillable=False), "This field cannot be empty."),
    ],
)
def test_says_what_does_not_fit(value, described, words):
    assert faults_of(value, described) == [words]


def test_reads_the_id_of_another_record_in_full():
    described = field("reference", references=("Account",))

    assert full_reference("001000000000001", described, FakeCrm()) == "001000000000001AAA"
    with pytest.raises(BadRecordId):
        full_reference("acme", described, FakeCrm())
