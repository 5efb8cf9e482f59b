"""The calls that run in this process, and the last ones that have ended."""

from __future__ import annotations

import time
from collections import deque
from threading import Lock

from .._call import Call

#: Seconds after its answer for which something may still be said of a call.
_LATE = 10.0
#: Of two it is not known which one something belongs to: no more are kept.
_MAX_ENDED = 2
#: Executions that were left before they were seen.
_MAX_LEFT = 100


class Calls:
    def __init__(self) -> None:
        self._running: dict[str, Call] = {}
        self._ended: list[tuple[Call, float]] = []
        self._left_before: deque[str] = deque(maxlen=_MAX_LEFT)
        self._lock = Lock()

    def add(self, call: Call) -> None:
        with self._lock:
            self._running[call.execution] = call
            is_left = call.execution in self._left_before
        if is_left:
            call.leave()

    def cancel(self, execution: str) -> None:
        """Nobody waits for the answer of an execution, which may not have begun here:
        it comes on another connection.
        """
        with self._lock:
            call = self._running.get(execution)
            if call is None:
                self._left_before.append(execution)
        if call is not None:
            call.leave()

    def ended(self, call: Call) -> None:
        with self._lock:
            self._running.pop(call.execution, None)
            until = time.monotonic() + _LATE
            self._ended = [*self._ended, (call, until)][-_MAX_ENDED:]

    def all(self) -> list[Call]:
        """Those of which anything may run."""
        now = time.monotonic()
        with self._lock:
            late = [call for call, until in self._ended if until > now]
            return [*self._running.values(), *late]

    def only(self) -> Call | None:
        """The one that something belongs to, where there is no other."""
        calls = self.all()
        return calls[0] if len(calls) == 1 else None
