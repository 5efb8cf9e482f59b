"""Live queries without the network: from the bytes of a stream to documents."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from .documents import CollectionInfo, Document, Schema, parse_document, set_etag
from .errors import error_of_event

D = TypeVar("D", bound=Document)

Key = str | int

LiveStatus = Literal["connecting", "live", "stale", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Generic[D]):
    """The documents of a live query at one moment, and what has changed before it."""

    docs: list[D]
    #: The state of the server that they are of: ``epoch.n``.
    seq: str
    inserts: list[D]
    updates: list[D]
    #: Keys.
    deletes: list[Key]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    type: str
    data: str


class EventDecoder:
    """Server-sent events from bytes, as they come.

    Only LF ends a line: what other readers take for one is part of a document.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._type = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that are complete with this chunk."""
        *lines, self._buffer = (self._buffer + chunk).split(b"\n")
        for line in lines:
            event = self._line(line.removesuffix(b"\r").decode())
            if event is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        if line == "":
            event = (
                Event(self._type or "message", "\n".join(self._data))
                if self._data
                else None
            )
            self._type, self._data = "", []
            return event
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._type = value
        elif name == "data":
            self._data.append(value)
        return None


class LiveState(Generic[D]):
    """The documents of one live query in their order, changed by its events."""

    def __init__(self, info: CollectionInfo, schema: Schema) -> None:
        self._info = info
        self._schema = schema
        self._keys: list[Key] = []
        self._docs: dict[Key, D] = {}
        #: Of a snapshot that has not arrived as a whole.
        self._parts: list[tuple[Key, D]] = []
        #: Where a stream that was cut off continues.
        self.resume: str | None = None

    def apply(self, event: Event) -> Snapshot[D] | None:
        """The documents after an event; None if it changes nothing.

        Raises the error that ends the query.
        """
        payload = cast("dict[str, Any]", json.loads(event.data)).get("payload", {})
        if event.type == "error":
            raise error_of_event(payload)
        if event.type == "snapshot":
            return self._snapshot(payload)
        if event.type == "delta":
            return self._delta(payload)
        return None

    def restart(self) -> None:
        """A new stream begins: a snapshot that was cut off comes again."""
        self._parts = []

    def _snapshot(self, payload: Mapping[str, Any]) -> Snapshot[D] | None:
        docs = cast("list[dict[str, Any]]", payload["docs"])
        keys = cast(
            "list[Key]", payload.get("keys") or [one[self._info.key] for one in docs]
        )
        etags = cast("list[str | None]", payload.get("etags") or [None] * len(docs))
        self._parts += [
            (key, self._parse(data, etag))
            for key, data, etag in zip(keys, docs, etags, strict=True)
        ]
        if payload.get("more"):
            return None
        before, self._docs = self._docs, dict(self._parts)
        self._keys = [key for key, _ in self._parts]
        self._parts = []
        # What has not changed stays the same object.
        for key, doc in self._docs.items():
            if before.get(key) == doc:
                self._docs[key] = before[key]
        return self._seen(
            payload,
            inserts=[doc for key, doc in self._docs.items() if key not in before],
            updates=[
                doc
                for key, doc in self._docs.items()
                if key in before and doc is not before[key]
            ],
            deletes=[key for key in before if key not in self._docs],
        )

    def _delta(self, payload: Mapping[str, Any]) -> Snapshot[D]:
        changes = cast("dict[str, list[Any]]", payload["changes"])
        deletes = cast("list[Key]", changes.get("deletes") or [])
        gone = set(deletes)
        self._keys = [key for key in self._keys if key not in gone]
        for key in gone:
            self._docs.pop(key, None)
        # In this order, each after the other: every `after` is then where it has to be.
        inserts = [self._put(change) for change in changes.get("inserts") or []]
        updates = [self._put(change) for change in changes.get("updates") or []]
        return self._seen(payload, inserts=inserts, updates=updates, deletes=deletes)

    def _put(self, change: Mapping[str, Any]) -> D:
        doc = self._parse(change["doc"], change.get("etag"))
        key = cast(
            Key, change["key"] if "key" in change else change["doc"][self._info.key]
        )
        if "after" in change:
            if key in self._docs:
                self._keys.remove(key)
            after = change["after"]
            self._keys.insert(0 if after is None else self._keys.index(after) + 1, key)
        self._docs[key] = doc
        return doc

    def _seen(
        self,
        payload: Mapping[str, Any],
        *,
        inserts: list[D],
        updates: list[D],
        deletes: Sequence[Key],
    ) -> Snapshot[D]:
        self.resume = payload.get("resume", self.resume)
        return Snapshot(
            docs=[self._docs[key] for key in self._keys],
            seq=payload["seq"],
            inserts=inserts,
            updates=updates,
            deletes=list(deletes),
        )

    def _parse(self, data: Mapping[str, Any], etag: str | None) -> D:
        doc = parse_document(self._info, data, self._schema)
        set_etag(doc, etag)
        return cast(D, doc)
