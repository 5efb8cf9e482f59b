"""What a value must be besides its type."""

from __future__ import annotations

from typing import Any, Union

Number = Union[int, float]


class Bounds:
    """``Annotated[str, Bounds(min_length=1, max_length=200)]``.

    The marks of ``annotated_types`` and of pydantic's ``Field`` are understood as well.
    """

    def __init__(
        self,
        *,
        ge: Number | None = None,
        gt: Number | None = None,
        le: Number | None = None,
        lt: Number | None = None,
        multiple_of: Number | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: str | None = None,
        format: str | None = None,
        description: str | None = None,
    ) -> None:
        """
        Args:
            ge: At least.
            gt: More than.
            le: At most.
            lt: Less than.
            multiple_of: A whole number of times this one.
            min_length: Of a text, a list or bytes.
            max_length: The same.
            pattern: A regular expression, of which a text has a part.
            format: ``email``, ``uri``, ``hostname``, ``ipv4``, ``ipv6``.
            description: For whoever reads the API.
        """
        self.ge = ge
        self.gt = gt
        self.le = le
        self.lt = lt
        self.multiple_of = multiple_of
        self.min_length = min_length
        self.max_length = max_length
        self.pattern = pattern
        self.format = format
        self.description = description


_NUMBERS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_WORDS = ("pattern", "format", "description")


def keywords(marks: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """What marks of ``Annotated`` add to the JSON Schema of a type."""
    added: dict[str, Any] = {}
    kind = schema.get("type")
    is_list = kind == "array" or isinstance(kind, list) and "array" in kind
    for mark in marks:
        if isinstance(mark, str):
            continue
        # pydantic has its own in a list.
        added.update(keywords(getattr(mark, "metadata", ()), schema))
        for name, keyword in _NUMBERS.items():
            if getattr(mark, name, None) is not None:
                added[keyword] = getattr(mark, name)
        for name, of_list, of_text in (
            ("min_length", "minItems", "minLength"),
            ("max_length", "maxItems", "maxLength"),
        ):
            if getattr(mark, name, None) is not None:
                added[of_list if is_list else of_text] = getattr(mark, name)
        for name in _WORDS:
            if isinstance(getattr(mark, name, None), str):
                added[name] = getattr(mark, name)
    return added
