"""One request that the server makes, and the answer to it."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import BinaryIO, Callable

from .._http import Headers
from .._wire import LAST_CHUNK, BodyReader, chunk_bytes, head_bytes, parse_headers

#: Statuses that have no body.
_EMPTY = (204, 304)


class Exchange:
    """Its body is read, and its answer written, piece by piece."""

    def __init__(
        self, connection: socket.socket, file: BinaryIO, lines: list[bytes]
    ) -> None:
        method, target, _ = lines[0].decode("latin-1").split(" ", 2)
        self.method = method
        #: Path and query.
        self.target = target
        self.headers: Headers = parse_headers(lines[1:])
        self.body = BodyReader(file, self.headers)
        self._connection = connection
        self.has_begun = False
        #: Runs before the head of the answer is sent.
        self.before_answer: Callable[[], None] = lambda: None
        self._is_chunked = False
        #: The connection cannot be used again.
        self.is_last = self.headers.get("connection", "").lower() == "close"

    def answer(
        self, status: int, headers: Iterable[tuple[str, str]], body: bytes = b""
    ) -> None:
        """The whole answer at once."""
        self.begin(status, [*headers, ("content-length", str(len(body)))])
        if body and self.method != "HEAD":
            self._connection.sendall(body)

    def begin(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        """The head: what follows is written by `piece`, up to `end`."""
        kept = [(name, value) for name, value in headers if _is_for_caller(name)]
        has_length = any(name.lower() == "content-length" for name, _ in kept)
        if status in _EMPTY:
            kept = [one for one in kept if one[0].lower() != "content-length"]
        elif not has_length:
            kept.append(("transfer-encoding", "chunked"))
            self._is_chunked = True
        head = head_bytes(f"HTTP/1.1 {status} {_reason(status)}", kept)
        self.before_answer()
        self.has_begun = True
        self._connection.sendall(head)

    def piece(self, data: bytes) -> None:
        if data and self.method != "HEAD":
            self._connection.sendall(chunk_bytes(data) if self._is_chunked else data)

    def end(self) -> None:
        if self._is_chunked and self.method != "HEAD":
            self._connection.sendall(LAST_CHUNK)

    def fail(self, kind: str, body: bytes) -> None:
        """A failure of the function (PROTOCOL.md, "A call"). An answer that has begun is
        broken off.
        """
        if self.has_begun:
            self.is_last = True
            return
        self._connection.sendall(
            head_bytes(
                "HTTP/1.1 500 Failed",
                [
                    ("content-type", "application/json"),
                    ("koyalite-failure", kind),
                    ("content-length", str(len(body))),
                ],
            )
        )
        if self.method != "HEAD":
            self._connection.sendall(body)
        self.has_begun = True

    def drain(self) -> None:
        """What nobody has read of the body, so that the next request can be."""
        while self.body.read(64 * 1024):
            pass


def _is_for_caller(name: str) -> bool:
    """Not those by which the server and the host speak, nor of the connection."""
    lower = name.lower()
    return not lower.startswith("koyalite-") and lower not in (
        "transfer-encoding",
        "connection",
        "keep-alive",
    )


def _reason(status: int) -> str:
    if not 100 <= status <= 999:
        raise ValueError(f"a status of HTTP is from 200 to 599, not {status}")
    return "OK" if status == 200 else "Status"


def origin_of(url: str) -> str:
    """``https://host`` of an address."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}"
