"""What the server gets of what a function raised."""

from __future__ import annotations

import linecache
from os.path import dirname
from types import TracebackType
from typing import Any

from .._call_log import cut_text
from .._errors import CtxError, KoyaError
from .._job_errors import Abort, Retry
from .._json import dumps

_MAX_TEXT = 16 * 1024

#: Frames of this package are of no use to whoever reads a trace.
_OWN = dirname(dirname(__file__))


class Traces:
    """Traces name the files of the project: ``/functions/pay.py``."""

    def __init__(self, code: str) -> None:
        """`code` is the folder that the project's files are in."""
        self._code = code.rstrip("/")

    def text(self, error: BaseException) -> str:
        """As Python prints it, with the causes."""
        parts: list[str] = []
        seen: set[int] = set()
        at: BaseException | None = error
        while at is not None and id(at) not in seen:
            seen.add(id(at))
            parts.append(self._one(at))
            hidden = at.__suppress_context__
            at = at.__cause__ or (None if hidden else at.__context__)
        return "\ncaused by: ".join(parts)

    def shown(self, path: str) -> str:
        """The name of a file, as the project has it."""
        return path[len(self._code) :] if path.startswith(self._code + "/") else path

    def _one(self, error: BaseException) -> str:
        lines = [f"{type(error).__name__}: {message_of(error)}"]
        if isinstance(error, SyntaxError) and error.filename:
            lines.append(f'  File "{self.shown(error.filename)}", line {error.lineno}')
            if error.text:
                lines.append(f"    {error.text.strip()}")
            return "\n".join(lines)
        frames: list[str] = []
        trace = self._first(error.__traceback__)
        while trace is not None:
            code = trace.tb_frame.f_code
            path = code.co_filename
            if not path.startswith((_OWN, "<frozen")):
                frames.append(
                    f'  File "{self.shown(path)}", line {trace.tb_lineno}, in {code.co_name}'
                )
                source = linecache.getline(path, trace.tb_lineno).strip()
                if source:
                    frames.append(f"    {source}")
            trace = trace.tb_next
        return "\n".join([*lines, *frames])

    def _first(self, trace: TracebackType | None) -> TracebackType | None:
        """From where code of the project is: before it, this host has called it."""
        at = trace
        while at is not None:
            if at.tb_frame.f_code.co_filename.startswith(self._code + "/"):
                return at
            at = at.tb_next
        return trace


def message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as other:
        return f"(its message cannot be read: {type(other).__name__})"


def thrown(error: BaseException, traces: Traces) -> dict[str, str]:
    """Of anything that can be raised."""
    return {
        "name": type(error).__name__,
        "message": cut_text(message_of(error), _MAX_TEXT),
        "stack": cut_text(traces.text(error), _MAX_TEXT),
    }


def failure_of(
    error: BaseException, traces: Traces, *, runs_job: bool
) -> tuple[str, bytes]:
    """The kind of the failure, and its body."""
    kind, body = _described(error, traces, runs_job)
    try:
        return kind, dumps(body).encode()
    except (TypeError, ValueError, RecursionError) as other:
        # Details that are not JSON.
        message = f"{body['message']} (its details are not JSON: {other})"
        return kind, dumps({**body, "message": message, "details": []}).encode()


def _described(
    error: BaseException, traces: Traces, runs_job: bool
) -> tuple[str, dict[str, Any]]:
    if runs_job and isinstance(error, (Retry, Abort)):
        message = cut_text(message_of(error), _MAX_TEXT)
        if isinstance(error, Retry):
            return "retry", {"message": message, "after": error.after}
        return "abort", {"message": message}
    if not isinstance(error, KoyaError):
        return "thrown", thrown(error, traces)
    body = {
        "code": error.code,
        "message": error.message,
        "status": error.status,
        "details": error.details,
    }
    if not isinstance(error, CtxError):
        return "error", body
    # Status 0: no answer came, or none was asked for: a fault of the function, not a
    # message to its caller.
    if error.status >= 400:
        return "passed", {**body, "from": error.source}
    return "thrown", thrown(error, traces)
