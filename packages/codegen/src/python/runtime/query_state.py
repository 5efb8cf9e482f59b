"""What a query asks for; it is never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from .documents import CollectionInfo
from .errors import InvalidRequestError
from .values import dumps, filter_json, json_value

#: The most documents that one page has.
MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class QueryState:
    """The parameters of a list."""

    #: All of them hold.
    filters: tuple[Mapping[str, Any], ...] = ()
    #: CEL expressions with their parameters; all of them hold.
    where: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    sort: tuple[str, ...] = ()
    limit: int | None = None
    offset: int | None = None
    expand: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    etags: bool = False

    def conditions(self) -> dict[str, str]:
        """Which documents, as parameters of the URL."""
        params: dict[str, str] = {}
        if self.filters:
            params["filter"] = dumps(
                self.filters[0]
                if len(self.filters) == 1
                else {"$and": list(self.filters)}
            )
        if self.where:
            expression, values = _joined(self.where)
            params["where"] = expression
            if values:
                params["params"] = dumps(values)
        return params

    def params(self) -> dict[str, str]:
        """All of it, as parameters of the URL."""
        params = {**self.conditions(), **self.projection()}
        if self.sort:
            params["sort"] = ",".join(self.sort)
        if self.limit is not None:
            params["limit"] = str(self.limit)
        if self.offset is not None:
            params["offset"] = str(self.offset)
        if self.etags:
            params["etags"] = "true"
        return params

    def live_params(self) -> dict[str, str]:
        """Of a live query: without a limit, of all documents."""
        return {"limit": "all", **self.params()}

    def projection(self) -> dict[str, str]:
        """How much of each document."""
        params: dict[str, str] = {}
        if self.expand:
            params["expand"] = ",".join(self.expand)
        if self.fields:
            params["fields"] = ",".join(self.fields)
        return params


def _joined(where: Sequence[tuple[str, tuple[Any, ...]]]) -> tuple[str, list[Any]]:
    """One expression of several, with the parameters of all."""
    if len(where) == 1:
        expression, params = where[0]
        return expression, list(params)
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


#: The class of the queries that a query, or a collection, makes.
Q = TypeVar("Q")


class QueryBuilder(Generic[Q]):
    """The methods of a query that ask nobody: each returns another query."""

    def __init__(self, info: CollectionInfo, state: QueryState) -> None:
        self._info = info
        self._state = state

    def _with(self, state: QueryState) -> Q:
        raise NotImplementedError

    def _filter(
        self, conditions: Sequence[Mapping[str, object]], fields: Mapping[str, object]
    ) -> Q:
        added = [filter_json(self._info, one) for one in (*conditions, fields) if one]
        return self._with(replace(self._state, filters=(*self._state.filters, *added)))

    def where(self, expression: str, /, *params: object) -> Q:
        """Only documents for which a CEL expression holds; repeated: all of them.

        It may use ``doc``, ``auth`` and ``request.time``. ``$1`` is the first of
        ``params``.
        """
        values = tuple(json_value(one) for one in params)
        return self._with(
            replace(self._state, where=(*self._state.where, (expression, values)))
        )

    def sort(self, *keys: str) -> Q:
        """Fields, or paths along references; ``-``: descending. Default: the key."""
        wires = tuple(
            f"-{self._path(key[1:])}" if key.startswith("-") else self._path(key)
            for key in keys
        )
        return self._with(replace(self._state, sort=wires))

    def limit(self, limit: int) -> Q:
        """At most so many documents."""
        if limit < 1:
            raise InvalidRequestError(
                f"a limit is at least 1, but this one is {limit}",
                code="INVALID_REQUEST",
            )
        return self._with(replace(self._state, limit=limit))

    def offset(self, offset: int) -> Q:
        """Leaves out the first so many."""
        return self._with(replace(self._state, offset=offset))

    def expand(self, *paths: str) -> Q:
        """Loads the documents of relations too, at most three deep.

        ``expand("author", "comments.author")``.
        """
        wires = tuple(self._path(path) for path in paths)
        return self._with(replace(self._state, expand=(*self._state.expand, *wires)))

    def _fields(self, names: Sequence[str]) -> Q:
        return self._with(
            replace(
                self._state, fields=tuple(self._info.wire_name(name) for name in names)
            )
        )

    def etags(self) -> Q:
        """Gives documents of lists and live queries their tags: see ``etag_of``."""
        return self._with(replace(self._state, etags=True))

    def _path(self, path: str) -> str:
        first, dot, rest = path.partition(".")
        return self._info.wire_name(first) + dot + rest
