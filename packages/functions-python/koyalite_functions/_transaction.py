"""How transactions are begun, ended and repeated, with and without ``await``."""

from __future__ import annotations

import random
from typing import Any

from ._errors import KoyaError
from ._json import dumps
from ._part import Part
from ._server import Asked

PATH = "/internal/v1/transactions"

#: The last one holds the writer, so that it cannot be overtaken.
TRIES = 5


class Conflict(Exception):
    """What it read has changed meanwhile: it is run again."""


def begin(mode: str) -> Asked:
    if mode not in ("optimistic", "exclusive"):
        raise ValueError(f"a transaction is optimistic or exclusive, not {mode!r}")
    return Asked("POST", PATH, body=dumps({"mode": mode}))


def commit(path: str, completes: bool) -> Asked:
    body = dumps({"completes": True}) if completes else None
    return Asked("POST", f"{path}/commit", body=body)


def roll_back(path: str) -> Asked:
    return Asked("DELETE", path)


def mode_of(attempt: int, mode: str) -> str:
    return mode if attempt < TRIES else "exclusive"


def repeats(error: BaseException, mode: str) -> bool:
    """Whether the work is done again."""
    return (
        mode == "optimistic"
        and isinstance(error, KoyaError)
        and error.code == "TRANSACTION_CONFLICT"
    )


def pause(attempt: int) -> float:
    """Seconds before the next try."""
    return random.random() * 0.01 * attempt


def enter(part: Part, completes: bool) -> None:
    """Nothing but the transaction may touch documents from here on."""
    if part.call.has_transaction:
        raise part.transaction_open()
    if completes and part.call.info.get("job") is None:
        raise ValueError(
            "completes=True is for jobs, and this call runs none: write"
            " completes=ctx.job is not None"
        )
    part.call.has_transaction = True


def path_of(begun: Any) -> str:
    return f"{PATH}/{begun['id']}"
