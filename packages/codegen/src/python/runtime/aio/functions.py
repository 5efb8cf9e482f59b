"""The functions of the project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from ..documents import Kind
from ..function_values import parse_output
from ..options import HttpCall
from ..values import dumps, json_value
from .context import AsyncContext


class AsyncFunctions:
    """The functions of the project.

    A call is made again only with an idempotency key (``with_options``): the server
    then runs it once.
    """

    def __init__(self, context: AsyncContext) -> None:
        self._context = context

    async def call(self, name: str, data: object = None, /) -> Any:
        """Calls a function by its name, also one that has no method here.

        Without `data` with an empty object. What it returns is as JSON has it.
        """
        return await self._call(name, {} if data is None else data, {}, {})

    async def _call(
        self,
        name: str,
        data: object,
        fields: Mapping[str, object],
        kinds: Mapping[str, Kind],
    ) -> Any:
        given = (
            {**cast("Mapping[str, object]", data or {}), **fields} if fields else data
        )
        response = await self._context.send(
            HttpCall(
                "POST",
                f"/api/functions/{quote(name, safe='@')}",
                body=dumps(json_value(given)),
            )
        )
        return parse_output(response.body, kinds)
