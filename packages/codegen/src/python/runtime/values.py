"""Values of Python as the JSON that the server takes."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast
from uuid import UUID

from .documents import CollectionInfo, Document, Kind, to_dict
from .errors import InvalidRequestError, KoyaliteError, invalid_value

#: Integers are exact up to here in JSON, as most programs read it.
MAX_INT = 2**53 - 1


def dumps(value: object) -> str:
    """JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def input_json(
    info: CollectionInfo, data: Mapping[str, object], fields: Mapping[str, object]
) -> dict[str, Any]:
    """A new document or a patch as the server takes it.

    Raises a ValidationError where JSON would change a value silently.
    """
    return {
        info.wire_name(name): _wire(value, name, info.kinds.get(info.wire_name(name)))
        for name, value in {**data, **fields}.items()
    }


def filter_json(
    info: CollectionInfo, condition: Mapping[str, object]
) -> dict[str, Any]:
    """A filter as the server takes it.

    Raises an InvalidRequestError (INVALID_FILTER) where a value has no JSON.
    """
    try:
        return {
            info.wire_name(name): _filter_value(info, name, value)
            for name, value in condition.items()
        }
    except KoyaliteError as error:
        raise InvalidRequestError(error.message, code="INVALID_FILTER") from error


def _filter_value(info: CollectionInfo, name: str, value: object) -> Any:
    if name == "$not":
        return filter_json(info, cast("Mapping[str, object]", value))
    if name in ("$and", "$or"):
        return [
            filter_json(info, one)
            for one in cast("Sequence[Mapping[str, object]]", value)
        ]
    return _wire(value, name, info.kinds.get(info.wire_name(name)))


def json_value(value: object) -> Any:
    """Any value as JSON has it: a parameter of ``where``, the body of a request."""
    return _wire(value, "value", None)


def to_json(documents: Document | Sequence[Document]) -> str:
    """The JSON of a document, or of a list of them, with the names that the API has.

    Timestamps and dates are ISO 8601, bytes are base64.
    """
    return dumps(json_value(documents))


def _wire(value: object, name: str, kind: Kind | None) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > MAX_INT:
                raise invalid_value(
                    name, "is beyond ±(2^53 - 1), up to which integers are exact"
                )
            return value
        case float():
            if not math.isfinite(value):
                raise invalid_value(name, f"is {value}, which JSON does not have")
            return value
        case datetime():
            if kind == "date":
                raise invalid_value(
                    name, "is a date: give a datetime.date, not a datetime"
                )
            return _timestamp(value, name)
        case date():
            return value.isoformat()
        case bytes() | bytearray():
            return base64.b64encode(value).decode("ascii")
        case UUID():
            return str(value)
        case Document():
            return _wire(to_dict(value), name, None)
        case Mapping():
            entries = cast("Mapping[object, object]", value).items()
            return {str(key): _wire(one, name, kind) for key, one in entries}
        case list() | tuple() | set() | frozenset():
            return [_wire(one, name, kind) for one in cast("Sequence[object]", value)]
        case _:
            raise invalid_value(
                name,
                f"has a value of type {type(value).__name__}, which JSON does not have",
            )


def _timestamp(value: datetime, name: str) -> str:
    if value.utcoffset() is None:
        raise invalid_value(
            name, "is a datetime without a time zone: give one, like datetime.now(UTC)"
        )
    # isoformat truncates to milliseconds, as the server does.
    return (
        value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
        + "Z"
    )
