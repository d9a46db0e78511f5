"""The review page shows text of agents and of the CRM, and never becomes it."""

import pytest

from tests.factories import (
    EVIDENCE,
    create_draft,
    create_proposal,
)
from tests.pages import text_of
from tests.web.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.req("A5")]
ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</bdi></h1><iframe src='javascript:alert(1)'></iframe>",
    "</textarea></pre><u>{{ request }}</u>",
]


class TestHostileText:
    @pytest.mark.parametrize("show", ["fields", "json"])
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_never_becomes_markup(self, attack, show, crm, record, signed_in):
        crm.edit(record, Name=attack[:80], NextStep=attack)
        evidence = {"kind": "quote", "title": attack, "quote": attack, "supports": [attack]}
        draft = create_draft(
            title=attack,
            reason_text=attack,
            evidence=[*EVIDENCE, evidence],
            fields={"NextStep": f"{attack} new"},
        )
        proposal = create_proposal(draft=draft)
        client = signed_in("ben")
        plain = read(client.get(f"/proposals/{plain_proposal(crm)}/?show={show}").content.decode())

        for address in (f"/proposals/{proposal.pk}/?show={show}", "/"):
            reading = read(client.get(address).content.decode())
            assert not [name for _, found in reading.elements for name in found if name[:2] == "on"]
            assert not [tag for tag, _ in reading.elements if tag in ("img", "iframe", "u", "b")]
            assert [tag for tag, _ in reading.elements].count("script") == (
                [tag for tag, _ in plain.elements].count("script")
            )
            hrefs = [found.get("href", "") for _, found in reading.elements]
            assert not [href for href in hrefs if href.startswith("javascript")]

    def test_is_marked_where_a_reader_could_be_misled(self, record, signed_in):
        draft = create_draft(
            title="pay\u202e001", reason_text="a\u200bb", fields={"NextStep": "x\u2066y"}
        )
        proposal = create_proposal(draft=draft)

        text = text_of(signed_in("ben").get(f"/proposals/{proposal.pk}/"))

        for mark in ("⟦U+202E⟧", "⟦U+200B⟧", "⟦U+2066⟧"):
            assert mark in text
        for hidden in "\u202e\u200b\u2066":
            assert hidden not in text


def plain_proposal(crm) -> str:
    key = crm.add("Opportunity", Name="Plain", StageName="Prospecting", Amount=1.0)
    return create_proposal(draft=create_draft(record_id=key.record_id)).pk
