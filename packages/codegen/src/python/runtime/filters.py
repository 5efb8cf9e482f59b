"""The operators of filters, by the type of the field: of one condition all hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NewType, TypedDict

TextFilter = TypedDict(
    "TextFilter",
    {
        "$eq": str | None,
        "$ne": str | None,
        "$in": Sequence[str | None],
        "$nin": Sequence[str | None],
        "$gt": str,
        "$gte": str,
        "$lt": str,
        "$lte": str,
        "$like": str,
        "$contains": str,
        "$not": "TextFilter",
    },
    total=False,
)

IntFilter = TypedDict(
    "IntFilter",
    {
        "$eq": int | None,
        "$ne": int | None,
        "$in": Sequence[int | None],
        "$nin": Sequence[int | None],
        "$gt": int,
        "$gte": int,
        "$lt": int,
        "$lte": int,
        "$not": "IntFilter",
    },
    total=False,
)

FloatFilter = TypedDict(
    "FloatFilter",
    {
        "$eq": float | None,
        "$ne": float | None,
        "$in": Sequence[float | None],
        "$nin": Sequence[float | None],
        "$gt": float,
        "$gte": float,
        "$lt": float,
        "$lte": float,
        "$not": "FloatFilter",
    },
    total=False,
)

BoolFilter = TypedDict(
    "BoolFilter",
    {
        "$eq": bool | None,
        "$ne": bool | None,
        "$in": Sequence[bool | None],
        "$nin": Sequence[bool | None],
        "$not": "BoolFilter",
    },
    total=False,
)

DatetimeFilter = TypedDict(
    "DatetimeFilter",
    {
        "$eq": datetime | None,
        "$ne": datetime | None,
        "$in": Sequence[datetime | None],
        "$nin": Sequence[datetime | None],
        "$gt": datetime,
        "$gte": datetime,
        "$lt": datetime,
        "$lte": datetime,
        "$not": "DatetimeFilter",
    },
    total=False,
)

DateFilter = TypedDict(
    "DateFilter",
    {
        "$eq": date | None,
        "$ne": date | None,
        "$in": Sequence[date | None],
        "$nin": Sequence[date | None],
        "$gt": date,
        "$gte": date,
        "$lt": date,
        "$lte": date,
        "$not": "DateFilter",
    },
    total=False,
)

#: Blobs can only be tested for null.
BlobFilter = TypedDict(
    "BlobFilter", {"$eq": None, "$ne": None, "$not": "BlobFilter"}, total=False
)

PathFilter = NewType("PathFilter", dict[str, object])


def path(name: str, condition: object) -> PathFilter:
    """A condition on what is behind a reference, or inside of json.

    ``path("author.name", {"$like": "A%"})``.
    """
    return PathFilter({name: condition})


#: New values that depend on the stored ones: of a number, and of an array.
IntIncrement = TypedDict("IntIncrement", {"$inc": int})
FloatIncrement = TypedDict("FloatIncrement", {"$inc": float})
