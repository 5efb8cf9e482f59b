"""The parameters and results of aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .documents import CollectionInfo, Kind, Schema, parse_value
from .values import dumps, json_value


def aggregate_params(
    values: Sequence[str],
    group: Sequence[str],
    *,
    having: Mapping[str, object] | None,
    sort: Sequence[str],
    limit: int | None,
    timezone: str | None,
) -> dict[str, str]:
    """As parameters of the URL."""
    params = {
        "values": ",".join(values),
        "group": ",".join(group),
        "having": "" if having is None else dumps(json_value(having)),
        "sort": ",".join(sort),
        "limit": "" if limit is None else str(limit),
        "timezone": timezone or "",
    }
    return {name: value for name, value in params.items() if value}


def parse_groups(
    groups: list[dict[str, Any]],
    info: CollectionInfo,
    schema: Schema,
    *,
    values: Sequence[str],
    group: Sequence[str],
) -> list[dict[str, Any]]:
    """Groups with a ``datetime`` where they have a timestamp.

    That is one to group by (not its month), the first and the last one.
    """
    outputs = [_output(entry, is_value=False) for entry in group] + [
        _output(entry, is_value=True) for entry in values
    ]
    kinds: dict[str, Kind | None] = {
        name: _kind_of(path, info, schema) for name, path in outputs if path is not None
    }
    return [
        {name: parse_value(kinds.get(name), value) for name, value in one.items()}
        for one in groups
    ]


def _output(entry: str, *, is_value: bool) -> tuple[str, str | None]:
    """What an entry is called in the groups, and which field has its values."""
    parts = entry.split(":")
    alias = parts[-1] if len(parts) > 2 and parts[-2] == "as" else None
    first, *rest = parts[:-2] if alias is not None else parts
    second = rest[0] if rest else None
    if not is_value:
        return alias or first, first if second is None else None
    path = second if first in ("min", "max") else None
    return alias or (first if second is None else f"{first}_{second}"), path


def _kind_of(path: str, info: CollectionInfo, schema: Schema) -> Kind | None:
    *steps, field = path.split(".")
    for step in steps:
        relation = info.relations.get(step)
        if relation is None:
            return None
        info = schema[relation.collection]
    return info.kinds.get(field)
