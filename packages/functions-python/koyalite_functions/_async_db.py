"""Documents, for an ``async def``."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from ._document import Document, Facts
from ._part import AsyncPart, json_of, nothing_of
from ._query import MAX_PAGE, D, Page
from ._writes import CollectionBuilder, IfMatch, with_tag


class AsyncCollection(CollectionBuilder[D]):
    """``ctx.db.posts``."""

    _part: AsyncPart

    async def get(
        self, key: Any, *, expand: Sequence[str] = (), fields: Sequence[str] = ()
    ) -> D:
        """The document with a key. Raises NOT_FOUND."""
        return await self._part.ask(
            self._get(key, expand, fields), self._parse_document
        )

    async def create(
        self, data: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> D:
        """``create(title="Hello")``."""
        return await self._part.ask(self._create(data, fields), self._parse_document)

    async def create_many(self, data: Iterable[Mapping[str, Any]]) -> builtins.list[D]:
        """All of them, or none."""
        return await self._part.ask(self._create_many(data), self._parse_created)

    async def update(
        self,
        key: Any,
        data: Mapping[str, Any] | None = None,
        /,
        *,
        if_match: IfMatch = None,
        **fields: Any,
    ) -> D:
        """Changes these fields: ``update(key, views={"$inc": 1})``."""
        asked = with_tag(self._change("PATCH", key, data, fields), if_match)
        return await self._part.ask(asked, self._parse_document)

    async def upsert(
        self,
        key: Any,
        data: Mapping[str, Any] | None = None,
        /,
        *,
        if_match: IfMatch = None,
        **fields: Any,
    ) -> D:
        """The whole document with this key, whether there is one or not."""
        asked = with_tag(self._change("PUT", key, data, fields), if_match)
        return await self._part.ask(asked, self._parse_document)

    async def delete(self, key: Any, *, if_match: IfMatch = None) -> None:
        await self._part.ask(with_tag(self._delete(key), if_match), nothing_of)

    async def list(self) -> builtins.list[D]:
        """One page: as many as `limit` says, or as the server gives by default. All of
        them: iterate over the query.
        """
        return (await self.page()).docs

    async def first(self) -> D | None:
        """The first document; None where there is none."""
        docs = (await self._part.ask(self._list(limit=1), self._parse_page)).docs
        return docs[0] if docs else None

    async def page(self, *, cursor: str | None = None, count: bool = False) -> Page[D]:
        """The first page, or the one at a cursor. With `count`, it has the total."""
        return await self._part.ask(
            self._list(cursor=cursor, count=count), self._parse_page
        )

    async def count(self) -> int:
        """How many documents the query has, whatever its limit and offset."""
        return (await self._part.ask(self._count(), self._parse_page)).total or 0

    async def __aiter__(self) -> AsyncIterator[D]:
        """All documents, page by page."""
        left = self._limit
        cursor: str | None = None
        while True:
            most = MAX_PAGE if left is None else min(left, MAX_PAGE)
            page = await self._part.ask(
                self._list(limit=most, cursor=cursor), self._parse_page
            )
            for document in page.docs:
                yield document
            cursor = page.next_cursor
            left = None if left is None else left - len(page.docs)
            if cursor is None or left == 0:
                return

    async def aggregate(
        self,
        values: Sequence[str],
        *,
        group: Sequence[str] = (),
        having: Mapping[str, Any] | None = None,
        sort: str | None = None,
        limit: int | None = None,
        timezone: str | None = None,
    ) -> builtins.list[Mapping[str, Any]]:
        """Values over the documents, in groups:

        ``aggregate(["count", "sum:amount"], group=["status"])``.
        """
        more = {"having": having, "sort": sort, "limit": limit, "timezone": timezone}
        answer = await self._part.ask(self._groups(values, group, more), json_of)
        groups: builtins.list[Mapping[str, Any]] = answer["groups"]
        return groups


class AsyncCollections:
    """A collection for each name: ``db.posts``, or ``db.collection("posts")``."""

    def __init__(self, part: AsyncPart, facts: Facts) -> None:
        self._part = part
        self._facts = facts

    def collection(self, name: str) -> AsyncCollection[Document]:
        """For names that are no words of Python."""
        return AsyncCollection(self._part, self._facts, name)

    def __getattr__(self, name: str) -> AsyncCollection[Document]:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.collection(name)
