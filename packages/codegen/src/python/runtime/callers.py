"""Where in the program a call of this package was made."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

#: Of the whole package.
_FOLDER = f"{Path(__file__).parent.parent}{os.sep}"


def caller_level() -> int:
    """The ``stacklevel`` of the line outside of this package, for who asks."""
    # 1 is the function that asks.
    level = 0
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_FOLDER):
        frame = frame.f_back
        level += 1
    return level
