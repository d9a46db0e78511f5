"""SOQL for the simulator: a query and an org in, JSON-ready records out."""

from orchestrator.simulator.soql.engine import run_query
from orchestrator.simulator.soql.errors import SoqlError
from orchestrator.simulator.soql.source import (
    ChildRelationship,
    FieldInfo,
    ObjectInfo,
    QueryResult,
    Row,
    RowSource,
)

__all__ = [
    "ChildRelationship",
    "FieldInfo",
    "ObjectInfo",
    "QueryResult",
    "Row",
    "RowSource",
    "SoqlError",
    "run_query",
]
