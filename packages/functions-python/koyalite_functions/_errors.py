"""The error that callers of a function get as it is."""

from __future__ import annotations

import re
from typing import Any

#: Codes of the API that a function may answer with, and what they mean there.
SHARED_CODES: dict[str, int] = {
    "INVALID_REQUEST": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "PRECONDITION_FAILED": 412,
    "PAYLOAD_TOO_LARGE": 413,
    "VALIDATION_ERROR": 422,
    "RATE_LIMITED": 429,
}

#: What the server and clients alone say: a caller acts by them.
_RESERVED = re.compile(
    r"(FUNCTION|TRANSACTION)_\w*|CHAIN_TOO_DEEP|NO_CALLER|READ_AFTER_WRITE|LEASE_LOST"
    r"|INTERNAL|UNAVAILABLE|QUEUE_FULL|REALTIME_BUSY|QUERY_TIMEOUT|NETWORK|ABORTED|TIMEOUT"
    r"|UNEXPECTED_RESPONSE"
)


class KoyaError(Exception):
    """``raise KoyaError("SOLD_OUT", "no seats are left", status=409)``.

    The caller of the function gets it as it is. Anything else that is raised is a
    FUNCTION_ERROR, whose message callers see in ``dev`` only. What ``ctx`` raises is a
    KoyaError too, with the code of the server: NOT_FOUND, VALIDATION_ERROR, …
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int | None = None,
        details: Any = None,
    ) -> None:
        """
        Args:
            code: In capitals, like SOLD_OUT.
            message: For the caller.
            status: 400 to 499; by default that of the code where the API has it too
                (404 for NOT_FOUND), else 400.
            details: JSON that the caller gets.
        """
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = SHARED_CODES.get(code, 400) if status is None else status
        self.details: Any = [] if details is None else details
        #: Of an error of ``ctx``: the request that the server's log has.
        self.request_id: str | None = None
        if type(self) is not CtxError:
            self._check()

    def _check(self) -> None:
        if not re.fullmatch(r"[A-Z][A-Z0-9_]{0,63}", self.code):
            raise TypeError(
                f"the code of a KoyaError is like SOLD_OUT, not {self.code!r}"
            )
        if _RESERVED.fullmatch(self.code):
            raise TypeError(f"{self.code} is a code of the server: choose another one")
        if not isinstance(self.status, int) or not 400 <= self.status <= 499:
            raise TypeError(
                f"the status of a KoyaError is from 400 to 499, not {self.status}"
            )

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class CtxError(KoyaError):
    """What a part of ``ctx`` raises. Its status is 0 where no answer came."""

    def __init__(
        self, source: str, code: str, message: str, *, status: int, details: Any = None
    ) -> None:
        super().__init__(code, message, status=status, details=details)
        #: ``db``, ``admin``, ``functions`` or ``queue``.
        self.source = source
