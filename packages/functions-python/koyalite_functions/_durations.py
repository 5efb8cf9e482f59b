"""How long something takes, as the server has it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Union

#: A `timedelta`, or a text: "500ms", "30s", "10m", "24h", "7d".
Duration = Union[timedelta, str]

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(duration: Duration) -> int:
    """Raises a TypeError for what is no duration."""
    if isinstance(duration, timedelta) and duration >= timedelta(0):
        return round(duration / timedelta(milliseconds=1))
    if isinstance(duration, str):
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", duration)
        if found is not None:
            return round(float(found[1]) * _UNITS[found[2]])
    raise TypeError(
        f"a duration is a timedelta, or a text like 30s, 10m or 24h, not {duration!r}"
    )
