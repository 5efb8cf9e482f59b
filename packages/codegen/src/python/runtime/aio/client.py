"""What clients have besides their collections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import TracebackType
from typing import Any, ClassVar, Self
from weakref import WeakSet

import httpx

from ..connections import AsyncConnection
from ..documents import Document, Schema, etag_of
from ..errors import InvalidRequestError
from ..options import AsyncToken, CallOptions, HttpCall
from ..values import dumps, json_value
from .auth import refresh
from .context import AsyncContext
from .session import AsyncSession
from .transport import AsyncTransport


class AsyncClient:
    """A client of one server.

    It can be used from several threads, tasks and event loops at once.
    """

    SCHEMA: ClassVar[Schema]

    def __init__(
        self,
        url: str,
        *,
        token: AsyncToken | None = None,
        http_client: httpx.AsyncClient | None = None,
        timeout: float | None = None,
        retries: int = 3,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is sent before the first call.

        Args:
            url: Of the server: ``https://api.example.com``.
            token: A service key or access token, or a function that returns one.
            http_client: With proxies or certificates of yours; it is not closed.
            timeout: Seconds that connecting, sending, or the next bytes of a response
                may take; by default 30, or what `http_client` says.
            retries: How often a call that failed is made again, where that is safe.
            headers: Sent with each request.
        """
        self._connection = AsyncConnection(http_client)
        session = AsyncSession(token, lambda: self._connection.refreshing)
        self._context = AsyncContext(
            transport=AsyncTransport(url, self.SCHEMA, self._connection, session),
            schema=self.SCHEMA,
            options=CallOptions(
                timeout=timeout, retries=retries, headers=dict(headers or {})
            ),
            live=WeakSet(),
        )
        context = self._context
        session.refresh = lambda refresh_token: refresh(context, refresh_token)

    def with_options(
        self,
        *,
        timeout: float | None = None,
        retries: int | None = None,
        headers: Mapping[str, str] | None = None,
        if_match: str | Document | None = None,
        idempotency_key: str | None = None,
    ) -> Self:
        """This client with other options. It shares the session and the connections.

        Args:
            timeout: Seconds.
            retries: 0: none.
            headers: Besides those of the client.
            if_match: The tag that a document must still have, or the document itself.
            idempotency_key: Of one write: repeated with the same key, it is made once.
        """
        options = self._context.options
        changed = replace(
            options,
            timeout=options.timeout if timeout is None else timeout,
            retries=options.retries if retries is None else retries,
            headers={**options.headers, **(headers or {})},
            if_match=options.if_match if if_match is None else _tag(if_match),
            idempotency_key=options.idempotency_key
            if idempotency_key is None
            else idempotency_key,
        )
        other = object.__new__(type(self))
        other._connection = self._connection
        other._context = replace(self._context, options=changed)
        return other

    async def request(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """Any route of the server:

        ``request("GET", "/api/auth/providers")``. Its JSON. Repeated only if it reads,
        or has an idempotency key.
        """
        text = None if body is None else dumps(json_value(body))
        return (
            await self._context.send(
                HttpCall(method, path, params=params or {}, body=text)
            )
        ).body

    def _named(self, name: str, renamed: Mapping[str, str]) -> Any:
        if name not in self.SCHEMA:
            message = f"there is no collection '{name}' in this client"
            raise InvalidRequestError(message, code="COLLECTION_NOT_FOUND")
        return getattr(self, renamed.get(name, name))

    def etag_of(self, document: Document) -> str | None:
        """The tag of a document that was read or written by itself, or listed with
        ``etags()``.
        """
        return etag_of(document)

    @property
    def last_seq(self) -> str | None:
        """The latest state of the server that a response was of: see ``compare_seq``.

        None before the first.
        """
        return self._context.transport.last_seq

    async def close(self) -> None:
        """Ends live queries and closes connections. A later call opens new ones."""
        for live in list(self._context.live):
            await live.close()
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _tag(if_match: str | Document) -> str:
    tag = if_match if isinstance(if_match, str) else etag_of(if_match)
    if tag is None:
        message = (
            "if_match takes a tag, or a document that was read or written by itself"
        )
        raise InvalidRequestError(message, code="INVALID_REQUEST")
    return tag
