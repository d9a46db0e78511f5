"""The OpenAPI description, with what the framework leaves out."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from orchestrator.gateway.problems import CONTENT_TYPE


class ContractApi(NinjaAPI):
    """An API whose description says `application/problem+json` where errors are."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description."""
        schema = super().get_openapi_schema(**options)
        for path in schema.get("paths", {}).values():
            for operation in path.values():
                for status, response in operation.get("responses", {}).items():
                    _mark_problem(int(status), response)
        return schema


def _mark_problem(status: int, response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if status >= 400 and "application/json" in content:
        content[CONTENT_TYPE] = content.pop("application/json")
