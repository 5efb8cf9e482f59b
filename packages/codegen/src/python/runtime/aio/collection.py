"""The documents of one collection, one by one."""

from __future__ import annotations

import builtins
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import quote

from ..documents import CollectionInfo, Document, parse_document
from ..errors import InvalidRequestError
from ..options import HttpCall
from ..query_state import QueryState
from ..values import dumps, input_json
from .context import AsyncContext
from .query import AsyncQuery

D = TypeVar("D", bound=Document)
Q = TypeVar("Q")


class AsyncCollection(AsyncQuery[D, Q]):
    """The query of all documents of a collection, and its documents one by one."""

    def __init__(
        self,
        context: AsyncContext,
        info: CollectionInfo,
        state: QueryState | None = None,
    ) -> None:
        super().__init__(context, info, state or QueryState())

    async def _get(
        self, key: object, expand: Sequence[str], fields: Sequence[str]
    ) -> D:
        wires = tuple(self._info.wire_name(name) for name in fields)
        state = QueryState(
            expand=tuple(self._path(path) for path in expand), fields=wires
        )
        return await self._one(
            HttpCall("GET", self._path_of(key), params=state.projection())
        )

    async def _create(
        self, data: Mapping[str, object] | None, fields: Mapping[str, object]
    ) -> D:
        return await self._write("POST", self._collection, data or {}, fields)

    async def _create_many(
        self, data: Sequence[Mapping[str, object]]
    ) -> builtins.list[D]:
        if not data:
            return []
        body = dumps([input_json(self._info, one, {}) for one in data])
        response = await self._context.send(
            HttpCall("POST", self._collection, body=body, is_write=True)
        )
        docs = [
            parse_document(self._info, one, self._context.schema)
            for one in response.body["docs"]
        ]
        return cast("builtins.list[D]", docs)

    async def _update(
        self,
        key: object,
        patch: Mapping[str, object] | None,
        fields: Mapping[str, object],
    ) -> D:
        return await self._write("PATCH", self._path_of(key), patch or {}, fields)

    async def _replace(
        self,
        key: object,
        data: Mapping[str, object] | None,
        fields: Mapping[str, object],
    ) -> D:
        return await self._write("PUT", self._path_of(key), data or {}, fields)

    async def _delete(self, key: object) -> None:
        await self._context.send(HttpCall("DELETE", self._path_of(key), is_write=True))

    async def _write(
        self,
        method: str,
        path: str,
        data: Mapping[str, object],
        fields: Mapping[str, Any],
    ) -> D:
        body = dumps(input_json(self._info, data, fields))
        return await self._one(HttpCall(method, path, body=body, is_write=True))

    async def _one(self, call: HttpCall) -> D:
        return cast(D, await self._context.document(self._info, Document, call))

    @property
    def _collection(self) -> str:
        return f"/api/collections/{self._info.name}"

    def _path_of(self, key: object) -> str:
        return f"{self._collection}/{key_segment(key)}"


def key_segment(key: object) -> str:
    """A key in a path:

    ``~`` before what would be a word of the API, or a step of the path itself.
    """
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise InvalidRequestError(
            f"a key is a str or an int, but this one is {key!r}", code="INVALID_REQUEST"
        )
    text = str(key)
    return quote(f"~{text}" if re.match(r"[~.]|[a-z]*$", text) else text, safe="")
