"""Lists of documents."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar, cast

from ..aggregates import aggregate_params, parse_groups
from ..documents import CollectionInfo, Document, parse_document, set_etag
from ..live_state import LiveStatus
from ..options import HttpCall
from ..pages import Page
from ..query_state import MAX_PAGE, QueryBuilder, QueryState
from .context import Context
from .live import Live

D = TypeVar("D", bound=Document)
Q = TypeVar("Q")


class Query(QueryBuilder[Q], Generic[D, Q]):
    """An immutable list of documents: each method returns another one, until an ending
    (`list`, `first`, …) asks the server.
    """

    def __init__(
        self, context: Context, info: CollectionInfo, state: QueryState
    ) -> None:
        super().__init__(info, state)
        self._context = context

    def list(self) -> builtins.list[D]:
        """One page: as many documents as `limit` says, or as the server gives by
        default. All of them: iterate over the query.
        """
        page = self.page()
        if page.next_cursor is not None and self._state.limit is None:
            self._context.transport.warn_once(
                f"list() returned the first {len(page.docs)} documents of"
                f" '{self._info.name}', and there are more:"
                " iterate over the query, or use limit() or page()"
            )
        return page.docs

    def first(self) -> D | None:
        """The first document; None where there is none."""
        page = self._page(replace(self._state, limit=1))
        return page.docs[0] if page.docs else None

    def count(self) -> int:
        """How many documents the query has, whatever its limit and offset."""
        bare = QueryState(
            filters=self._state.filters,
            where=self._state.where,
            fields=(self._info.key,),
            limit=1,
        )
        return (self._page(bare, count=True)).total or 0

    def page(self, *, cursor: str | None = None, count: bool = False) -> Page[D]:
        """The first page, or the one at a cursor. With `count`, it has the total."""
        return self._page(self._state, cursor=cursor, count=count)

    def __iter__(self) -> Iterator[D]:
        """All documents, by cursor: what does not change meanwhile comes once."""
        left = self._state.limit
        cursor: str | None = None
        while True:
            limit = MAX_PAGE if left is None else min(left, MAX_PAGE)
            page = self._page(replace(self._state, limit=limit), cursor=cursor)
            yield from page.docs
            cursor = page.next_cursor
            left = None if left is None else left - len(page.docs)
            if cursor is None or left == 0:
                return

    def live(self, *, on_status: Callable[[LiveStatus], None] | None = None) -> Live[D]:
        """The documents now and after each change: a `Snapshot` each time.

        Continues by itself after the connection was lost.

        Args:
            on_status: Called with each new status: ``live``, then ``stale`` while the
                connection is lost, in the end ``closed``.
        """
        return Live(self._context, self._info, self._state, on_status)

    def aggregate(
        self,
        values: Sequence[str],
        *,
        group: Sequence[str] = (),
        having: Mapping[str, object] | None = None,
        sort: Sequence[str] = (),
        limit: int | None = None,
        timezone: str | None = None,
    ) -> builtins.list[dict[str, Any]]:
        """Values over the documents, in groups:

        ``aggregate(["count", "sum:amount"], group=["status", "created_at:month"])``.
        """
        params = aggregate_params(
            values, group, having=having, sort=sort, limit=limit, timezone=timezone
        )
        path = f"/api/collections/{self._info.name}/aggregate"
        response = self._context.send(
            HttpCall("GET", path, params={**self._state.conditions(), **params})
        )
        return parse_groups(
            response.body["groups"],
            self._info,
            self._context.schema,
            values=values,
            group=group,
        )

    def _page(
        self, state: QueryState, *, cursor: str | None = None, count: bool = False
    ) -> Page[D]:
        params = replace(state, offset=None if cursor else state.offset).params()
        if cursor is not None:
            params["cursor"] = cursor
        if count:
            params["count"] = "true"
        response = self._context.send(
            HttpCall("GET", f"/api/collections/{self._info.name}", params=params)
        )
        body = cast("dict[str, Any]", response.body)
        docs = [
            parse_document(self._info, one, self._context.schema)
            for one in body["docs"]
        ]
        for document, etag in zip(docs, body.get("etags", ()), strict=False):
            set_etag(document, etag)
        return Page(
            docs=cast("builtins.list[D]", docs),
            next_cursor=body["next_cursor"],
            total=body.get("total"),
        )
