"""Values that functions return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from .documents import Kind, parse_value


def parse_output(output: Any, kinds: Mapping[str, Kind]) -> Any:
    """What a function returned, with the values of their kinds at their places.

    Places are such as ``made_at`` and ``days/*``: each element of a list, or value of a
    dict; the empty one is the output itself.
    """
    for place, kind in kinds.items():
        output = _parsed(output, place.split("/") if place else [], kind)
    return output


def _parsed(value: object, steps: Sequence[str], kind: Kind) -> Any:
    if not steps:
        return parse_value(kind, value)
    name, rest = steps[0], steps[1:]
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [_parsed(one, rest, kind) for one in items] if name == "*" else items
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value)
        return {
            key: _parsed(one, rest, kind) if name in ("*", key) else one
            for key, one in parts.items()
        }
    return value
