"""What can be said of a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

#: A token, or a function that returns one: it is asked before each request, and again
#: when its token was refused.
Token = str | Callable[[], str | None]
AsyncToken = str | Callable[[], str | None] | Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """Of all calls of a client, or of one made by ``with_options``."""

    #: Seconds that connecting, sending, or the next bytes of a response may take; None:
    #: those of the http_client.
    timeout: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    #: How often a call that failed is made again, where that is safe.
    retries: int = 3
    if_match: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request of the API."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    #: JSON.
    body: str | None = None
    #: A write of documents: it has an Idempotency-Key, so that it can be repeated.
    is_write: bool = False
    #: Repeated although it is no read, and has no key; only if nobody answered.
    is_refresh: bool = False
    #: False: without a token, also where there is one.
    authenticated: bool = True
