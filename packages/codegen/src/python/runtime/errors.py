"""What calls raise. Every error of this package is a KoyaliteError."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One thing that is wrong with one field of the input."""

    field: str
    #: The name of the rule that was violated: ``minLength``, ``unknown``, …
    code: str
    message: str


class KoyaliteError(Exception):
    """A call that failed.

    ``code`` is one of the API, or NETWORK, TIMEOUT, UNEXPECTED_RESPONSE.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 0,
        details: Sequence[ErrorDetail] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        operation: int | None = None,
        executed: Literal["no", "maybe"] | None = None,
        execution: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        #: The HTTP status; 0 where no response came, or none was asked for.
        self.status = status
        #: All that is wrong with the input, by field.
        self.details = tuple(details)
        #: The server's log has the request under this id.
        self.request_id = request_id
        #: Seconds after which it makes sense to try again.
        self.retry_after = retry_after
        #: Index of the failing operation in a batch, or of the document in
        #: ``create_many``.
        self.operation = operation
        #: Of a call of a function: whether its code may have run. After "no", the same
        #: call can be made again.
        self.executed = executed
        #: The function's log has the call under this id.
        self.execution = execution

    def __str__(self) -> str:
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.code}: {self.message}{request}"


class InvalidRequestError(KoyaliteError):
    """400, 405, 413, 415: an invalid filter, sort order or body."""


class UnauthenticatedError(KoyaliteError):
    """401: nobody is signed in, or the token or session has ended."""


class ForbiddenError(KoyaliteError):
    """403"""


class NotFoundError(KoyaliteError):
    """404: there is no such document that may be read."""


class ConflictError(KoyaliteError):
    """409: a unique value exists already, or a reference leads nowhere."""


class PreconditionFailedError(KoyaliteError):
    """412: the document has changed since the tag given with ``if_match``."""


class ValidationError(KoyaliteError):
    """422: ``details`` says what is wrong, by field."""


class RateLimitedError(KoyaliteError):
    """429: ``retry_after`` says when to try again."""


class ServerError(KoyaliteError):
    """5xx: the server's log has more under ``request_id``."""


class UnavailableError(ServerError):
    """503: the server, or the database, cannot answer at the moment."""


class NetworkError(KoyaliteError):
    """The server could not be reached, or the connection broke.

    ``__cause__`` is the error of httpx.
    """


class RequestTimeoutError(KoyaliteError):
    """The server did not answer in time."""


class MfaRequiredError(KoyaliteError):
    """The password is right, and a second factor is needed.

    Continue with ``auth.verify_mfa(error.mfa_token, code=…)``.
    """

    def __init__(self, mfa_token: str, methods: Sequence[str]) -> None:
        super().__init__(
            "a second factor is needed: auth.verify_mfa()",
            code="MFA_REQUIRED",
            status=200,
        )
        self.mfa_token = mfa_token
        self.methods = tuple(methods)


class VerificationRequiredError(KoyaliteError):
    """The account is created with the link that was mailed.

    Registering ends so where the server hides who has an account
    (``auth.enumeration: hidden``). Continue with ``auth.verify_email(token,
    password=…)``, then ``auth.login``.
    """

    def __init__(self) -> None:
        super().__init__(
            "the account is created with the link that was mailed",
            code="VERIFICATION_REQUIRED",
            status=202,
        )


class NotLoadedError(KoyaliteError, AttributeError):
    """The field was not in the response.

    ``fields()`` left it out, or it may not be read.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, code="NOT_LOADED")


class NotExpandedError(NotLoadedError):
    """The relation was not asked for with ``expand()``."""


_BY_STATUS: dict[int, type[KoyaliteError]] = {
    400: InvalidRequestError,
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: NotFoundError,
    405: InvalidRequestError,
    409: ConflictError,
    412: PreconditionFailedError,
    413: InvalidRequestError,
    415: InvalidRequestError,
    422: ValidationError,
    429: RateLimitedError,
    503: UnavailableError,
}


#: Events have no status; what is not here is refused for good.
_STATUS_OF_EVENT = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "COLLECTION_NOT_FOUND": 404,
    "TOO_MANY_DOCUMENTS": 409,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "REALTIME_BUSY": 503,
    "QUERY_TIMEOUT": 503,
}


def error_of_response(
    status: int, headers: Mapping[str, str], text: str
) -> KoyaliteError:
    """The error that a response of 400 or above stands for."""
    request_id = headers.get("x-request-id")
    retry_after = _seconds(headers.get("retry-after"))
    sent = _sent_error(text)
    if sent is None:
        error = unexpected_response(status, text, request_id)
        error.retry_after = retry_after
        return error
    error = _sent(sent, status, request_id, retry_after)
    error.execution = headers.get("koyalite-execution")
    return error


def error_of_event(payload: Mapping[str, Any]) -> KoyaliteError:
    """The error that an event stream has sent."""
    return _sent(
        payload, _STATUS_OF_EVENT.get(str(payload.get("code")), 400), None, None
    )


def _sent(
    sent: Mapping[str, Any],
    status: int,
    request_id: str | None,
    retry_after: float | None,
) -> KoyaliteError:
    # Of a function's own error it may be anything.
    listed: object = sent.get("details")
    entries = cast("list[object]", listed) if isinstance(listed, list) else []
    fields = [cast("dict[str, Any]", one) for one in entries if isinstance(one, dict)]
    details = [
        ErrorDetail(
            str(one.get("field", "")),
            str(one.get("code", "")),
            str(one.get("message", "")),
        )
        for one in fields
    ]
    operation = sent.get("operation")
    return _class_of(status)(
        str(sent.get("message", "")),
        code=str(sent.get("code", "")),
        status=status,
        details=details,
        request_id=request_id,
        retry_after=retry_after,
        operation=operation if isinstance(operation, int) else None,
        executed=_executed(sent.get("details")),
    )


def _executed(details: object) -> Literal["no", "maybe"] | None:
    said: object = (
        cast("dict[str, object]", details).get("executed")
        if isinstance(details, dict)
        else None
    )
    return "no" if said == "no" else "maybe" if said == "maybe" else None


def unexpected_response(
    status: int, text: str, request_id: str | None
) -> KoyaliteError:
    """A response that is not one of a KoyaLite server: a proxy's page, for example."""
    shown = text.strip()[:200]
    message = f"the response ({status}) is not one of a KoyaLite server" + (
        f": {shown}" if shown else ""
    )
    return _class_of(status)(
        message, code="UNEXPECTED_RESPONSE", status=status, request_id=request_id
    )


def invalid_value(field: str, problem: str) -> ValidationError:
    """A value that is refused before it is sent."""
    message = f"'{field}' {problem}"
    return ValidationError(
        message, code="VALIDATION_ERROR", details=[ErrorDetail(field, "type", message)]
    )


def _class_of(status: int) -> type[KoyaliteError]:
    return _BY_STATUS.get(status) or (ServerError if status >= 500 else KoyaliteError)


def _sent_error(text: str) -> Mapping[str, Any] | None:
    try:
        error: Any = json.loads(text)["error"]
        return (
            error
            if isinstance(error["code"], str) and isinstance(error["message"], str)
            else None
        )
    except (ValueError, KeyError, TypeError):
        return None


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
