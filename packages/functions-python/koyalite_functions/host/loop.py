"""The event loop of functions that are ``async def``: one, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from threading import Thread
from typing import Any, Callable

from .._call import Call

#: Later timers are none.
_LONGEST_S = 86_400.0


class Loop:
    """It is begun when it is needed first."""

    def __init__(self, uncaught: Callable[[BaseException, Call | None], None]) -> None:
        self._uncaught = uncaught
        self._loop: Any = None

    def start(self) -> None:
        import asyncio

        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._nobody_caught)
        Thread(target=self._loop.run_forever, name="koyalite-loop", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Any], call: Call | None = None) -> Any:
        """What `work` returns; this thread waits for it. In the context of this thread."""
        import asyncio

        guarded = self._guarded(work, call)
        future = asyncio.run_coroutine_threadsafe(guarded, self._loop)
        if call is not None:
            call.cancel_task = future.cancel
            if call.is_cancelled:
                future.cancel()
        asked, result = future.result()
        if asked is not None:
            raise asked
        return result

    async def _guarded(self, work: Coroutine[Any, Any, Any], call: Call | None) -> Any:
        """What asks for the end of the process must not end the loop alone. At its
        deadline a call is cancelled.
        """
        import asyncio

        timer = None
        if call is not None and call.deadline - time.time() < _LONGEST_S:
            task = asyncio.current_task()

            def late() -> None:
                # The answer may have begun: then it streams on.
                if call is not None and task is not None and call.is_cancelled:
                    task.cancel()

            left = max(0.0, call.deadline - time.time()) + 0.001
            timer = self._loop.call_later(left, late)
        try:
            return None, await work
        except (SystemExit, KeyboardInterrupt) as asked:
            return asked, None
        finally:
            if timer is not None:
                timer.cancel()

    def _nobody_caught(self, _: Any, context: Any) -> None:
        error = context.get("exception")
        if error is None:
            error = RuntimeError(context.get("message"))
        task = context.get("future") or context.get("task")
        self._uncaught(error, _call_of(task))


def _call_of(task: Any) -> Call | None:
    """Python 3.12 knows the context of a task."""
    from .._current import CALL

    get_context = getattr(task, "get_context", None)
    return None if get_context is None else get_context().get(CALL)
