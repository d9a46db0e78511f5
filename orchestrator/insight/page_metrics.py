"""What the metrics page tells of pages: open ones, unanswered ones, how long answers take."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from prometheus_client.core import GaugeMetricFamily

WINDOW = dt.timedelta(days=7)
READ = """
WITH waiting AS (
  SELECT exhausted_at FROM paging_pagecall WHERE state IN ('called', 'acknowledged', 'exhausted')
), answered AS (
  SELECT extract(epoch FROM min(t.acknowledged_at) - p.opened_at) AS took
  FROM paging_pagecall p JOIN paging_pageturn t ON t.page_id = p.id
  WHERE p.opened_at >= %s AND p.opened_at < %s
  GROUP BY p.id
)
SELECT
  (SELECT count(*) FROM waiting),
  (SELECT count(exhausted_at) FROM waiting),
  (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FROM answered),
  (SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY took) FROM answered)
"""


def families(at: dt.datetime) -> Iterator[GaugeMetricFamily]:
    """Yield the metrics of pages, from one query."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [at - WINDOW, at])
        waiting, unanswered, *quantiles = cursor.fetchone()
    pages = GaugeMetricFamily(
        "countersign_pages", "Open pages, and those of them that nobody answers", labels=["state"]
    )
    pages.add_metric(["open"], waiting)
    pages.add_metric(["unanswered"], unanswered)
    yield pages
    answers = GaugeMetricFamily(
        "countersign_page_answer_seconds",
        "How long people took to answer the pages of the last seven days",
        labels=["quantile"],
    )
    for quantile, seconds in zip(("0.5", "0.95"), quantiles, strict=True):
        if seconds is not None:
            answers.add_metric([quantile], seconds)
    yield answers
