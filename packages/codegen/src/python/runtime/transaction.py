"""Several writes in one transaction: all or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from .documents import CollectionInfo, Document, Schema, parse_document
from .errors import KoyaliteError
from .values import input_json

D = TypeVar("D", bound=Document)
R = TypeVar("R")


class Pending(Generic[R]):
    """What one write of a batch will have given when the batch has been sent."""

    def __init__(self) -> None:
        self._results: list[R] = []

    @property
    def result(self) -> R:
        """The document; of a delete None. Raises before the batch has been sent."""
        if not self._results:
            raise KoyaliteError(
                "the batch has not been sent: read results after its `with`",
                code="NOT_SENT",
            )
        return self._results[0]

    def resolve(self, result: R) -> None:
        self._results.append(result)


class Operations:
    """The writes of one batch, in their order."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._writes: list[dict[str, Any]] = []
        self._pending: list[tuple[CollectionInfo, Pending[Any]]] = []

    def add(
        self, info: CollectionInfo, write: dict[str, Any], pending: Pending[Any]
    ) -> None:
        self._writes.append({"op": write["op"], "collection": info.name, **write})
        self._pending.append((info, pending))

    @property
    def body(self) -> dict[str, Any] | None:
        """None where there is nothing to send."""
        return {"operations": self._writes} if self._writes else None

    def resolve(self, results: list[Any]) -> None:
        for (info, pending), result in zip(self._pending, results, strict=True):
            pending.resolve(
                None if result is None else parse_document(info, result, self._schema)
            )


class BatchCollections:
    """What has a property for the writes of each collection."""

    _operations: Operations


class CollectionBatch(Generic[D]):
    """The writes of one collection in a batch."""

    def __init__(self, operations: Operations, info: CollectionInfo) -> None:
        self._operations = operations
        self._info = info

    def _add(
        self,
        op: Literal["create", "update", "upsert"],
        key: object,
        data: Mapping[str, object] | None,
        fields: Mapping[str, object],
    ) -> Pending[D]:
        pending = Pending[D]()
        write: dict[str, Any] = {
            "op": op,
            "data": input_json(self._info, data or {}, fields),
        }
        self._operations.add(
            self._info, write if key is None else {**write, "id": key}, pending
        )
        return pending

    def _delete(self, key: object) -> Pending[None]:
        pending = Pending[None]()
        self._operations.add(self._info, {"op": "delete", "id": key}, pending)
        return pending
