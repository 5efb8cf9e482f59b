"""What httpx, locks and waiting are: with ``await`` and without it.

All else is written once, in ``aio``.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket
import threading
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import httpx

T = TypeVar("T")

#: Seconds, where no http_client says otherwise.
DEFAULT_TIMEOUT = 30.0


class Connection:
    """The HTTP client of a `Koyalite`, opened with its first request."""

    def __init__(self, given: httpx.Client | None) -> None:
        self._given = given
        self._own: httpx.Client | None = None
        self._lock = threading.Lock()
        self.refreshing = threading.Lock()

    @property
    def http(self) -> httpx.Client:
        if self._given is not None:
            return self._given
        with self._lock:
            if self._own is None or self._own.is_closed:
                self._own = httpx.Client(timeout=DEFAULT_TIMEOUT)
            return self._own

    def close(self) -> None:
        """Closes what was opened here; a given client stays open."""
        with self._lock:
            own, self._own = self._own, None
        if own is not None:
            own.close()


@dataclass
class _OfLoop:
    http: httpx.AsyncClient
    refreshing: asyncio.Lock


class AsyncConnection:
    """The HTTP clients of an `AsyncKoyalite`: one for each event loop.

    Sockets belong to the loop that they were opened in.
    """

    def __init__(self, given: httpx.AsyncClient | None) -> None:
        self._given = given
        self._loops: dict[asyncio.AbstractEventLoop, _OfLoop] = {}

    @property
    def http(self) -> httpx.AsyncClient:
        return self._here().http

    @property
    def refreshing(self) -> asyncio.Lock:
        return self._here().refreshing

    def _here(self) -> _OfLoop:
        loop = asyncio.get_running_loop()
        # Each refers to its loop, so that nothing else would let go of it.
        for closed in [one for one in self._loops if one.is_closed()]:
            del self._loops[closed]
        here = self._loops.get(loop)
        if here is None or (here.http.is_closed and here.http is not self._given):
            here = _OfLoop(
                self._given or httpx.AsyncClient(timeout=DEFAULT_TIMEOUT),
                asyncio.Lock(),
            )
            self._loops[loop] = here
        return here

    async def close(self) -> None:
        """Closes what was opened in this loop; a given client stays open."""
        here = self._loops.pop(asyncio.get_running_loop(), None)
        if here is not None and here.http is not self._given:
            await here.http.aclose()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


async def async_sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


def result(value: T) -> T:
    return value


async def async_result(value: T | Awaitable[T]) -> T:
    """What a function of the caller returns, whether it is asynchronous or not."""
    if inspect.isawaitable(value):
        return await cast("Awaitable[T]", value)
    return value


class Interrupt:
    """Ends a stream, or the wait for one, from another thread."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._response: httpx.Response | None = None

    @property
    def is_set(self) -> bool:
        return self._set.is_set()

    def watch(self, response: httpx.Response | None) -> None:
        """The stream that is being read now."""
        self._response = response
        if response is not None and self.is_set:
            self._cut(response)

    def set(self) -> None:
        self._set.set()
        self.cut()

    def cut(self) -> None:
        """Ends the stream that is being read now."""
        if self._response is not None:
            self._cut(self._response)

    def wait(self, seconds: float) -> None:
        self._set.wait(seconds)

    def _cut(self, response: httpx.Response) -> None:
        # To close a socket does not wake a thread that reads from it; to shut it down
        # does.
        stream: Any = response.extensions.get("network_stream")
        connection = stream.get_extra_info("socket") if stream is not None else None
        if isinstance(connection, socket.socket):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class AsyncInterrupt:
    """Ends a stream, or the wait for one, from another task."""

    def __init__(self) -> None:
        self._is_set = False
        self._waiting: asyncio.Event | None = None
        self._response: httpx.Response | None = None

    @property
    def is_set(self) -> bool:
        return self._is_set

    async def watch(self, response: httpx.Response | None) -> None:
        """The stream that is being read now."""
        self._response = response
        if response is not None and self._is_set:
            await response.aclose()

    async def set(self) -> None:
        self._is_set = True
        if self._waiting is not None:
            self._waiting.set()
        await self.cut()

    async def cut(self) -> None:
        """Ends the stream that is being read now."""
        if self._response is not None:
            await self._response.aclose()

    async def wait(self, seconds: float) -> None:
        if self._is_set:
            return
        self._waiting = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._waiting.wait(), seconds)
