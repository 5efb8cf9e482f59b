"""Requests and responses of functions over HTTP as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import (
    Any,
    Callable,
    Union,
)

Pairs = list[tuple[str, str]]

#: Bytes that are read at a time.
CHUNK = 64 * 1024


class Headers(Mapping[str, str]):
    """Names without regard to case; of a header that comes several times the values are
    joined, `all` has each.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs: Pairs = [(name.lower(), value) for name, value in pairs]

    def all(self, name: str) -> list[str]:
        """Every value of one name, in their order."""
        lower = name.lower()
        return [value for known, value in self.pairs if known == lower]

    def __getitem__(self, name: str) -> str:
        values = self.all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def __repr__(self) -> str:
        return f"Headers({self.pairs!r})"


class Request:
    """A request as its caller sent it."""

    def __init__(
        self,
        method: str,
        url: str,
        headers: Headers,
        read: Callable[[int], bytes],
    ) -> None:
        self.method = method
        #: With the address that the caller knows.
        self.url = url
        self.headers = headers
        self._read = read
        self._body: bytes | None = None

    @property
    def path(self) -> str:
        """As it was sent: not decoded."""
        return "/" + self.url.split("://", 1)[-1].partition("/")[2].partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """Of a parameter that comes several times the last value."""
        from urllib.parse import parse_qsl

        return dict(parse_qsl(self.url.partition("?")[2], keep_blank_values=True))

    def body(self) -> bytes:
        """All of it, byte for byte."""
        if self._body is None:
            self._body = b"".join(self.stream())
        return self._body

    def stream(self) -> Iterator[bytes]:
        """Its pieces, as they come. They can be read once."""
        while True:
            piece = self._read(CHUNK)
            if not piece:
                return
            yield piece

    def text(self) -> str:
        return self.body().decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body())


#: What a response may have as its body. A generator is sent as it goes; an async one
#: where the function is `async def`.
Body = Union[bytes, str, Iterable[Union[bytes, str]], Any]


class Response:
    """``Response("hello", headers={"Content-Type": "text/plain"})``."""

    def __init__(
        self,
        body: Body = b"",
        status: int = 200,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> None:
        """
        Args:
            body: Bytes, text, or pieces of them.
            status: Of HTTP.
            headers: A mapping, or pairs, where a name (Set-Cookie) may come several times.
        """
        self.body = body
        self.status = status
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        self.headers: Pairs = [(str(name), str(value)) for name, value in pairs]
        if isinstance(body, str) and "content-type" not in Headers(self.headers):
            self.headers.append(("content-type", "text/plain; charset=utf-8"))

    @classmethod
    def json(
        cls,
        value: Any,
        status: int = 200,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> Response:
        """JSON of a value."""
        from ._json import dumps

        response = cls(dumps(value).encode(), status, headers)
        if "content-type" not in Headers(response.headers):
            response.headers.append(("content-type", "application/json"))
        return response
