"""Functions over requests and responses as they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Callable

from .._call import CALL_HEADER, Call
from .._http import Headers, Request, Response
from .exchange import Exchange, origin_of
from .loop import Loop
from .typed import is_async


class RawFunction:
    """``def handler(request)``, or ``def handler(request, ctx)``."""

    def __init__(self, handler: Callable[..., Any], loop: Loop) -> None:
        self._handler = handler
        self._loop = loop
        self.is_async = is_async(handler)
        code = getattr(handler, "__code__", None)
        self._takes_ctx = code is not None and code.co_argcount > 1

    def answer(self, exchange: Exchange, call: Call) -> None:
        """Raises what the handler raises before its answer."""
        request = outer_request(exchange, call)
        if self.is_async:
            # It does not block the loop: the body is there before.
            request.body()
        given = (request, call.ctx) if self._takes_ctx else (request,)
        result = self._handler(*given)
        response = self._loop.run(result, call) if self.is_async else result
        if not isinstance(response, Response):
            raise TypeError(
                "a function of (request) returns a Response, and this one returned a"
                f" {type(response).__name__}"
            )
        self._send(response, exchange, call)

    def _send(self, response: Response, exchange: Exchange, call: Call) -> None:
        body = response.body
        if isinstance(body, (bytes, bytearray, str)):
            call.answered()
            exchange.answer(response.status, response.headers, _bytes(body))
            return
        exchange.begin(response.status, response.headers)
        call.answered()
        for piece in self._pieces(body):
            if call.is_cancelled:
                exchange.is_last = True
                return
            exchange.piece(_bytes(piece))
        exchange.end()

    def _pieces(self, body: Any) -> Iterable[Any]:
        if not hasattr(body, "__aiter__"):
            pieces: Iterable[Any] = body
            return pieces
        return self._async_pieces(body.__aiter__())

    def _async_pieces(self, pieces: Any) -> Iterable[Any]:
        async def following() -> Any:
            try:
                return await pieces.__anext__()
            except StopAsyncIteration:
                return None

        while True:
            piece = self._loop.run(following())
            if piece is None:
                return
            yield piece


def _bytes(piece: Any) -> bytes:
    if isinstance(piece, str):
        return piece.encode()
    if isinstance(piece, (bytes, bytearray, memoryview)):
        return bytes(piece)
    raise TypeError(
        f"the pieces of a body are bytes or texts, not {type(piece).__name__}"
    )


def outer_request(exchange: Exchange, call: Call) -> Request:
    """As the caller sent it, to the address that the caller knows."""
    origin = origin_of(call.info["request"]["url"])
    host = origin.split("://", 1)[-1]
    pairs = [
        (name, host if name == "host" else value)
        for name, value in exchange.headers.pairs
        if name not in (CALL_HEADER, "transfer-encoding", "connection")
    ]
    return Request(
        exchange.method, origin + exchange.target, Headers(pairs), exchange.body.read
    )
