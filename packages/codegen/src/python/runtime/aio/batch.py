"""Several writes in one transaction, sent at the end of a ``with``."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from ..options import HttpCall
from ..transaction import BatchCollections, Operations
from ..values import dumps
from .context import AsyncContext


class AsyncBatch(BatchCollections):
    """Collects writes, and sends them when its block ends; where the block raises,
    nothing is sent.
    """

    def __init__(self, context: AsyncContext) -> None:
        self._context = context
        self._operations = Operations(context.schema)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        body = self._operations.body
        if error is not None or body is None:
            return
        response = await self._context.send(
            HttpCall("POST", "/api/batch", body=dumps(body), is_write=True)
        )
        self._operations.resolve(response.body["results"])
