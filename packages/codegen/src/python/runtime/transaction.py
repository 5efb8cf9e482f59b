"""Several writes in one transaction: all or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from .documents import CollectionInfo, Document, Schema, parse_document
from .errors import InvalidRequestError, KoyaliteError
from .values import input_json, json_value

D = TypeVar("D", bound=Document)
R = TypeVar("R")


class ResultKey(Generic[D]):
    """The key of the document that an earlier write of the same batch results in."""

    def __init__(self, operations: Operations, index: int) -> None:
        self._operations = operations
        self._index = index

    def wire(self, operations: Operations) -> dict[str, int]:
        """As the server takes it, in a batch of these operations."""
        if operations is not self._operations:
            raise InvalidRequestError(
                "a key of one batch cannot be used in another",
                code="INVALID_REQUEST",
            )
        return {"$result": self._index}


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


class Written(Pending[D]):
    """The same of a write that results in a document."""

    def __init__(self, key: ResultKey[D]) -> None:
        super().__init__()
        self._key = key

    @property
    def key(self) -> ResultKey[D]:
        """Stands for the document's key in later writes of the batch.

        It may be the key that they are about, or in a field that refers to it.
        """
        return self._key


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
    def count(self) -> int:
        return len(self._writes)

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
    ) -> Written[D]:
        index = self._operations.count
        pending = Written(ResultKey[D](self._operations, index))
        write: dict[str, Any] = {"op": op, "data": self._data(data, fields)}
        if key is not None:
            write["id"] = self._known(key)
        self._operations.add(self._info, write, pending)
        return pending

    def _delete(self, key: object) -> Pending[None]:
        return self._without_document({"op": "delete", "id": self._known(key)})

    def _assert(
        self,
        key: object,
        data: Mapping[str, object] | None,
        fields: Mapping[str, object],
    ) -> Pending[None]:
        return self._without_document(
            {"op": "assert", "id": self._known(key), "data": self._data(data, fields)}
        )

    def _assert_where(
        self, key: object, expression: str, params: tuple[object, ...]
    ) -> Pending[None]:
        return self._without_document(
            {
                "op": "assert",
                "id": self._known(key),
                "where": expression,
                "params": [json_value(one) for one in params],
            }
        )

    def _without_document(self, write: dict[str, Any]) -> Pending[None]:
        pending = Pending[None]()
        self._operations.add(self._info, write, pending)
        return pending

    def _data(
        self, data: Mapping[str, object] | None, fields: Mapping[str, object]
    ) -> dict[str, Any]:
        given = {**(data or {}), **fields}
        known = {name: self._known(value) for name, value in given.items()}
        return input_json(self._info, known, {})

    def _known(self, value: object) -> object:
        """What a key of an earlier write is for the server."""
        return value.wire(self._operations) if isinstance(value, ResultKey) else value
