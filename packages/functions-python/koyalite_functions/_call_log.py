"""The log of one call: its lines are sent in their order, in batches."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from threading import Event, Lock, Thread
from typing import Any, Callable

from ._json import log_value

#: Bytes of one line, and of all lines of a call.
MAX_LINE = 8 * 1024
MAX_LOG = 1024 * 1024
_SEND_AFTER_S = 0.1


class CallLog:
    """Can be written to from several threads."""

    def __init__(self, send: Callable[[str], None]) -> None:
        """`send` does not raise."""
        self._send = send
        self._lines: list[str] = []
        self._total = 0
        #: Nothing more is taken: whoever formats a line need not.
        self.is_full = False
        self._lock = Lock()
        self._sending = Lock()

    def write(
        self, level: str, message: str, fields: Mapping[str, Any] | None = None
    ) -> None:
        if self.is_full:
            return
        line = _line_text(level, message, fields)
        with self._lock:
            if self.is_full:
                return
            if self._total + len(line) > MAX_LOG:
                self.is_full = True
                line = _line_text(
                    "warn",
                    "the log of this call is full: the rest is left out",
                    is_cut=True,
                )
            self._total += len(line)
            self._lines.append(line)
        _FLUSHER.wants(self)

    def flush(self) -> None:
        """Returns when the server has all lines up to now."""
        with self._sending:
            lines = self._take()
            if lines:
                self._send("".join(lines))

    def take_messages(self) -> str:
        """What was not sent yet, without anything but the messages: for a process that
        ends now.
        """
        return "".join(json.loads(line)["message"] + "\n" for line in self._take())

    def _take(self) -> list[str]:
        with self._lock:
            lines, self._lines = self._lines, []
        return lines


class _Flusher:
    """Sends what calls that go on have written, a moment later."""

    def __init__(self) -> None:
        self._logs: set[CallLog] = set()
        self._wanted = Event()
        self._thread: Thread | None = None

    def wants(self, log: CallLog) -> None:
        self._logs.add(log)
        if self._thread is None:
            self._thread = Thread(target=self._run, name="koyalite-logs", daemon=True)
            self._thread.start()
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            time.sleep(_SEND_AFTER_S)
            self._wanted.clear()
            while self._logs:
                self._logs.pop().flush()


_FLUSHER = _Flusher()


def _line_text(
    level: str,
    message: str,
    fields: Mapping[str, Any] | None = None,
    *,
    is_cut: bool = False,
) -> str:
    """Of ASCII alone, so that its length is that of its bytes."""
    shown = cut_text(message, MAX_LINE)
    line: dict[str, Any] = {"level": level, "message": shown}
    truncated = is_cut or shown != message
    if fields:
        given = log_value(fields)
        size = len(json.dumps(given, ensure_ascii=False).encode(errors="replace"))
        if size + len(shown.encode(errors="replace")) <= MAX_LINE:
            line["fields"] = given
        else:
            truncated = True
    line["at"] = int(time.time() * 1000)
    if truncated:
        line["truncated"] = True
    return json.dumps(line, separators=(",", ":")) + "\n"


def cut_text(text: str, max_bytes: int) -> str:
    """The beginning of a text, within a number of bytes of UTF-8."""
    if len(text) * 4 <= max_bytes:
        return text
    data = text[:max_bytes].encode(errors="replace")
    if len(data) <= max_bytes and len(text) <= max_bytes:
        return text
    return data[:max_bytes].decode(errors="ignore")
