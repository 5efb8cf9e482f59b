"""JSON Schema of the types of a function."""

from __future__ import annotations

import collections.abc
import sys
import typing
from collections.abc import Mapping
from typing import Any

from .bounds import keywords
from .codec import (
    SIMPLE,
    Codec,
    Load,
    Schema,
    SchemaError,
    array,
    choice,
    constants,
    fixed_array,
    mapping,
    module_codec,
)
from .objects import fields_of, pydantic_codec

_LISTS = (
    list,
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
)
_SETS = (set, frozenset, collections.abc.Set)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


class TypeReader:
    """Reads the types of one side of a function: what it takes, or what it returns."""

    def __init__(self, mode: str) -> None:
        """`mode` is ``validation`` or ``serialization``, as pydantic says it."""
        self._mode = mode
        self._defs: dict[str, Schema] = {}
        #: Types with fields that are being read: one within itself is referred to.
        self._open: set[Any] = set()
        self._recursive: set[Any] = set()
        self._loads: dict[Any, Load] = {}

    def read(self, hint: Any, where: str) -> Codec:
        """Raises a SchemaError that says where."""
        codec = self._codec(hint, where)
        defs = {"$defs": self._defs} if self._defs else {}
        return Codec({**codec.schema, **defs}, codec.load)

    def _codec(self, hint: Any, where: str) -> Codec:
        if hint is None:
            return SIMPLE[type(None)]
        try:
            known = SIMPLE.get(hint) or module_codec(hint)
        except TypeError:
            known = None
        if known is not None:
            return known
        if hasattr(hint, "__supertype__"):
            return self._codec(hint.__supertype__, where)
        if type(hint).__name__ == "TypeAliasType":
            return self._codec(hint.__value__, where)
        if hasattr(hint, "__metadata__"):
            return self._annotated(hint, where)
        origin = typing.get_origin(hint)
        if origin is not None:
            return self._generic(hint, origin, typing.get_args(hint), where)
        if isinstance(hint, type):
            return self._class(hint, where)
        raise SchemaError(f"{where}: {hint!r} has no JSON Schema")

    def _annotated(self, hint: Any, where: str) -> Codec:
        inner = self._codec(hint.__origin__, where)
        schema = {**inner.schema, **keywords(hint.__metadata__, inner.schema)}
        return Codec(schema, inner.load)

    def _generic(self, hint: Any, origin: Any, args: Any, where: str) -> Codec:
        name = getattr(origin, "__name__", None) or getattr(
            origin, "_name", str(origin)
        )
        if origin is typing.Union or name == "UnionType":
            return choice([self._codec(one, where) for one in args])
        if origin is typing.Literal:
            return constants(list(args), _one_of(args))
        if name in ("Required", "NotRequired", "ReadOnly", "Final"):
            return self._codec(args[0], where)
        if origin is tuple:
            if len(args) == 2 and args[1] is Ellipsis:
                return array(self._codec(args[0], f"{where}[]"), tuple, {})
            return fixed_array(
                [self._codec(one, f"{where}[{i}]") for i, one in enumerate(args)]
            )
        if origin in _LISTS:
            return array(self._codec(args[0], f"{where}[]"), list, {})
        if origin in _SETS:
            make = frozenset if origin is frozenset else set
            return array(
                self._codec(args[0], f"{where}[]"), make, {"uniqueItems": True}
            )
        if origin in _MAPS:
            if args[0] is not str and args[0] is not Any:
                raise SchemaError(
                    f"{where}: the keys of JSON objects are texts: dict[str, …]"
                )
            return mapping(self._codec(args[1], f"{where}[…]"))
        raise SchemaError(f"{where}: {hint!r} has no JSON Schema")

    def _loader_of(self, kind: Any) -> Load:
        def load(value: Any) -> Any:
            return self._loads[kind](value)

        return load

    def _class(self, kind: Any, where: str) -> Codec:
        enum = sys.modules.get("enum")
        if enum is not None and issubclass(kind, enum.Enum):
            return constants([one.value for one in kind], kind)
        if kind in (set, frozenset, tuple):
            return array(
                SIMPLE[Any], kind, {} if kind is tuple else {"uniqueItems": True}
            )
        pydantic = pydantic_codec(kind, self._mode, self._defs)
        if pydantic is not None:
            return pydantic
        if kind in self._open:
            self._recursive.add(kind)
            # How it is loaded is known when it is read to its end.
            return Codec(_reference(kind), self._loader_of(kind))
        self._open.add(kind)
        try:
            codec = fields_of(kind, _hints(kind), self._codec)
        finally:
            self._open.discard(kind)
        if codec is None:
            raise SchemaError(
                f"{where}: {kind.__qualname__} has no JSON Schema: use a dataclass, a"
                " TypedDict or a model of pydantic"
            )
        self._loads[kind] = codec.load
        if kind not in self._recursive:
            return codec
        self._defs[kind.__name__] = codec.schema
        return Codec(_reference(kind), codec.load)


def _reference(kind: Any) -> Schema:
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _one_of(values: Any) -> Load:
    allowed: list[Any] = list(values)

    def load(value: Any) -> Any:
        # 1 is no True.
        if not any(type(one) is type(value) and one == value for one in allowed):
            raise ValueError(f"expected one of {allowed!r}, not {value!r}")
        return value

    return load


def _hints(kind: Any) -> Mapping[str, Any]:
    return resolved_hints(kind, kind.__qualname__)


def resolved_hints(of: Any, where: str) -> dict[str, Any]:
    """The annotations of a class or function, as types. Raises a SchemaError."""
    extras: Any = {"include_extras": True} if sys.version_info >= (3, 9) else {}
    try:
        return typing.get_type_hints(of, **extras)
    except NameError as error:
        raise SchemaError(
            f"{where}: {error}. What a function takes and returns must be imported when it"
            " runs, not under TYPE_CHECKING alone"
        ) from error
    except TypeError as error:
        raise SchemaError(
            f"{where}: its types cannot be read: {error}. In Python 3.9, X | None is"
            " Optional[X]"
        ) from error
