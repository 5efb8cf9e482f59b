"""What lists return besides documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[D]):
    """One page of a list."""

    docs: list[D]
    #: For ``page(cursor=…)``; None: this is the last page.
    next_cursor: str | None
    #: How many documents the query has, with ``count=True``.
    total: int | None = None
