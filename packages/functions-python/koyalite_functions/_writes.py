"""What reads and writes documents one by one: the requests, not yet asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional, Union

from ._document import etag_of
from ._json import dumps
from ._query import D, QueryBuilder, key_segment
from ._server import Asked

IfMatch = Optional[Union[str, Mapping[str, Any]]]


class CollectionBuilder(QueryBuilder[D]):
    """The query of all documents of a collection, and its documents one by one."""

    def _get(self, key: Any, expand: Sequence[str], fields: Sequence[str]) -> Asked:
        params: dict[str, str] = {}
        if expand:
            params["expand"] = ",".join(expand)
        if fields:
            params["fields"] = ",".join(fields)
        return Asked("GET", self._path(key_segment(key)), params=params)

    def _create(
        self, data: Mapping[str, Any] | None, fields: Mapping[str, Any]
    ) -> Asked:
        return Asked("POST", self._path(), body=dumps({**(data or {}), **fields}))

    def _create_many(self, data: Iterable[Mapping[str, Any]]) -> Asked:
        return Asked("POST", self._path(), body=dumps(list(data)))

    def _change(
        self,
        method: str,
        key: Any,
        data: Mapping[str, Any] | None,
        fields: Mapping[str, Any],
    ) -> Asked:
        body = dumps({**(data or {}), **fields})
        return Asked(method, self._path(key_segment(key)), body=body)

    def _delete(self, key: Any) -> Asked:
        return Asked("DELETE", self._path(key_segment(key)))


def with_tag(asked: Asked, if_match: IfMatch) -> Asked:
    """Refused where the document has changed since."""
    if if_match is None:
        return asked
    tag = if_match if isinstance(if_match, str) else etag_of(if_match)
    if tag is None:
        raise ValueError(
            "if_match takes a tag, or a document that was read or written by itself"
        )
    asked.headers = {**asked.headers, "If-Match": tag}
    return asked
