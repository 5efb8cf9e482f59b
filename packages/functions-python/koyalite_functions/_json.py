"""Values of Python as JSON has them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from math import isfinite
from typing import Any

#: Integers are exact up to here in JSON, as most programs read it.
MAX_INT = 2**53 - 1


def dumps(value: Any) -> str:
    """JSON without spaces, of anything that has some. Raises a TypeError or ValueError."""
    return json.dumps(json_value(value), separators=(",", ":"), allow_nan=False)


def json_value(value: Any) -> Any:
    """What JSON has of a value."""
    if value is None or isinstance(value, (str, bool)):
        # Also of an enum whose members are texts.
        return str.__str__(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if abs(value) > MAX_INT:
            raise ValueError(
                f"{value} is beyond ±(2^53 - 1), up to which integers are exact in JSON:"
                " give it as a text"
            )
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"JSON does not have {value}")
        return float(value)
    if isinstance(value, Mapping):
        return {str(json_value(key)): json_value(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        if hasattr(value, "_asdict"):
            return json_value(value._asdict())
        return [json_value(one) for one in value]
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        from base64 import b64encode

        return b64encode(bytes(value)).decode("ascii")
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():g}S"
    return _of_class(value)


def _of_class(value: Any) -> Any:
    kind = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        return {
            name: json_value(getattr(value, name)) for name in kind.__dataclass_fields__
        }
    if hasattr(kind, "model_dump"):
        return value.model_dump(mode="json", by_alias=True)
    if _is_of(value, "enum", "Enum"):
        return json_value(value.value)
    if _is_of(value, "uuid", "UUID") or _is_of(value, "decimal", "Decimal"):
        return str(value)
    raise TypeError(f"JSON has nothing for {kind.__module__}.{kind.__qualname__}")


def _is_of(value: Any, module: str, name: str) -> bool:
    """Whether it is of a class of a module that is only loaded where it is used."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))


def timestamp(value: datetime) -> str:
    """In UTC, with milliseconds, as the API has it."""
    if value.utcoffset() is None:
        raise ValueError(
            "a datetime needs a time zone: datetime.now(timezone.utc), for instance"
        )
    utc = value.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def log_value(value: Any) -> Any:
    """For fields of a log: what JSON does not have is written as text."""
    try:
        return json_value(value)
    except (TypeError, ValueError, RecursionError):
        pass
    if isinstance(value, Mapping):
        return {str(key): _shown(one) for key, one in value.items()}
    return _shown(value)


def _shown(value: Any) -> Any:
    try:
        return json_value(value)
    except RecursionError:
        return "[circular]"
    except Exception:
        return str(value)
