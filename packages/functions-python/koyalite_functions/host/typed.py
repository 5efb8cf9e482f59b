"""Typed functions: what they take and return."""

from __future__ import annotations

import json
from typing import Any, Callable

from .._errors import KoyaError
from .._json import dumps
from .._schema.codec import Codec, Schema, SchemaError
from .._schema.of_types import TypeReader, resolved_hints

#: Of `inspect.CO_…`, which takes a while to load.
_COROUTINE = 0x80 | 0x100
_VARARGS = 0x04
_VARKEYWORDS = 0x08


def is_async(handler: Callable[..., Any]) -> bool:
    """Whether it is an ``async def``."""
    inner = getattr(handler, "__wrapped__", handler)
    code = getattr(inner, "__code__", None) or getattr(
        getattr(type(inner), "__call__", None), "__code__", None
    )
    return code is not None and bool(code.co_flags & _COROUTINE)


class TypedFunction:
    """A handler with its types. Raises a TypeError for one that cannot be called."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self._handler = handler
        inner = getattr(handler, "__wrapped__", handler)
        hints = resolved_hints(inner, inner.__name__)
        self._ctx, self._data = _parameters(inner, hints)
        self._input = self._codec(hints, self._data, "validation")
        self._output = self._codec(hints, "return", "serialization")

    @property
    def input_schema(self) -> Schema | None:
        return None if self._input is None else _said(self._input.schema)

    @property
    def output_schema(self) -> Schema | None:
        """What returns None answers null, whatever is written."""
        if self._output is None or self._output.schema == {"type": "null"}:
            return None
        return _said(self._output.schema)

    def call(self, body: bytes, ctx: Any) -> Any:
        """What the handler returns: of an ``async def`` something to await."""
        given: dict[str, Any] = {}
        if self._ctx is not None:
            given[self._ctx] = ctx
        if self._data is not None:
            value = json.loads(body) if body else None
            given[self._data] = value if self._input is None else self._loaded(value)
        return self._handler(**given)

    def _loaded(self, value: Any) -> Any:
        assert self._input is not None
        try:
            return self._input.load(value)
        except (TypeError, ValueError) as error:
            # The schema allows it, and its type does not: a model's own validator, or a
            # date that there is not.
            raise KoyaError(
                "VALIDATION_ERROR", f"the input is not valid: {error}", status=422
            ) from error

    def _codec(
        self, hints: dict[str, Any], name: str | None, mode: str
    ) -> Codec | None:
        if name is None or name not in hints:
            return None
        where = "what it returns" if name == "return" else name
        return TypeReader(mode).read(hints[name], f"{self._handler.__name__}: {where}")


def _said(schema: Schema) -> Schema | None:
    """None for one that allows anything: the server takes a map without keywords for
    one of fields.
    """
    keywords = ("type", "enum", "anyOf", "$ref", "properties")
    return schema if any(name in schema for name in keywords) else None


def answer_of(result: Any) -> bytes | None:
    """JSON; None for None."""
    if result is None:
        return None
    if type(result).__name__ == "Response":
        raise TypeError(
            "the handler of @function() returned a Response: for HTTP as it is, write"
            " `def handler(request)` without @function()"
        )
    try:
        return dumps(result).encode()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"what the function returned cannot be JSON: {error}"
        ) from error


def _parameters(
    handler: Callable[..., Any], hints: dict[str, Any]
) -> tuple[str | None, str | None]:
    """The names of those for ctx and for the input."""
    code = handler.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if code.co_flags & (_VARARGS | _VARKEYWORDS):
        raise SchemaError(
            f"{handler.__name__}: a function has no *args and no **kwargs"
        )
    if code.co_posonlyargcount:
        raise SchemaError(
            f"{handler.__name__}: a function has no parameters before '/'"
        )
    ctx: str | None = None
    others = []
    for name in names:
        is_ctx = name == "ctx" or getattr(hints.get(name), "__name__", "") in _CTX_NAMES
        if is_ctx and ctx is None:
            ctx = name
        else:
            others.append(name)
    if len(others) > 1:
        raise SchemaError(
            f"{handler.__name__}: a function takes ctx and one input, not"
            f" {', '.join(others)}: put them into a dataclass"
        )
    return ctx, others[0] if others else None


_CTX_NAMES = ("Ctx", "AsyncCtx")
