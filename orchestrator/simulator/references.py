"""`@{reference.path}` in a composite request: what an earlier answer said."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from orchestrator.simulator.errors import Refusal, refusal

REFERENCE = re.compile(r"@\{([A-Za-z0-9][A-Za-z0-9_]*)((?:\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\])+)\}")
STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")
Answers = Mapping[str, Any]


def fill_text(text: str, answers: Answers) -> str:
    """
    Return an address with its references replaced and encoded.

    :raises Refusal: PROCESSING_HALTED if one leads nowhere
    """
    return REFERENCE.sub(lambda found: quote(_as_text(_value(found, answers)), safe=""), text)


def fill(value: Any, answers: Answers) -> Any:
    """
    Return a body with its references replaced; one that is the whole text keeps its type.

    :raises Refusal: PROCESSING_HALTED if one leads nowhere
    """
    if isinstance(value, str):
        whole = REFERENCE.fullmatch(value)
        if whole:
            return _value(whole, answers)
        return REFERENCE.sub(lambda found: _as_text(_value(found, answers)), value)
    if isinstance(value, dict):
        return {key: fill(one, answers) for key, one in value.items()}
    if isinstance(value, list):
        return [fill(one, answers) for one in value]
    return value


def names(value: Any) -> set[str]:
    """Return which earlier answers an address or a body refers to."""
    if isinstance(value, str):
        return {found[1] for found in REFERENCE.finditer(value)}
    if isinstance(value, dict):
        return set().union(*(names(one) for one in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(names(one) for one in value))
    return set()


def _value(found: re.Match[str], answers: Answers) -> Any:
    name, path = found[1], found[2]
    if name not in answers:
        raise _unresolved(name, path)
    value = answers[name]
    for key, index in STEP.findall(path):
        if key and isinstance(value, dict) and key in value:
            value = value[key]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise _unresolved(name, path)
    if isinstance(value, dict | list):
        raise _unresolved(name, path)
    return value


def _unresolved(name: str, path: str) -> Refusal:
    message = f"Invalid reference specified. No value for {name}{path} found in {name}"
    return refusal("PROCESSING_HALTED", message)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
