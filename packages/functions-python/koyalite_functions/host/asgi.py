"""ASGI apps: FastAPI, Starlette, Quart, or a bare callable."""

from __future__ import annotations

from typing import Any, Callable

from .._call import CALL_HEADER, Call
from .exchange import Exchange, origin_of
from .loop import Loop

_START_S = 30.0


class AsgiFunction:
    """Its routes find ``ctx`` by ``current_ctx()``, or as ``scope["koyalite"]``."""

    is_async = True

    def __init__(self, app: Callable[..., Any], loop: Loop) -> None:
        self._app = app
        self._loop = loop
        self._state: dict[str, Any] = {}

    def start(self) -> None:
        """What the app does before its first request. Raises what that raises."""
        self._loop.run(self._start())

    def answer(self, exchange: Exchange, call: Call) -> None:
        """Raises what the app raises before its answer."""
        self._loop.run(self._serve(exchange, call), call)

    async def _start(self) -> None:
        import asyncio

        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        messages = [{"type": "lifespan.startup"}]

        async def receive() -> Any:
            if messages:
                return messages.pop()
            # The process is ended without a word.
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if started.done():
                return
            if message["type"] == "lifespan.startup.complete":
                started.set_result(None)
            elif message["type"] == "lifespan.startup.failed":
                error = RuntimeError(
                    f"the app does not start: {message.get('message', '')}"
                )
                started.set_exception(error)

        async def live() -> None:
            scope = {"type": "lifespan", "asgi": _ASGI, "state": self._state}
            try:
                await self._app(scope, receive, send)
            except Exception:
                # One that does not know lifespans says so by this.
                pass
            if not started.done():
                started.set_result(None)

        self._living = asyncio.ensure_future(live())
        await asyncio.wait_for(started, _START_S)

    async def _serve(self, exchange: Exchange, call: Call) -> None:
        import asyncio

        loop = asyncio.get_running_loop()
        has_ended = False

        async def receive() -> Any:
            nonlocal has_ended
            if has_ended:
                while not call.is_cancelled:
                    await asyncio.sleep(0.05)
                return {"type": "http.disconnect"}
            piece = await loop.run_in_executor(None, exchange.body.read, 64 * 1024)
            has_ended = not piece
            return {"type": "http.request", "body": piece, "more_body": bool(piece)}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in message.get("headers", ())
                ]
                call.answered()
                exchange.begin(message["status"], headers)
            elif message["type"] == "http.response.body":
                body = message.get("body", b"")
                await loop.run_in_executor(None, exchange.piece, body)
                if not message.get("more_body", False):
                    exchange.end()

        await self._app(self._scope(exchange, call), receive, send)

    def _scope(self, exchange: Exchange, call: Call) -> dict[str, Any]:
        from urllib.parse import unquote

        origin = origin_of(call.info["request"]["url"])
        scheme, _, host = origin.partition("://")
        name, _, port = host.partition(":")
        path, _, query = exchange.target.partition("?")
        headers = [
            (
                known.encode("latin-1"),
                (host if known == "host" else value).encode("latin-1"),
            )
            for known, value in exchange.headers.pairs
            if known not in (CALL_HEADER, "transfer-encoding", "connection")
        ]
        return {
            "type": "http",
            "asgi": _ASGI,
            "http_version": "1.1",
            "method": exchange.method,
            "scheme": scheme,
            "path": unquote(path),
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": headers,
            "client": (call.info["request"]["ip"], 0),
            "server": (name, int(port or (443 if scheme == "https" else 80))),
            "state": dict(self._state),
            "koyalite": call.ctx,
        }


_ASGI = {"version": "3.0", "spec_version": "2.3"}
