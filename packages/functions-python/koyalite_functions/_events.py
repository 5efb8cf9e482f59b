"""What happens: events that call a function, and those that it publishes."""

from __future__ import annotations

from typing import Any, NamedTuple

from ._json import dumps
from ._part import AsyncPart, SyncPart
from ._server import Answered, Asked


class Event(NamedTuple):
    """Why a function with ``events`` is called: its input, too, as a dictionary."""

    #: The same whenever it is delivered.
    id: str
    #: ``posts.created``, ``orders.paid``.
    type: str
    #: The position of the change; None of events without a document.
    seq: str | None
    #: ISO 8601.
    at: str
    collection: str | None
    key: str | int | None
    #: The document as the change left it; None where it was deleted.
    doc: dict[str, Any] | None
    #: What it was before; None where it was created.
    old: dict[str, Any] | None
    #: `doc` and `old` are left out, since they are too large.
    truncated: bool
    #: The deletion that a foreign key has followed, by ``onDelete: cascade`` or
    #: ``set null``: its ``id``, ``type``, ``collection`` and ``key``. None of a change that
    #: was made for itself.
    cause: dict[str, Any] | None
    #: Of events without a document.
    data: Any


def event_of(said: dict[str, Any]) -> Event:
    given: dict[str, Any] = {name: said[name] for name in Event._fields}
    return Event(**given)


class Events:
    """Publishes events of the project's own, that ``publishes`` names."""

    def __init__(self, part: SyncPart, path: str) -> None:
        self._part = part
        self._path = path

    def publish(self, type: str, data: Any = None) -> None:
        """``publish("orders.paid", {"id": 1})``: returns when it is stored."""
        self._part.ask(published(self._path, type, data), nothing)


class AsyncEvents:
    """The same for an ``async def``."""

    def __init__(self, part: AsyncPart, path: str) -> None:
        self._part = part
        self._path = path

    async def publish(self, type: str, data: Any = None) -> None:
        """See `Events.publish`."""
        await self._part.ask(published(self._path, type, data), nothing)


def published(path: str, type: str, data: Any) -> Asked:
    return Asked("POST", path, body=dumps({"type": type, "data": data}))


def nothing(_: Answered) -> None:
    return None
