"""What the frame of every page says of orgs and workers, in one statement."""

import datetime as dt
from typing import NamedTuple

from django.db import connection

from orchestrator.commits import breaker, pulses
from orchestrator.commits.breaker import Cause
from orchestrator.commits.gate_lines import Pause, waiting_in
from orchestrator.commits.pulses import Silence

STANDING = """
SELECT 'gate', o.slug, g.cause, g.paused_at, g.org_id
FROM commits_gate g JOIN orgs_org o ON o.id = g.org_id WHERE g.state <> 'closed'
UNION ALL
SELECT 'pulse', p.part, '', p.at, NULL FROM commits_pulse p
ORDER BY 1, 2
"""


class Standing(NamedTuple):
    """The orgs to which nothing is written now, and the parts that show no sign of life."""

    pauses: list[Pause]
    silences: list[Silence]


def standing(*, started_at: dt.datetime, at: dt.datetime) -> Standing:
    """Return what stands still now; one small query while nothing does."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        rows = cursor.fetchall()
    seen = {name: moment for kind, name, _, moment, _ in rows if kind == "pulse"}
    paused = [
        Pause(slug, breaker.WORDS[Cause(cause)], since, waiting_in(org_id))
        for kind, slug, cause, since, org_id in rows
        if kind == "gate"
    ]
    return Standing(paused, pulses.silences(seen, started_at=started_at, at=at))
