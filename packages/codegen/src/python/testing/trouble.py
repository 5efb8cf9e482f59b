"""Writes and reads every field of the schema made for trouble."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import Any, get_args

from koyalite import Koyalite, Node, WideFields, WordFields, to_dict

with Koyalite(os.environ["KOYALITE_URL"], token=os.environ["KOYALITE_KEY"]) as koya:
    given: Any = {
        name: f"value of {name}" for name in get_args(WordFields) if name != "id"
    }
    word = koya.words.create(given)
    assert koya.words.create(**given).class_ == "value of class_"
    read = koya.words.get(word.id)
    assert read == word
    for name, value in given.items():
        assert getattr(read, name) == value, name
        assert koya.words.filter({name: value}).count() == 2, name
        assert koya.words.sort(name).fields(name).list()[0], name
        assert getattr(koya.words.update(word.id, {name: None}), name) is None, name
    assert to_dict(word)["class"] == "value of class_"

    numbers: Any = {
        name: at for at, name in enumerate(get_args(WideFields)) if name != "id"
    }
    wide = koya.wide.create(numbers)
    assert {name: getattr(wide, name) for name in numbers} == numbers

    user = koya.request(
        "POST",
        "/api/auth/register",
        body={"email": "a@example.com", "password": "correct horse"},
    )
    at = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)
    parent = koya.nodes.create(
        author="text beside author_id",
        author_id=user["user"]["id"],
        odd='say "so"',
        odd_or_none="back\\slash",
        level=-3,
        ratio=1e30,
        at=at,
        bytes=b"\x00\xff",
        day=date(2024, 2, 29),
        on=True,
        mine="m",
        ours="o",
        theirs="t",
        anything=[1, None],
        create={"a": "x", "b-c": ["x", None, 3, True]},
        tags=["a"],
        choices=["alpha"],
        tree={"children": [], "names": {"x": "y"}},
        mixed={"x": {"y": 1}},
    )
    child = koya.nodes.replace(
        parent.id.replace("0", "1"),
        {**to_dict(parent), "id": parent.id.replace("0", "1"), "parent_id": parent.id},
    )
    assert (child.at, child.bytes, child.day, child.ratio) == (
        at,
        b"\x00\xff",
        date(2024, 2, 29),
        1e30,
    )
    expanded = koya.nodes.get(child.id, expand=["parent", "author_id", "other"])
    assert isinstance(expanded.parent, Node) and expanded.parent.id == parent.id
    assert (
        expanded.author_id == user["user"]["id"]
        and expanded.author == "text beside author_id"
    )
    assert (
        expanded.author_id_expanded is not None
        and expanded.author_id_expanded.id == expanded.author_id
    )
    assert expanded.other is None
    back = koya.nodes.get(parent.id, expand=["nodes_by_parent_id", "nodes_by_other_id"])
    assert [one.id for one in back.nodes_by_parent_id] == [
        child.id
    ] and back.nodes_by_other_id == []
    for odd in (
        "1st",
        "a-b",
        "A",
        "a",
        "don't",
        "*/",
        "`${x}`",
        "é✓👩‍👩‍👧",
        "true",
        "null",
        "line\nbreak",
    ):
        assert koya.nodes.update(child.id, odd=odd).odd == odd
        assert koya.nodes.filter(odd=odd).count() == 1, odd
    koya.nodes.delete(child.id)
    for name in (
        "errors",
        "client",
        "query",
        "list",
        "data",
        "index",
        "class_",
        "type",
        "sign_ins",
        "koyalite",
    ):
        collection = getattr(koya, name)
        assert collection.list() == [] and collection.count() == 0, name
