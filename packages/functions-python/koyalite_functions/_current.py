"""The call that the present code belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._call import Call

CALL: ContextVar[Call | None] = ContextVar("koyalite_call", default=None)


def current_ctx() -> Any:
    """``ctx`` of the call that runs: for code that is not handed it, such as the routes
    of an ASGI app.
    """
    call = CALL.get()
    if call is None:
        raise RuntimeError("no call runs here: current_ctx() works while one does")
    return call.ctx
