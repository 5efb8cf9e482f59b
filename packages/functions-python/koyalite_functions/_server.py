"""Requests to the server, over its socket."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from threading import Lock
from typing import Any, BinaryIO

from ._wire import BodyReader, WireError, head_bytes, parse_headers, read_head

#: Connections that are kept open, of those that nobody uses.
_MAX_IDLE = 16


class Asked:
    """One request of the code."""

    def __init__(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.method = method
        self.path = path
        self.params = params or {}
        #: JSON, unless `headers` says.
        self.body = body
        self.headers = headers or {}

    def message(self, token: str) -> bytes:
        """As it is sent."""
        path = self.path
        if self.params:
            from urllib.parse import urlencode

            path += "?" + urlencode(self.params)
        body = None if self.body is None else self.body.encode()
        headers = [
            ("Host", "koyalite"),
            ("Authorization", f"Bearer {token}"),
            ("Accept", "application/json"),
            *self.headers.items(),
        ]
        has_type = any(name.lower() == "content-type" for name in self.headers)
        if body is not None and not has_type:
            headers.append(("Content-Type", "application/json"))
        if body is not None or self.method != "GET":
            headers.append(("Content-Length", str(len(body or b""))))
        return head_bytes(f"{self.method} {path} HTTP/1.1", headers) + (body or b"")


class Answered:
    """The answer of the server, read as a whole."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self._body = body

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """None where there is none."""
        return json.loads(self._body) if self._body else None

    def error(self) -> dict[str, Any]:
        """What is wrong, as the server says it."""
        try:
            error = json.loads(self._body)["error"]
            if isinstance(error["code"], str):
                return dict(error)
        except (ValueError, KeyError, TypeError):
            pass
        shown = self._body[:200].decode(errors="replace")
        message = f"the response ({self.status}) is not one of the server: {shown}"
        return {"code": "UNEXPECTED_RESPONSE", "message": message, "details": []}


Connection = tuple[socket.socket, BinaryIO]


class ServerSocket:
    """The way to the server. It can be used from several threads."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[Connection] = []
        self._lock = Lock()

    def send(self, asked: Asked, token: str) -> Answered:
        """Raises an OSError or a WireError where no answer comes."""
        message = asked.message(token)
        connection = self._take()
        try:
            connection[0].sendall(message)
            answered, stays = read_answer(connection[1])
        except BaseException:
            close(connection)
            raise
        if stays:
            self._give(connection)
        else:
            close(connection)
        return answered

    def wait_for_end(self, asked: Asked, token: str) -> None:
        """Of an answer that does not end before the server does."""
        connection = self._open()
        try:
            connection[0].sendall(asked.message(token))
            read_answer(connection[1])
        except (OSError, WireError):
            # A connection that breaks has ended, too.
            pass

    async def send_async(self, asked: Asked, token: str) -> Answered:
        """As `send`, on a connection of its own."""
        import asyncio
        import io

        reader, writer = await asyncio.open_unix_connection(self._path)
        try:
            asked.headers = {**asked.headers, "Connection": "close"}
            writer.write(asked.message(token))
            return read_answer(io.BytesIO(await reader.read()))[0]
        finally:
            writer.close()

    def _open(self) -> Connection:
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        opened.connect(self._path)
        return opened, opened.makefile("rb")

    def _take(self) -> Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._open()

    def _give(self, connection: Connection) -> None:
        with self._lock:
            if len(self._idle) < _MAX_IDLE:
                self._idle.append(connection)
                return
        close(connection)


def close(connection: Connection) -> None:
    connection[1].close()
    connection[0].close()


def read_answer(file: BinaryIO) -> tuple[Answered, bool]:
    """The answer, and whether the connection can be used again."""
    lines = read_head(file)
    if not lines:
        raise WireError("the server has closed the connection")
    status = int(lines[0].split(b" ", 2)[1])
    headers = parse_headers(lines[1:])
    body = BodyReader(file, headers, empty=status in (204, 304)).read_all()
    return Answered(status, headers, body), headers.get(
        "connection", ""
    ).lower() != "close"
