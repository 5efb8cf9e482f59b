"""A type: its JSON Schema, and how a value of it is made of JSON."""

from __future__ import annotations

import sys
from datetime import date, datetime, time
from typing import Any, Callable

Schema = dict[str, Any]
Load = Callable[[Any], Any]


class SchemaError(TypeError):
    """A type that no JSON Schema says."""


class Codec:
    """`load` raises a TypeError or ValueError for what the schema does not allow."""

    def __init__(self, schema: Schema, load: Load) -> None:
        self.schema = schema
        self.load = load


def of_type(kind: type, name: str) -> Load:
    """Takes values of one type alone, of JSON's."""

    def load(value: Any) -> Any:
        if not isinstance(value, kind) or kind is not bool and isinstance(value, bool):
            raise TypeError(f"expected {name}, not {value!r}")
        return value

    return load


_text = of_type(str, "a text")


def _load_int(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
        raise TypeError(f"expected a whole number, not {value!r}")
    return int(value)


def _load_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"expected a number, not {value!r}")
    return float(value)


def _load_datetime(value: Any) -> datetime:
    return datetime.fromisoformat(_text(value).upper().replace("Z", "+00:00"))


def _load_bytes(value: Any) -> bytes:
    from base64 import b64decode

    return b64decode(_text(value), validate=True)


def _load_none(value: Any) -> None:
    if value is not None:
        raise TypeError(f"expected null, not {value!r}")


#: Of types that need no other module.
SIMPLE: dict[Any, Codec] = {
    Any: Codec({}, lambda value: value),
    object: Codec({}, lambda value: value),
    str: Codec({"type": "string"}, _text),
    int: Codec({"type": "integer"}, _load_int),
    float: Codec({"type": "number"}, _load_float),
    bool: Codec({"type": "boolean"}, of_type(bool, "true or false")),
    bytes: Codec({"type": "string", "format": "byte"}, _load_bytes),
    type(None): Codec({"type": "null"}, _load_none),
    datetime: Codec({"type": "string", "format": "date-time"}, _load_datetime),
    date: Codec(
        {"type": "string", "format": "date"},
        lambda value: date.fromisoformat(_text(value)),
    ),
    time: Codec(
        {"type": "string", "format": "time"},
        lambda value: time.fromisoformat(_text(value).replace("Z", "+00:00")),
    ),
    dict: Codec({"type": "object"}, of_type(dict, "an object")),
    list: Codec({"type": "array"}, of_type(list, "an array")),
}

_DECIMAL = r"^-?\d+(\.\d+)?$"


def module_codec(kind: Any) -> Codec | None:
    """Of UUID and Decimal, whose modules are only loaded where the code does."""
    uuid, decimal = sys.modules.get("uuid"), sys.modules.get("decimal")
    if uuid is not None and kind is uuid.UUID:
        return Codec(
            {"type": "string", "format": "uuid"}, lambda value: kind(_text(value))
        )
    if decimal is not None and kind is decimal.Decimal:
        return Codec(
            {"type": "string", "pattern": _DECIMAL}, lambda value: kind(_text(value))
        )
    return None


def choice(codecs: list[Codec]) -> Codec:
    """The first that a value is right for. A type with null is written as one."""
    schemas = [codec.schema for codec in codecs]
    nulls = [one for one in schemas if one == {"type": "null"}]
    others = [one for one in schemas if one != {"type": "null"}]
    if nulls and len(others) == 1 and isinstance(others[0].get("type"), str):
        schema = {**others[0], "type": [others[0]["type"], "null"]}
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    elif any(one == {} for one in schemas):
        schema = {}
    else:
        schema = {"anyOf": schemas}

    def load(value: Any) -> Any:
        problems: list[str] = []
        for codec in codecs:
            try:
                return codec.load(value)
            except (TypeError, ValueError) as error:
                problems.append(str(error))
        raise TypeError("; ".join(problems))

    return Codec(schema, load)


def array(item: Codec, make: Callable[[list[Any]], Any], more: Schema) -> Codec:
    check = of_type(list, "an array")
    schema = {
        "type": "array",
        **({"items": item.schema} if item.schema else {}),
        **more,
    }
    return Codec(schema, lambda value: make([item.load(one) for one in check(value)]))


def fixed_array(items: list[Codec]) -> Codec:
    check = of_type(list, "an array")
    count = len(items)
    schema = {
        "type": "array",
        "prefixItems": [item.schema for item in items],
        "minItems": count,
        "maxItems": count,
    }

    def load(value: Any) -> Any:
        if len(check(value)) != count:
            raise TypeError(f"expected {count} items, not {len(value)}")
        return tuple(item.load(one) for item, one in zip(items, value))

    return Codec(schema, load)


def mapping(value_codec: Codec) -> Codec:
    check = of_type(dict, "an object")
    schema: Schema = {"type": "object"}
    if value_codec.schema:
        schema["additionalProperties"] = value_codec.schema
    return Codec(
        schema,
        lambda value: {key: value_codec.load(one) for key, one in check(value).items()},
    )


def constants(values: list[Any], load: Load) -> Codec:
    """Of a Literal or an Enum."""
    kinds = {
        "string"
        if isinstance(one, str)
        else "boolean"
        if isinstance(one, bool)
        else "integer"
        for one in values
        if one is not None
    }
    schema: Schema = {"enum": values}
    if len(kinds) == 1:
        kind = kinds.pop()
        schema = {"type": [kind, "null"] if None in values else kind, **schema}
    return Codec(schema, load)
