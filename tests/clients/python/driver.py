"""The Python client does what each line of the input says: see ../driver.ts."""

from __future__ import annotations

import json
import re
import sys
import threading
import traceback
from base64 import b64decode, b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

from koyalite import Document, Koyalite, KoyaliteError, path, to_dict

Json = dict[str, Any]


class Following:
    """A live query, followed by a thread of its own."""

    def __init__(self, query: Any) -> None:
        self.live = query.live()
        self.state: Json = {"docs": [], "seq": None, "states": 0, "error": None}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            for snapshot in self.live:
                self.state = {
                    "docs": [tagged(doc) for doc in snapshot.docs],
                    "seq": snapshot.seq,
                    "states": self.state["states"] + 1,
                    "error": None,
                }
        except KoyaliteError as error:
            self.state = {**self.state, "error": failure_of(error)}


clients: dict[str, Koyalite] = {}
following: dict[str, Following] = {}
#: Documents as they were seen last, by client, collection and key.
seen: dict[str, Document] = {}
lock = threading.Lock()


def main() -> None:
    with ThreadPoolExecutor(32) as pool:
        for line in sys.stdin.buffer:
            pool.submit(answer, json.loads(line))


def answer(line: Json) -> None:
    said: Json
    try:
        said = {"value": tagged(run(line["client"], line["operation"]))}
    except KoyaliteError as error:
        said = {"failure": failure_of(error)}
    except BaseException:
        said = {"fault": traceback.format_exc()}
    with lock:
        print(json.dumps({"id": line["id"], **said}), flush=True)


def client_of(options: Json) -> Koyalite:
    with lock:
        name = options["name"]
        if name not in clients:
            given: Json = {}
            if "timeout" in options:
                given["timeout"] = options["timeout"] / 1000
            if "retries" in options:
                given["retries"] = options["retries"]
            clients[name] = Koyalite(
                options["url"], token=options.get("token"), **given
            )
        return clients[name]


def run(options: Json, operation: Json) -> Any:
    koya = client_of(options)
    match operation["op"]:
        case "list":
            return query_of(koya, operation["query"]).list()
        case "all":
            return list(query_of(koya, operation["query"]))
        case "first":
            return query_of(koya, operation["query"]).first()
        case "count":
            return query_of(koya, operation["query"]).count()
        case "page":
            page = query_of(koya, operation["query"]).page(
                cursor=operation.get("cursor"), count=operation.get("count", False)
            )
            return {
                "docs": page.docs,
                "nextCursor": page.next_cursor,
                "total": page.total,
            }
        case "aggregate":
            return query_of(koya, operation["query"]).aggregate(**operation["input"])
        case "createMany":
            return koya.collection(operation["collection"]).create_many(
                untagged(operation["data"])
            )
        case "batch":
            with koya.batch() as batch:
                pending = [step_of(batch, step) for step in operation["operations"]]
            return [one.result for one in pending]
        case "call":
            name = re.sub("([A-Z])", r"_\1", operation["function"]).lower()
            given: Json = {}
            if "idempotencyKey" in operation:
                given["idempotency_key"] = operation["idempotencyKey"]
            function = getattr(
                koya.with_options(**given).functions, name.replace("-", "_")
            )
            return function(**untagged(operation["input"]))
        case "request":
            return koya.request(
                operation["method"], operation["path"], body=operation["body"]
            )
        case "lastSeq":
            return koya.last_seq
        case "register" | "login":
            getattr(koya.auth, operation["op"])(
                operation["email"], operation["password"]
            )
        case "logout":
            koya.auth.logout()
        case "user":
            return None if koya.auth.tokens is None else koya.auth.me()
        case "follow":
            following[operation["name"]] = Following(query_of(koya, operation["query"]))
        case "followed":
            return following[operation["name"]].state
        case "unfollow":
            following[operation["name"]].live.close()
        case op:
            return document(koya, options["name"], op, operation)
    return None


def document(koya: Koyalite, client: str, op: str, operation: Json) -> Any:
    """One document, by its key."""
    name, data = operation["collection"], untagged(operation.get("data"))
    place = json.dumps([client, name, operation.get("id")])
    options: Json = {}
    if_match = operation.get("ifMatch")
    if if_match is not None:
        options["if_match"] = seen[place] if if_match is True else if_match
    if "idempotencyKey" in operation:
        options["idempotency_key"] = operation["idempotencyKey"]
    collection = koya.with_options(**options).collection(name)
    match op:
        case "get":
            doc = collection.get(operation["id"], expand=operation.get("expand", ()))
        case "create":
            doc = collection.create(data)
            place = json.dumps([client, name, getattr(doc, "id", None)])
        case "update":
            doc = collection.update(operation["id"], data)
        case "replace":
            doc = collection.replace(operation["id"], data)
        case "delete":
            return collection.delete(operation["id"])
        case _:
            raise ValueError(f"what is {op}?")
    seen[place] = doc
    return doc


def query_of(koya: Koyalite, spec: Json) -> Any:
    query = koya.collection(spec["collection"])
    for name, condition in spec.get("filter", {}).items():
        value = untagged(condition)
        query = query.filter(path(name, value) if "." in name else {name: value})
    if "where" in spec:
        query = query.where(
            spec["where"]["expression"], *untagged(spec["where"]["params"])
        )
    if "sort" in spec:
        query = query.sort(*spec["sort"])
    if "limit" in spec:
        query = query.limit(spec["limit"])
    if "offset" in spec:
        query = query.offset(spec["offset"])
    if "expand" in spec:
        query = query.expand(*spec["expand"])
    if "fields" in spec:
        query = query.fields(*spec["fields"])
    return query


def step_of(batch: Any, step: Json) -> Any:
    collection = getattr(batch, step["collection"])
    given = [untagged(step[name]) for name in ("id", "data") if name in step]
    return getattr(collection, step["op"])(*given)


def failure_of(error: KoyaliteError) -> Json:
    return {
        "kind": type(error).__name__,
        "code": error.code,
        "status": error.status,
        "message": error.message,
        "details": [
            {"field": one.field, "code": one.code, "message": one.message}
            for one in error.details
        ],
        "requestId": error.request_id,
        "operation": error.operation,
        "executed": error.executed,
        "execution": error.execution,
    }


def tagged(value: Any) -> Any:
    match value:
        case Document():
            return tagged(to_dict(value))
        case datetime():
            text = (
                value.astimezone(UTC)
                .replace(tzinfo=None)
                .isoformat(timespec="milliseconds")
            )
            return {"$timestamp": f"{text}Z"}
        case date():
            return {"$date": value.isoformat()}
        case bytes():
            return {"$bytes": b64encode(value).decode()}
        case float() if value.is_integer():
            return {"$float": f"{value:.0f}" if abs(value) < 1e15 else repr(value)}
        case Mapping():
            return {name: tagged(one) for name, one in value.items()}
        case list() | tuple():
            return [tagged(one) for one in value]
        case _:
            return value


def untagged(value: Any) -> Any:
    match value:
        case {"$timestamp": text}:
            return datetime.fromisoformat(text)
        case {"$date": text}:
            return date.fromisoformat(text)
        case {"$bytes": text}:
            return b64decode(text)
        case dict():
            return {name: untagged(one) for name, one in value.items()}
        case list():
            return [untagged(one) for one in value]
        case _:
            return value


main()
