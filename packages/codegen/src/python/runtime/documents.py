"""Documents as the server sends them, and as Python has them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal, cast

from .errors import NotExpandedError, NotLoadedError

#: Of fields whose values are not in Python what they are in JSON, or are checked before
#: they are sent.
Kind = Literal["timestamp", "date", "blob", "int", "float"]


class Document:
    """The base of all documents.

    A field that the server did not send raises when it is read.
    """

    # In capitals: no field is called so.
    __slots__ = ("ETAG", "EXTRA")

    ETAG: str | None
    #: What a newer server has sent besides the fields known here.
    EXTRA: dict[str, Any]

    #: Names in the API by names in Python, where they differ.
    NAMES: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # A type checker would allow every name.

        def __getattr__(self, name: str) -> Any:
            declared = {} if name.startswith("_") else type(self).__dataclass_fields__
            if name not in declared:
                raise AttributeError(
                    f"'{type(self).__name__}' has no field '{name}'",
                    name=name,
                    obj=self,
                )
            if not declared[name].init:
                raise NotExpandedError(
                    f"'{name}' of {type(self).__name__} was not asked for: use expand()"
                )
            if declared[name].default is MISSING:
                raise NotLoadedError(
                    f"'{name}' of {type(self).__name__} was not in the response"
                )
            return declared[name].default

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in _loaded(self))
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return dict(_loaded(self)) == dict(_loaded(other))

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relation leads, and the attribute that has what is expanded."""

    collection: str
    attribute: str
    #: What the reference holds of the document there; None: its key.
    field: str | None = None


class CollectionInfo:
    """What the client must know of a collection at run time."""

    def __init__(
        self,
        name: str,
        document: type[Document],
        *,
        hash: str,
        key: str = "id",
        kinds: Mapping[str, Kind] | None = None,
        relations: Mapping[str, Relation] | None = None,
    ) -> None:
        self.name = name
        self.document = document
        #: 64 bits, in hexadecimal, of what clients see of the collection.
        self.hash = hash
        #: The name of the key in the API.
        self.key = key
        self.kinds: Mapping[str, Kind] = kinds or {}
        self.relations: Mapping[str, Relation] = relations or {}
        expanded = {relation.attribute for relation in self.relations.values()}
        #: Names in Python by names in the API, where they differ.
        self.attributes = {
            wire: name for name, wire in document.NAMES.items() if name not in expanded
        }

    def wire_name(self, name: str) -> str:
        """The name in the API of a field or relation. Those of the API stay."""
        return self.document.NAMES.get(name, name)


Schema = Mapping[str, CollectionInfo]


def schema_hash(schema: Schema) -> str:
    """What the server says in ``Koyalite-Schema``, if it has the same schema."""
    result = 0
    for info in schema.values():
        result ^= int(info.hash, 16)
    return f"{result:016x}"


def parse_document(
    info: CollectionInfo, data: Mapping[str, Any], schema: Schema
) -> Document:
    """The document that a JSON object stands for."""
    document = object.__new__(info.document)
    declared: Mapping[str, Any] = cast(Any, info.document).__dataclass_fields__
    attributes = info.attributes
    extra: dict[str, Any] = {}
    for name, value in data.items():
        attribute = attributes.get(name, name)
        relation = info.relations.get(name)
        if relation is not None and not isinstance(value, str | int):
            setattr(
                document,
                relation.attribute,
                _expanded(schema[relation.collection], value, schema),
            )
            if attribute not in declared or not declared[attribute].init:
                continue
            # It stands in the place of the reference, whose value is in it.
            value = _reference(value, relation.field or schema[relation.collection].key)
        if attribute in declared:
            setattr(document, attribute, parse_value(info.kinds.get(name), value))
        else:
            extra[name] = value
    _set_hidden(document, None, extra)
    return document


def _expanded(
    info: CollectionInfo, value: Any, schema: Schema
) -> Document | list[Document] | None:
    if isinstance(value, list):
        return [
            parse_document(info, one, schema)
            for one in cast("list[dict[str, Any]]", value)
        ]
    return None if value is None else parse_document(info, value, schema)


def _reference(document: Any, field: str) -> Any:
    return None if document is None else cast("dict[str, Any]", document).get(field)


def parse_value(kind: Kind | None, value: Any) -> Any:
    """A value of a field.

    One that is not of its kind, in a table of another program, stays as it is.
    """
    try:
        if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str):
            if kind == "timestamp":
                return datetime.fromisoformat(value)
            if kind == "date":
                return date.fromisoformat(value)
            if kind == "blob":
                return base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error, OverflowError):
        pass
    return value


def to_dict(document: Document) -> dict[str, Any]:
    """The fields of a document that were loaded, under the names that the API has.

    Values stay those of Python: ``datetime``, ``bytes``, …
    """
    result: dict[str, Any] = {}
    for attribute, value in _loaded(document):
        if isinstance(value, Document):
            value = to_dict(value)
        elif isinstance(value, list):
            items = cast("list[object]", value)
            value = [
                to_dict(one) if isinstance(one, Document) else one for one in items
            ]
        result[document.NAMES.get(attribute, attribute)] = value
    return {**result, **_extra_of(document)}


def etag_of(document: Document) -> str | None:
    """The tag of a document that was read or written by itself.

    Those of lists and live queries have one after ``etags()``.
    """
    return document.ETAG if _has(document, "ETAG") else None


def set_etag(document: Document, etag: str | None) -> None:
    document.ETAG = etag


def _set_hidden(document: Document, etag: str | None, extra: dict[str, Any]) -> None:
    document.ETAG = etag
    document.EXTRA = extra


def _extra_of(document: Document) -> dict[str, Any]:
    return document.EXTRA if _has(document, "EXTRA") else {}


def _has(document: Document, name: str) -> bool:
    try:
        object.__getattribute__(document, name)
    except AttributeError:
        return False
    return True


def _loaded(document: Document) -> list[tuple[str, Any]]:
    names = [one.name for one in fields(cast(Any, document))]
    return [
        (name, object.__getattribute__(document, name))
        for name in names
        if _has(document, name)
    ]
