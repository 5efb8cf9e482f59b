"""What code prints in a call is in the log of that call; all else the process prints."""

from __future__ import annotations

import sys
from threading import Thread
from typing import Any, TextIO
from weakref import WeakKeyDictionary

from .._call import Call
from .._current import CALL
from .calls import Calls
from .failures import Traces, message_of

_LEVELS = ((40, "error"), (30, "warn"), (20, "info"), (0, "debug"))


class CallStream:
    """In the place of ``sys.stdout`` and ``sys.stderr``."""

    def __init__(self, level: str, original: TextIO) -> None:
        self._level = level
        self._original = original
        #: Lines without an end.
        self._begun: WeakKeyDictionary[Call, str] = WeakKeyDictionary()

    def write(self, text: str) -> int:
        call = CALL.get()
        if call is None:
            return self._original.write(text)
        if call.log.is_full:
            return len(text)
        *lines, rest = (self._begun.pop(call, "") + text).split("\n")
        for line in lines:
            call.log.write(self._level, line)
        if rest:
            self._begun[call] = rest
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def end(self, call: Call) -> None:
        """What it has begun is a line as well."""
        rest = self._begun.pop(call, "")
        if rest:
            call.log.write(self._level, rest)

    def flush(self) -> None:
        self._original.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


class Output:
    """The streams of this process, its loggers and threads."""

    def __init__(self, calls: Calls, traces: Traces) -> None:
        self._calls = calls
        self._traces = traces
        self._streams = [
            CallStream("info", sys.stdout),
            CallStream("error", sys.stderr),
        ]
        self._has_logging = False

    def install(self) -> None:
        import threading

        sys.stdout, sys.stderr = self._streams
        threading.excepthook = self._in_thread
        _carry_calls_into_threads()

    def begin(self) -> None:
        """Before a call: the code may have loaded `logging` meanwhile."""
        if not self._has_logging and "logging" in sys.modules:
            self._has_logging = True
            _log_to_calls(self._traces)

    def end(self, call: Call) -> None:
        for stream in self._streams:
            stream.end(call)

    def uncaught(self, error: BaseException, call: Call | None) -> None:
        """What code has left running raised it, and nobody caught it."""
        message = f"nobody caught {type(error).__name__}: {message_of(error)}"
        stack = self._traces.text(error)
        owner = call or self._calls.only()
        if owner is not None:
            owner.log.write("error", message, {"stack": stack})
            return
        ids = ", ".join(one.execution for one in self._calls.all())
        made = f" (in one of several executions; running or last: {ids})" if ids else ""
        print_line(f"{message}{made}\n{stack}")

    def _in_thread(self, args: Any) -> None:
        if args.exc_type is not SystemExit and args.exc_value is not None:
            self.uncaught(args.exc_value, getattr(args.thread, "_koyalite_call", None))


def print_line(text: str) -> None:
    """To the error output of the process."""
    if sys.__stderr__ is not None:
        sys.__stderr__.write(text + "\n")
        sys.__stderr__.flush()


def _carry_calls_into_threads() -> None:
    """A thread belongs to the call that starts it, but for those of pools, which serve
    many.
    """
    from contextvars import copy_context

    start = Thread.start

    def start_in_call(self: Thread) -> None:
        call = CALL.get()
        target = getattr(self, "_target", None)
        if call is not None and getattr(target, "__module__", "") != _POOLS:
            context, run = copy_context(), self.run
            self._koyalite_call = call  # type: ignore[attr-defined]
            self.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(self)

    Thread.start = start_in_call  # type: ignore[method-assign]


_POOLS = "concurrent.futures.thread"


def _log_to_calls(traces: Traces) -> None:
    import logging

    plain = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    class CallHandler(logging.Handler):
        """Of the root logger."""

        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            call = CALL.get()
            if call is None:
                print_line(f"{record.levelname} {record.name}: {message}")
                return
            level = next(name for least, name in _LEVELS if record.levelno >= least)
            fields: dict[str, Any] = {
                name: value for name, value in vars(record).items() if name not in plain
            }
            if record.name != "root":
                fields["logger"] = record.name
            if record.exc_info and record.exc_info[1] is not None:
                fields["stack"] = traces.text(record.exc_info[1])
            call.log.write(level, message, fields)

        def handleError(self, record: logging.LogRecord) -> None:
            print_line(
                f"a line of {record.name} could not be written: {sys.exc_info()[1]}"
            )

    root = logging.getLogger()
    # What the code has set up itself stays as it is.
    if not root.handlers:
        root.addHandler(CallHandler())
        if root.level == logging.WARNING:
            root.setLevel(logging.INFO)
