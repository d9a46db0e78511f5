"""Errors as RFC 9457 problem details: a stable code, a title, and a sentence that helps."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from orchestrator.kernel.errors import DomainError

CONTENT_TYPE = "application/problem+json"


def problem(
    *,
    status: int,
    code: str,
    title: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return the answer; `type` is the code's paragraph on the documentation page."""
    body = {
        "type": f"/api/v1/docs#{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **(extra or {}),
    }
    return HttpResponse(
        json.dumps(body), status=status, content_type=CONTENT_TYPE, headers=dict(headers or {})
    )


def problem_of(error: DomainError) -> HttpResponse:
    """Return the answer for a refusal of the domain."""
    retry = error.extra.get("retry_after")
    return problem(
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        extra={name: value for name, value in error.extra.items() if value is not None},
        headers={"Retry-After": str(retry)} if retry else None,
    )
