"""What the parts of a client share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast
from weakref import WeakSet

from ..documents import CollectionInfo, Document, Schema, parse_document, set_etag
from ..options import CallOptions, HttpCall
from .transport import AsyncTransport, Response

D = TypeVar("D", bound=Document)


@dataclass(frozen=True, slots=True)
class AsyncContext:
    """One client, or one made of it by ``with_options``."""

    transport: AsyncTransport
    schema: Schema
    options: CallOptions
    #: Streams that are being read: they end with the client.
    live: WeakSet[Any]

    async def send(self, call: HttpCall) -> Response:
        return await self.transport.send(call, self.options)

    async def document(self, info: CollectionInfo, kind: type[D], call: HttpCall) -> D:
        """The document that a response has."""
        response = await self.send(call)
        document = parse_document(
            info, cast("dict[str, Any]", response.body), self.schema
        )
        set_etag(document, response.headers.get("etag"))
        return cast(D, document)
