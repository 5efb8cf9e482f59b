"""Types whose values have fields: dataclasses, TypedDict, NamedTuple, pydantic."""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping
from typing import Any, Callable

from .._json import json_value
from .codec import Codec, Load, Schema, SchemaError, of_type

#: The codec of the type of a field; the text says where it is.
CodecOf = Callable[[Any, str], Codec]


class _Field:
    def __init__(self, codec: Codec, *, is_required: bool, default: Any = None) -> None:
        self.codec = codec
        self.is_required = is_required
        self.default = default


def fields_of(kind: Any, hints: Mapping[str, Any], codec_of: CodecOf) -> Codec | None:
    """None for a type that has no fields."""
    where = kind.__qualname__
    if hasattr(kind, "__dataclass_fields__"):
        return _dataclass(kind, hints, codec_of)
    if hasattr(kind, "__required_keys__"):
        fields = {
            name: _Field(
                codec_of(hint, f"{where}.{name}"),
                is_required=_is_required(kind, name, hint),
            )
            for name, hint in hints.items()
        }
        return _object(fields, dict)
    if issubclass(kind, tuple) and hasattr(kind, "_field_defaults"):
        fields = {
            name: _Field(
                codec_of(hint, f"{where}.{name}"),
                is_required=name not in kind._field_defaults,
                default=kind._field_defaults.get(name),
            )
            for name, hint in hints.items()
        }
        return _object(fields, kind)
    return None


def _is_required(kind: Any, name: str, hint: Any) -> bool:
    """Where annotations are texts, a TypedDict does not know itself which are not."""
    mark = getattr(typing.get_origin(hint), "_name", None)
    return (
        mark == "Required" or mark != "NotRequired" and name in kind.__required_keys__
    )


def _dataclass(kind: Any, hints: Mapping[str, Any], codec_of: CodecOf) -> Codec:
    dataclasses = sys.modules["dataclasses"]
    missing = dataclasses.MISSING
    fields: dict[str, _Field] = {}
    for one in kind.__dataclass_fields__.values():
        if not one.init or one.name not in hints:
            continue
        has_default = one.default is not missing or one.default_factory is not missing
        fields[one.name] = _Field(
            codec_of(hints[one.name], f"{kind.__qualname__}.{one.name}"),
            is_required=not has_default,
            default=None if one.default is missing else one.default,
        )
    return _object(fields, kind)


def _object(fields: dict[str, _Field], make: Callable[..., Any]) -> Codec:
    properties: dict[str, Schema] = {}
    for name, one in fields.items():
        schema = one.codec.schema
        if one.default is not None:
            try:
                schema = {**schema, "default": json_value(one.default)}
            except (TypeError, ValueError):
                # A default that JSON does not have is that of the class alone.
                pass
        properties[name] = schema
    whole: Schema = {"type": "object", "properties": properties}
    required = [name for name, one in fields.items() if one.is_required]
    if required:
        whole["required"] = required
    whole["additionalProperties"] = False
    return Codec(whole, _loader(fields, make))


def _loader(fields: dict[str, _Field], make: Callable[..., Any]) -> Load:
    check = of_type(dict, "an object")

    def load(value: Any) -> Any:
        given: dict[str, Any] = {}
        for name, one in check(value).items():
            if name not in fields:
                raise TypeError(f"there is no field {name!r}")
            given[name] = fields[name].codec.load(one)
        lacking = [n for n, one in fields.items() if one.is_required and n not in given]
        if lacking:
            raise TypeError(f"{', '.join(lacking)} is missing")
        return make(**given)

    return load


def pydantic_codec(kind: Any, mode: str, defs: dict[str, Schema]) -> Codec | None:
    """Of a model of pydantic 2."""
    if not hasattr(kind, "model_validate") or not hasattr(kind, "model_json_schema"):
        if hasattr(kind, "__fields__") and hasattr(kind, "parse_obj"):
            raise SchemaError(
                f"{kind.__qualname__} is a model of pydantic 1: use pydantic 2"
            )
        return None
    schema: Schema = kind.model_json_schema(mode=mode)
    defs.update(schema.pop("$defs", {}))
    return Codec(_without_titles(schema, defs), kind.model_validate)


#: pydantic's formats that say something of Python only.
_OWN_FORMATS = (
    "binary",
    "json-string",
    "password",
    "path",
    "file-path",
    "directory-path",
)


def _without_titles(schema: Schema, defs: dict[str, Schema]) -> Schema:
    """pydantic gives each field a title; formats that nobody checks are left out."""

    def cleaned(node: Any, is_map: bool = False) -> Any:
        if isinstance(node, list):
            return [cleaned(one) for one in node]
        if not isinstance(node, dict):
            return node
        kept: dict[str, Any] = {}
        for name, one in node.items():
            if not is_map and name == "title" and isinstance(one, str):
                continue
            if not is_map and name == "format" and one in _OWN_FORMATS:
                continue
            kept[name] = cleaned(one, name in ("properties", "$defs") and not is_map)
        return kept

    for name in list(defs):
        defs[name] = cleaned(defs[name])
    result: Schema = cleaned(schema)
    return result
