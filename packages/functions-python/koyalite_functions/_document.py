"""Documents, as ``ctx.db`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class Document(dict[str, Any]):
    """A dictionary whose fields are attributes as well: ``post.title``, ``post["title"]``."""

    __slots__ = ("_etag",)

    _etag: str | None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            known = ", ".join(self) or "none"
            raise AttributeError(
                f"the document has no field '{name}' (it has {known})"
            ) from None


def etag_of(document: Mapping[str, Any]) -> str | None:
    """The tag of a document that was read or written by itself, for ``if_match``."""
    return getattr(document, "_etag", None)


class CollectionFacts:
    """What the server says of a collection: which of its fields are no JSON in Python."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        # The server names fields as clients in TypeScript do; here they are those of the API.
        names: Mapping[str, str] = said.get("names") or {}
        self.fields = _renamed(said.get("fields") or {}, names)
        self.relations = _renamed(said.get("relations") or {}, names)


def _renamed(given: Mapping[str, str], names: Mapping[str, str]) -> Mapping[str, str]:
    return {names.get(name, name): value for name, value in given.items()}


Facts = Mapping[str, CollectionFacts]


def parse_document(data: Mapping[str, Any], collection: str, facts: Facts) -> Document:
    """With timestamps, dates and bytes as Python has them, in what is expanded too."""
    document = Document(data)
    known = facts.get(collection)
    if known is None:
        return document
    for name, kind in known.fields.items():
        value = document.get(name)
        if isinstance(value, str):
            document[name] = _parsed(value, kind)
    for name, target in known.relations.items():
        value = document.get(name)
        if isinstance(value, dict):
            document[name] = parse_document(value, target, facts)
        elif isinstance(value, list):
            document[name] = [
                parse_document(one, target, facts) if isinstance(one, dict) else one
                for one in value
            ]
    return document


def _parsed(value: str, kind: str) -> Any:
    if kind == "timestamp":
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    if kind == "blob":
        from base64 import b64decode

        return b64decode(value)
    return value
