"""What lists ask for; a query is never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ._document import Document, Facts, parse_document
from ._json import dumps, json_value
from ._part import Part
from ._server import Answered, Asked

if TYPE_CHECKING:
    # Type checkers bring it along.
    from typing_extensions import Self

#: The most documents that one page has.
MAX_PAGE = 500

Q = TypeVar("Q", bound="QueryBuilder[Any]")


#: Its documents: those of a project have types of their own where they are generated.
D = TypeVar("D", bound=Document)


class Page(Generic[D]):
    """One page of a list."""

    def __init__(self, docs: list[D], body: Mapping[str, Any]) -> None:
        self.docs = docs
        #: For the next page; None at the end.
        self.next_cursor: str | None = body.get("next_cursor")
        #: Of all pages, where it was asked for.
        self.total: int | None = body.get("total")


class QueryBuilder(Generic[D]):
    """The methods of a query that ask nobody: each returns another query."""

    def __init__(self, part: Part, facts: Facts, collection: str) -> None:
        self._part = part
        self._facts = facts
        self._collection = collection
        self._filters: tuple[Mapping[str, Any], ...] = ()
        self._where: tuple[tuple[str, tuple[Any, ...]], ...] = ()
        self._params: Mapping[str, str] = {}
        self._limit: int | None = None

    def filter(
        self, condition: Mapping[str, Any] | None = None, /, **fields: Any
    ) -> Self:
        """Only documents with these values; all conditions hold:

        ``filter(published=True)``, ``filter({"views": {"$gt": 10}})``.
        """
        given = [json_value(one) for one in (condition, fields) if one]
        return self._with(_filters=(*self._filters, *given))

    def where(self, expression: str, /, *params: Any) -> Self:
        """Only documents for which a CEL expression holds; ``$1`` is the first of
        ``params``.
        """
        values = tuple(json_value(one) for one in params)
        return self._with(_where=(*self._where, (expression, values)))

    def sort(self, *keys: str) -> Self:
        """Fields, or paths along references; ``-``: descending. Default: the key."""
        return self._with_param("sort", ",".join(keys))

    def limit(self, limit: int) -> Self:
        """At most so many documents."""
        if limit < 1:
            raise ValueError(f"a limit is at least 1, but this one is {limit}")
        return self._with(_limit=limit)

    def offset(self, offset: int) -> Self:
        """Leaves out the first so many."""
        return self._with_param("offset", str(offset))

    def expand(self, *paths: str) -> Self:
        """Loads the documents of relations too: ``expand("author")``."""
        return self._with_param("expand", ",".join(paths))

    def fields(self, *names: str) -> Self:
        """Only these fields of each document."""
        return self._with_param("fields", ",".join(names))

    def _with_param(self, name: str, value: str) -> Self:
        return self._with(_params={**self._params, name: value})

    def _with(self, **changed: Any) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, **changed)
        return other

    def _path(self, *rest: str) -> str:
        return "/".join(("/api/collections", segment(self._collection), *rest))

    def _conditions(self) -> dict[str, str]:
        params: dict[str, str] = {}
        if self._filters:
            only = self._filters[0] if len(self._filters) == 1 else None
            params["filter"] = dumps(only or {"$and": list(self._filters)})
        if self._where:
            expression, values = _joined(self._where)
            params["where"] = expression
            if values:
                params["params"] = dumps(values)
        return params

    def _list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        count: bool = False,
    ) -> Asked:
        params = {**self._conditions(), **self._params}
        most = self._limit if limit is None else limit
        if most is not None:
            params["limit"] = str(most)
        if cursor is not None:
            params.pop("offset", None)
            params["cursor"] = cursor
        if count:
            params["count"] = "true"
        return Asked("GET", self._path(), params=params)

    def _count(self) -> Asked:
        params = {**self._conditions(), "limit": "1", "count": "true"}
        return Asked("GET", self._path(), params=params)

    def _groups(
        self, values: Sequence[str], group: Sequence[str], more: Mapping[str, Any]
    ) -> Asked:
        params = {**self._conditions(), "values": ",".join(values)}
        if group:
            params["group"] = ",".join(group)
        for name, value in more.items():
            if value is not None:
                params[name] = value if isinstance(value, str) else dumps(value)
        return Asked("GET", self._path("aggregate"), params=params)

    def _parse_page(self, answered: Answered) -> Page[D]:
        body = answered.json()
        docs = [self._parse_one(one) for one in body["docs"]]
        return Page(docs, body)

    def _parse_one(self, data: Mapping[str, Any]) -> D:
        return cast("D", parse_document(data, self._collection, self._facts))

    def _parse_document(self, answered: Answered) -> D:
        document = self._parse_one(answered.json())
        document._etag = answered.headers.get("etag")
        return document

    def _parse_created(self, answered: Answered) -> list[D]:
        return [self._parse_one(one) for one in answered.json()["docs"]]


def key_segment(key: Any) -> str:
    """A key in a path: ``~`` before what would be a word of the API, or a step of the
    path itself.
    """
    is_key = isinstance(key, (str, int)) or type(key).__name__ == "UUID"
    if isinstance(key, bool) or not is_key:
        raise TypeError(f"a key is a str, an int or a UUID, but this one is {key!r}")
    text = str(key)
    return segment(f"~{text}" if re.match(r"[~.]|[a-z]*$", text) else text)


def segment(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="~")


def _joined(where: Sequence[tuple[str, tuple[Any, ...]]]) -> tuple[str, list[Any]]:
    """One expression of several, with the parameters of all."""
    if len(where) == 1:
        return where[0][0], list(where[0][1])
    parts: list[str] = []
    values: list[Any] = []
    for expression, params in where:
        # An expression may end with a comment.
        parts.append(f"({renumbered(expression, len(values))}\n)")
        values.extend(params)
    return " && ".join(parts), values


#: What ``$1`` means nothing in: literals (raw ones first) and comments; or a parameter.
_TOKENS = re.compile(
    r"""[rR]("{3}|'{3})[\s\S]*?\1|[rR]"[^"\n]*"|[rR]'[^'\n]*'"""
    r"""|("{3}|'{3})(?:\\.|[\s\S])*?\2|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    r"""|//[^\n]*|\$(\d+)"""
)


def renumbered(expression: str, by: int) -> str:
    """``$1`` as ``$3`` where two parameters come before it."""
    return _TOKENS.sub(
        lambda found: f"${int(found[3]) + by}" if found[3] else found[0], expression
    )
