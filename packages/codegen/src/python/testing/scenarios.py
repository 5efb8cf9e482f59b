"""What a Python program does with a server, run by python-scenarios.test.ts."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
import typing
import unittest
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from typing import assert_type
from uuid import uuid4

import httpx
import koyalite
from koyalite import (
    AsyncKoyalite,
    ConflictError,
    InvalidRequestError,
    Koyalite,
    KoyaliteError,
    LiveStatus,
    NetworkError,
    NotExpandedError,
    NotFoundError,
    NotLoadedError,
    PreconditionFailedError,
    RequestTimeoutError,
    ServerError,
    Snapshot,
    Thing,
    Tokens,
    UnauthenticatedError,
    User,
    ValidationError,
    VerificationRequiredError,
    compare_seq,
    path,
    to_dict,
    to_json,
)

URL = os.environ["KOYALITE_URL"]
KEY = os.environ["KOYALITE_KEY"]
#: What a test asks of the machine around the server: a restart.
CONTROL = os.environ["CONTROL_URL"]


def client(http_client: httpx.Client | None = None) -> Koyalite:
    return Koyalite(URL, token=KEY, http_client=http_client)


def unique(prefix: str = "t") -> str:
    return f"{prefix}-{uuid4().hex}"


class Documents(unittest.TestCase):
    def test_create_read_change_delete(self) -> None:
        with client() as koya:
            thing = koya.things.create(title="One")
            assert_type(thing, Thing)
            self.assertEqual(koya.things.create({"title": "Two"}).title, "Two")
            self.assertEqual(koya.things.get(thing.id), thing)
            changed = koya.things.update(thing.id, count=3, body=None)
            self.assertEqual((changed.count, changed.title), (3, "One"))
            changed = koya.things.update(thing.id, {"count": {"$inc": 2}})
            self.assertEqual(changed.count, 5)
            replaced = koya.things.replace(thing.id, title="New")
            self.assertEqual((replaced.title, replaced.count), ("New", 0))
            koya.things.delete(thing.id)
            with self.assertRaises(NotFoundError) as caught:
                koya.things.get(thing.id)
            self.assertEqual(caught.exception.code, "NOT_FOUND")
            self.assertTrue(caught.exception.request_id)
            self.assertIsNotNone(koya.last_seq)
            self.assertEqual(compare_seq("a.9", "a.10"), -1)
            self.assertIsNone(compare_seq("a.9", "b.9"))

    def test_every_type_comes_back_as_it_was_sent(self) -> None:
        with client() as koya:
            at = datetime(
                2026, 2, 28, 23, 59, 59, 999_999, timezone(timedelta(hours=-5))
            )
            thing = koya.things.create(
                title="quotes \" ' \\ $& {x} \u2028 ✓👩‍👩‍👧",
                body="",
                count=-(2**53) + 1,
                ratio=1,
                at=at,
                day=date(2024, 2, 29),
                data=bytes(range(256)),
                tags=["a", "ü"],
                anything={"n": 1, "deep": [None, True, {"x": 1.5}]},
                status="odd one",
            )
            read = koya.things.get(thing.id)
            self.assertEqual(read, thing)
            self.assertEqual(read.title, "quotes \" ' \\ $& {x} \u2028 ✓👩‍👩‍👧")
            self.assertEqual((read.body, read.count), ("", -(2**53) + 1))
            self.assertIsInstance(read.ratio, float)
            self.assertEqual(read.at, at.replace(microsecond=999_000))
            self.assertEqual(read.at and read.at.utcoffset(), timedelta(0))
            self.assertEqual(read.day, date(2024, 2, 29))
            self.assertEqual(read.data, bytes(range(256)))
            self.assertEqual(read.tags, ["a", "ü"])
            self.assertEqual(read.anything, {"n": 1, "deep": [None, True, {"x": 1.5}]})
            exported = json.loads(to_json([read]))[0]
            sent = koya.request("GET", f"/api/collections/things/{thing.id}")
            self.assertEqual(exported, {**sent, "ratio": 1.0})
            self.assertEqual(json.loads(to_json(read)), exported)
            pushed = koya.things.update(thing.id, tags={"$push": "b"})
            self.assertEqual(pushed.tags, ["a", "ü", "b"])
            self.assertEqual(koya.things.update(thing.id, at=None, data=None).at, None)

    def test_names_that_python_uses(self) -> None:
        with client() as koya:
            title = unique()
            thing = koya.things.create(title=title, class_="first", str="s", self="me")
            self.assertEqual(
                (thing.class_, thing.str, thing.self), ("first", "s", "me")
            )
            self.assertEqual(to_dict(thing)["class"], "first")
            self.assertEqual(
                koya.things.update(thing.id, {"class_": "2nd"}).class_, "2nd"
            )
            found = koya.things.filter(title=title, class_="2nd", self="me").list()
            self.assertEqual([one.id for one in found], [thing.id])
            self.assertEqual(
                koya.things.filter(
                    {"title": title, "class_": {"$like": "2N%"}}
                ).count(),
                1,
            )
            only = (
                koya.things.filter(title=title).fields("class_").sort("-class_").list()
            )
            self.assertEqual(only[0].class_, "2nd")
            self.assertTrue(koya.sign_ins.create().id)
            self.assertGreater(koya.collection("auth").count(), 0)
            page = koya.pages.replace("new", text="a word of the API")
            self.assertEqual(koya.pages.get("new"), page)
            page = koya.pages.create(slug=unique("a/b?c "), text="x")
            self.assertEqual(koya.pages.get(page.slug).text, "x")
            koya.pages.delete(page.slug)

    def test_values_that_json_would_change_are_not_sent(self) -> None:
        with client() as koya:
            for fields in (
                {"count": 2**53},
                {"ratio": float("nan")},
                {"at": datetime(2026, 1, 1)},
                {"day": datetime(2026, 1, 1, tzinfo=UTC)},
                {"anything": object()},
            ):
                seq = koya.last_seq
                with self.assertRaises(ValidationError) as caught:
                    koya.things.create(title="x", **fields)  # pyright: ignore
                self.assertEqual(caught.exception.details[0].field, next(iter(fields)))
                self.assertEqual(koya.last_seq, seq)
            with self.assertRaises(InvalidRequestError) as filtered:
                koya.things.filter(title=...)  # type: ignore[arg-type] # pyright: ignore
            self.assertEqual(filtered.exception.code, "INVALID_FILTER")
            with self.assertRaises(InvalidRequestError):
                koya.things.get(None)  # type: ignore[arg-type] # pyright: ignore

    def test_batch(self) -> None:
        with client() as koya:
            title = unique()
            old = koya.things.create(title=title)
            with koya.batch() as batch:
                created = batch.things.create(title=title)
                batch.things.update(old.id, count=7)
                page = batch.pages.replace(title, text="t")
                gone = batch.things.delete(old.id)
                with self.assertRaises(KoyaliteError):
                    created.result  # noqa: B018
            assert_type(created.result, Thing)
            self.assertEqual((created.result.title, page.result.slug), (title, title))
            self.assertIsNone(gone.result)
            with self.assertRaises(ValidationError) as caught, koya.batch() as batch:
                batch.things.create(title=title)
                batch.things.create(title="")
            self.assertEqual(caught.exception.operation, 1)
            with self.assertRaises(ZeroDivisionError), koya.batch() as batch:
                batch.things.create(title=title)
                raise ZeroDivisionError
            self.assertEqual(koya.things.filter(title=title).count(), 1)

    def test_batch_keys_and_assertions(self) -> None:
        with client() as koya:
            title = unique()
            with koya.batch() as batch:
                thing = batch.things.create(title=title)
                batch.things.update(thing.key, count=7)
                held = batch.things.assert_(thing.key, title=title, count=7)
                batch.things.assert_where(thing.key, "doc.count > $1", 6)
                child = batch.things.create({"title": title, "parent_id": thing.key})
                batch.things.update(child.key, {"anything": {"$result": 0}})
                batch.things.assert_(child.key, {"parent_id": thing.key})
            assert_type(thing.result, Thing)
            self.assertIsNone(held.result)
            self.assertEqual(child.result.parent_id, thing.result.id)
            self.assertEqual(koya.things.get(child.result.id).anything, {"$result": 0})
            key = thing.result.id
            self.assertEqual(koya.things.get(key).count, 7)
            with self.assertRaises(PreconditionFailedError) as caught:
                with koya.batch() as batch:
                    batch.things.update(key, count=8)
                    batch.things.assert_(key, {"count": 7})
            self.assertEqual(caught.exception.operation, 1)
            self.assertEqual(koya.things.get(key).count, 7)
            with self.assertRaises(InvalidRequestError), koya.batch() as batch:
                batch.things.delete(thing.key)
            with self.assertRaises(ValidationError), koya.batch() as batch:
                other = batch.things.create(title=title)
                batch.things.update(other.key, author_id=other.key)  # type: ignore[arg-type] # pyright: ignore

    def test_tags(self) -> None:
        with client() as koya:
            thing = koya.things.create(title="One")
            self.assertTrue(koya.etag_of(thing))
            koya.with_options(if_match=thing, timeout=5).things.update(
                thing.id, count=1
            )
            with self.assertRaises(PreconditionFailedError):
                koya.with_options(if_match=thing).things.update(thing.id, count=2)
            listed = koya.things.filter(id=thing.id).list()[0]
            self.assertIsNone(koya.etag_of(listed))
            listed = koya.things.filter(id=thing.id).etags().list()[0]
            koya.with_options(if_match=koya.etag_of(listed)).things.delete(thing.id)
            with self.assertRaises(InvalidRequestError):
                koya.with_options(if_match=koyalite.Page)  # type: ignore[arg-type] # pyright: ignore


class Queries(unittest.TestCase):
    title: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.title = unique()
        with client() as koya:
            koya.things.create_many(
                [
                    {
                        "title": cls.title,
                        "count": 1,
                        "ratio": 0.5,
                        "status": "draft",
                        "at": datetime(2026, 1, 1, tzinfo=UTC),
                        "day": date(2026, 1, 1),
                    },
                    {
                        "title": cls.title,
                        "count": 2,
                        "ratio": 1.5,
                        "status": "published",
                        "done": True,
                        "tags": ["a", "b"],
                    },
                    {
                        "title": cls.title,
                        "count": 3,
                        "ratio": 2.5,
                        "status": "1st",
                        "body": "50% of a_b",
                        "data": b"x",
                        "anything": {"color": "red"},
                    },
                ]
            )

    def test_every_operator(self) -> None:
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        with client() as koya:
            mine = koya.things.filter(title=self.title).sort("count")

            def counts(query: koyalite.ThingQuery) -> list[int]:
                return [thing.count for thing in query.list()]

            self.assertEqual(counts(mine.filter(count=2)), [2])
            self.assertEqual(counts(mine.filter({"count": {"$ne": 2}})), [1, 3])
            self.assertEqual(counts(mine.filter(count={"$gt": 1, "$lte": 3})), [2, 3])
            self.assertEqual(counts(mine.filter({"count": {"$in": [1, 3]}})), [1, 3])
            self.assertEqual(counts(mine.filter({"count": {"$nin": [1, 3]}})), [2])
            self.assertEqual(
                counts(mine.filter({"ratio": {"$gte": 1, "$lt": 2.5}})), [2]
            )
            self.assertEqual(counts(mine.filter(status="1st")), [3])
            self.assertEqual(
                counts(mine.filter({"status": {"$in": ["draft", "1st"]}})), [1, 3]
            )
            self.assertEqual(counts(mine.filter(done=True)), [2])
            self.assertEqual(counts(mine.filter(body=None)), [1, 2])
            self.assertEqual(counts(mine.filter({"body": {"$ne": None}})), [3])
            self.assertEqual(counts(mine.filter({"body": {"$like": "50%"}})), [3])
            self.assertEqual(counts(mine.filter({"body": {"$contains": "a_b"}})), [3])
            self.assertEqual(counts(mine.filter({"tags": {"$contains": "b"}})), [2])
            self.assertEqual(counts(mine.filter(tags=["a", "b"])), [2])
            self.assertEqual(counts(mine.filter(tags=None)), [1, 3])
            self.assertEqual(counts(mine.filter({"at": {"$lt": noon}})), [1])
            self.assertEqual(counts(mine.filter(day=date(2026, 1, 1))), [1])
            self.assertEqual(
                counts(mine.filter({"day": {"$gt": date(2025, 12, 31)}})), [1]
            )
            self.assertEqual(counts(mine.filter({"data": {"$ne": None}})), [3])
            self.assertEqual(counts(mine.filter({"count": {"$not": {"$gt": 1}}})), [1])
            either = mine.filter({"$or": [{"count": 1}, path("anything.color", "red")]})
            self.assertEqual(counts(either), [1, 3])
            self.assertEqual(counts(mine.filter({"$not": {"count": {"$lt": 3}}})), [3])
            self.assertEqual(counts(mine.filter({"count": 1}, done=True)), [])

    def test_where(self) -> None:
        with client() as koya:
            query = koya.things.where(
                "doc.title == $1 && doc.count > $2", self.title, 1
            )
            self.assertEqual(query.count(), 2)
            query = query.where("doc.title != '$1' && doc.count < $1 // not $2", 3)
            self.assertEqual([one.count for one in query], [2])
            odd = koya.things.create(title='it\'s "$1" \\ ✓')
            found = koya.things.where("doc.title == $1", odd.title).first()
            self.assertEqual(found, odd)

    def test_aggregate(self) -> None:
        with client() as koya:
            mine = koya.things.filter(title=self.title)
            groups = mine.aggregate(
                ["count", "sum:ratio", "max:at"], group=["done"], sort=["done"]
            )
            self.assertEqual(groups[0]["max_at"], datetime(2026, 1, 1, tzinfo=UTC))
            self.assertEqual(
                [(one["done"], one["count"]) for one in groups], [(False, 2), (True, 1)]
            )

    def test_expand(self) -> None:
        with client() as koya:
            parent = koya.things.create(title="parent")
            child = koya.things.create(title="child", parent_id=parent.id)
            with self.assertRaises(NotExpandedError):
                child.parent  # noqa: B018
            self.assertFalse(hasattr(child, "parent"))
            read = koya.things.get(
                child.id, expand=["parent", "author", "parent.owner"]
            )
            assert_type(read.parent, Thing | None)
            assert read.parent is not None
            self.assertEqual((read.parent.title, read.author), ("parent", None))
            self.assertEqual(read.parent.owner_expanded, None)
            expanded = koya.things.filter(id=parent.id).expand("things").first()
            assert expanded is not None
            self.assertEqual([one.id for one in expanded.things], [child.id])
            self.assertEqual(to_dict(expanded)["things"][0]["title"], "child")
            only = koya.things.fields("id", "title").filter(id=child.id).first()
            assert only is not None
            self.assertEqual(only.title, "child")
            with self.assertRaises(NotLoadedError):
                only.count  # noqa: B018
            self.assertEqual(repr(only), f"Thing(id='{child.id}', title='child')")

    def test_1200_documents(self) -> None:
        title = unique()
        with client() as koya:
            for start in (0, 400, 800):
                koya.things.create_many(
                    [{"title": title, "count": start + i} for i in range(400)]
                )
            mine = koya.things.filter(title=title).sort("count")
            seen: list[int] = []
            for thing in mine:
                if len(seen) == 400:
                    koya.things.create(title=title, count=-1)
                    koya.things.delete(mine.filter(count=0).list()[0].id)
                seen.append(thing.count)
            self.assertEqual(seen, list(range(1200)))
            self.assertEqual(sum(1 for _ in mine.limit(700)), 700)
            self.assertEqual(mine.count(), 1200)
            page = mine.limit(2).offset(1).page(count=True)
            self.assertEqual(
                ([one.count for one in page.docs], page.total), ([1, 2], 1200)
            )
            page = mine.limit(2).offset(1).page(cursor=page.next_cursor)
            self.assertEqual([one.count for one in page.docs], [3, 4])
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self.assertEqual(len(mine.list()), 50)
                mine.list()
            self.assertEqual([one.filename for one in caught], [__file__])
            with mine.live() as live:
                self.assertEqual(len(next(live).docs), 1200)


class Errors(unittest.TestCase):
    def test_by_class(self) -> None:
        with client() as koya, Koyalite(URL) as nobody:
            with self.assertRaises(ValidationError) as invalid:
                koya.things.create(title="")
            self.assertEqual(invalid.exception.details[0].field, "title")
            value = time.time_ns() // 1000
            koya.counters.create(value=value)
            with self.assertRaises(ConflictError):
                koya.counters.create(value=value)
            with self.assertRaises(UnauthenticatedError):
                nobody.things.create(title="x")
            with self.assertRaises(InvalidRequestError):
                koya.things.sort("nope").list()
            with self.assertRaises(NotFoundError):
                koya.request("GET", "/api/nothing")
            self.assertIn("providers", koya.request("GET", "/api/auth/providers"))

    def test_no_server(self) -> None:
        with Koyalite("http://127.0.0.1:1", retries=0) as koya:
            with self.assertRaises(NetworkError) as caught:
                koya.things.list()
            self.assertIsInstance(caught.exception.__cause__, httpx.ConnectError)
            self.assertIn("http://127.0.0.1:1 ", caught.exception.message)

    def test_lost_answers_are_repeated_with_one_key(self) -> None:
        keys: list[str | None] = []

        class LosesEverySecond(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                response = super().handle_request(request)
                if request.method != "GET":
                    keys.append(request.headers.get("idempotency-key"))
                    if len(keys) % 2:
                        response.close()
                        raise httpx.RemoteProtocolError("Server disconnected")
                return response

        title = unique()
        http = httpx.Client(transport=LosesEverySecond())
        with client(http_client=http) as koya:
            thing = koya.things.create(title=title)
            koya.things.update(thing.id, count={"$inc": 1})
            self.assertEqual(koya.things.get(thing.id).count, 1)
            self.assertEqual(koya.things.filter(title=title).count(), 1)
            # Nobody knows whether such a request may be repeated.
            with self.assertRaises(NetworkError):
                koya.request("POST", "/api/collections/things", body={"title": title})
            keyed = koya.with_options(idempotency_key=unique())
            keyed.request("POST", "/api/collections/things", body={"title": title})
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(len(set(keys[:4])), 2)
        self.assertFalse(http.is_closed)
        http.close()

    def test_answers_of_others(self) -> None:
        page = "<html>Bad Gateway</html>" + " " * 300
        answers = httpx.MockTransport(lambda _: httpx.Response(502, text=page))
        with Koyalite(
            URL, http_client=httpx.Client(transport=answers), retries=0
        ) as koya:
            with self.assertRaises(ServerError) as caught:
                koya.things.list()
            self.assertEqual(
                (caught.exception.code, caught.exception.status),
                ("UNEXPECTED_RESPONSE", 502),
            )
            self.assertIn("Bad Gateway", caught.exception.message)
        newer = httpx.MockTransport(
            lambda _: httpx.Response(
                418, json={"error": {"code": "TEAPOT", "message": "no"}}
            )
        )
        with Koyalite(URL, http_client=httpx.Client(transport=newer)) as koya:
            with self.assertRaises(KoyaliteError) as teapot:
                koya.things.list()
            self.assertEqual(teapot.exception.code, "TEAPOT")
        docs = {
            "docs": [{"id": "x", "title": "t", "status": "new", "since": 1}],
            "next_cursor": None,
        }
        more = httpx.MockTransport(lambda _: httpx.Response(200, json=docs))
        with Koyalite(URL, http_client=httpx.Client(transport=more)) as koya:
            thing = koya.things.list()[0]
            self.assertEqual((thing.status, to_dict(thing)["since"]), ("new", 1))

    def test_another_schema(self) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with client() as koya:
                koya.things.limit(1).list()
            self.assertEqual([str(one.message) for one in caught], [])
            newer = httpx.Client(transport=httpx.MockTransport(of_another_schema))
            with client(newer) as koya:
                koya.things.list()
                koya.things.list()
            self.assertEqual([one.filename for one in caught], [__file__])
            self.assertIn("koyalite generate", str(caught[0].message))

    def test_time_out(self) -> None:
        with Koyalite(f"{CONTROL}/slow", timeout=0.2, retries=0) as koya:
            begin = time.monotonic()
            with self.assertRaises(RequestTimeoutError):
                koya.things.list()
            self.assertLess(time.monotonic() - begin, 5)


class Auth(unittest.TestCase):
    def test_refresh_under_expiry(self) -> None:
        email = f"{unique()}@example.com"
        refreshes: list[str] = []

        def count(request: httpx.Request) -> None:
            if request.url.path == "/api/auth/refresh":
                refreshes.append(request.url.path)

        http = httpx.Client(event_hooks={"request": [count]})
        with Koyalite(URL, http_client=http) as koya:
            user = koya.auth.register(email, "correct horse battery", name="Ann")
            assert_type(user, User)
            self.assertEqual(user.name, "Ann")
            thing = koya.things.create(title="mine", author_id=user.id, mine="secret")
            self.assertEqual(thing.mine, "secret")
            koya.auth.logout()
            self.assertIsNone(koya.auth.tokens)
            self.assertEqual(koya.things.get(thing.id).mine, None)
            self.assertNotIn("mine", to_dict(koya.things.get(thing.id)))
            with self.assertRaises(UnauthenticatedError):
                koya.auth.login(email, "wrong")
            self.assertEqual(
                koya.auth.login(email, "correct horse battery").id, user.id
            )
            before = koya.auth.tokens
            assert before is not None
            koya.auth.resume(Tokens("expired", before.refresh_token))

            def read(_: int) -> str | None:
                return koya.things.get(thing.id).mine

            with ThreadPoolExecutor(20) as pool:
                self.assertEqual(set(pool.map(read, range(40))), {"secret"})
            self.assertEqual(len(refreshes), 1)
            tokens = koya.auth.tokens
            assert tokens is not None and tokens != before
            self.assertEqual(koya.auth.update(name="Bob").name, "Bob")
            self.assertEqual(koya.auth.me().name, "Bob")
            self.assertEqual(len(koya.auth.sessions()), 1)
            with Koyalite(URL) as other:
                other.auth.resume(tokens)
                self.assertEqual(other.auth.me().id, user.id)
                other.auth.logout()
            with self.assertRaises(UnauthenticatedError):
                koya.things.create(title="x")
        http.close()

    def test_a_registration_that_waits_for_its_link(self) -> None:
        waits = httpx.MockTransport(
            lambda _: httpx.Response(202, json={"verification_required": True})
        )
        with Koyalite(URL, http_client=httpx.Client(transport=waits)) as koya:
            with self.assertRaises(VerificationRequiredError) as caught:
                koya.auth.register("ann@example.com", "correct horse battery")
            self.assertEqual(caught.exception.code, "VERIFICATION_REQUIRED")
            self.assertIsNone(koya.auth.tokens)

    def test_token_functions(self) -> None:
        tokens = ["kl_expired", KEY]
        with Koyalite(
            URL, token=lambda: tokens.pop(0) if len(tokens) > 1 else tokens[0]
        ) as koya:
            self.assertTrue(koya.things.create(title="x").id)


class Live(unittest.TestCase):
    def test_snapshots_and_a_restart(self) -> None:
        title = unique()
        with client() as koya:
            first = koya.things.create(title=title, count=1)
            statuses: list[LiveStatus] = []
            mine = koya.things.filter(title=title).sort("count")
            live = mine.live(on_status=statuses.append)
            self.assertEqual([one.id for one in next(live).docs], [first.id])
            second = koya.things.create(title=title, count=0)
            snapshot = until(live, lambda one: len(one.docs) == 2)
            assert_type(snapshot, Snapshot[Thing])
            self.assertEqual([one.count for one in snapshot.docs], [0, 1])
            self.assertEqual([one.id for one in snapshot.inserts], [second.id])
            kept = snapshot.docs[1]
            request(f"{CONTROL}/restart")
            koya.things.update(second.id, count=5)
            koya.things.create(title=title, count=3)
            snapshot = until(
                live, lambda one: [doc.count for doc in one.docs] == [1, 3, 5]
            )
            self.assertIs(snapshot.docs[0], kept)
            koya.things.delete(first.id)
            snapshot = until(live, lambda one: len(one.docs) == 2)
            self.assertEqual(snapshot.deletes, [first.id])
            fresh = koya.things.filter(title=title).sort("count").list()
            self.assertEqual(snapshot.docs, fresh)
            self.assertEqual(live.status, "live")
            live.close()
            self.assertEqual(list(live), [])
            self.assertEqual(statuses, ["live", "stale", "live", "closed"])

    def test_another_thread_ends_it(self) -> None:
        with client() as koya:
            live = koya.things.filter(title=unique()).live()
            next(live)
            timer = threading.Timer(0.1, live.close)
            timer.start()
            self.assertEqual(list(live), [])
            timer.join()
            live = koya.things.filter(title=unique()).live()
            next(live)
            threading.Timer(0.1, koya.close).start()
            self.assertEqual(list(live), [])

    def test_the_end_of_a_token(self) -> None:
        with Koyalite(os.environ["KOYALITE_SHORT_URL"]) as koya:
            koya.auth.register(f"{unique()}@example.com", "correct horse battery")
            tokens = koya.auth.tokens
            title = unique()
            live = koya.things.filter(title=title).live()
            self.assertEqual(next(live).docs, [])
            # Until the token has expired: the stream ends then, and is opened again.
            while koya.auth.tokens == tokens:
                koya.things.first()
            koya.things.create(title=title)
            snapshot = until(live, lambda one: len(one.docs) > 0)
            self.assertEqual([one.title for one in snapshot.inserts], [title])
            live.close()

    def test_cuts_anywhere(self) -> None:
        chance = random.Random(7)
        resumed: list[str | None] = []

        class Cut(httpx.SyncByteStream):
            """Breaks after so many bytes, also in the middle of a character."""

            def __init__(self, stream: httpx.SyncByteStream, left: int) -> None:
                self.stream = stream
                self.left = left

            def __iter__(self) -> Iterator[bytes]:
                for chunk in self.stream:
                    yield chunk[: self.left]
                    self.left -= len(chunk)
                    if self.left <= 0:
                        raise httpx.ReadTimeout("no heartbeat")

            def close(self) -> None:
                self.stream.close()

        class Cutting(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                response = super().handle_request(request)
                stream = response.stream
                if not request.url.path.endswith("/live") or len(resumed) == 12:
                    return response
                resumed.append(request.headers.get("last-event-id"))
                assert isinstance(stream, httpx.SyncByteStream)
                response.stream = Cut(stream, chance.randrange(1, 4000))
                return response

        title = unique("✓")
        with client(httpx.Client(transport=Cutting())) as koya, client() as writer:
            live = koya.things.filter(title=title).sort("count", "id").live()
            done = threading.Event()

            def write() -> None:
                ids: list[str] = []
                while len(resumed) < 12:
                    ids.append(writer.things.create(title=title, count=len(ids) % 7).id)
                    writer.things.update(ids[len(ids) // 2], count={"$inc": 1})
                    if len(ids) % 3 == 0:
                        writer.things.delete(ids.pop(0))
                    time.sleep(0.01)
                done.set()
                writer.things.create(title=title)

            with ThreadPoolExecutor(1) as pool:
                writing = pool.submit(write)
                for snapshot in live:
                    keys = [one.id for one in snapshot.docs]
                    self.assertEqual(len(keys), len(set(keys)))
                    if done.is_set():
                        fresh = writer.things.filter(title=title).sort("count", "id")
                        if snapshot.docs == list(fresh):
                            break
                        writer.things.create(title=title)
                writing.result()
            live.close()
        self.assertTrue(any(resumed))

    def test_another_user(self) -> None:
        with client() as admin, Koyalite(URL) as koya:
            ann = koya.auth.register(f"{unique()}@example.com", "correct horse battery")
            thing = admin.things.create(title=unique(), author_id=ann.id, mine="hers")
            live = koya.things.filter(id=thing.id).live()
            self.assertEqual(next(live).docs[0].mine, "hers")
            koya.auth.register(f"{unique()}@example.com", "correct horse battery")
            self.assertIsNone(next(live).docs[0].mine)
            koya.auth.logout()
            admin.things.update(thing.id, count=1)
            self.assertEqual(
                until(live, lambda one: one.docs[0].count == 1).deletes, []
            )
            live.close()

    def test_refusals_are_final(self) -> None:
        with client() as koya:
            with self.assertRaises(InvalidRequestError):
                next(koya.things.sort("nope").live())
            with (
                self.assertRaises(UnauthenticatedError),
                Koyalite(URL, token="kl_x") as other,
            ):
                next(other.things.live())


class Async(unittest.TestCase):
    def test_two_event_loops(self) -> None:
        koya = AsyncKoyalite(URL, token=KEY)
        newer = httpx.AsyncClient(transport=httpx.MockTransport(of_another_schema))

        async def work() -> int:
            title = unique()
            await asyncio.gather(*(koya.things.create(title=title) for _ in range(10)))
            query = koya.things.filter(title=title)
            self.assertEqual(len([thing async for thing in query]), 10)
            thing = await query.first()
            assert_type(thing, Thing | None)
            assert thing is not None
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                koya_of_another_schema = AsyncKoyalite(URL, http_client=newer)
                await koya_of_another_schema.things.list()
            self.assertEqual([one.filename for one in caught], [__file__])
            async with koya.batch() as batch:
                gone = batch.things.delete(thing.id)
            self.assertIsNone(gone.result)
            return await query.count()

        self.assertEqual(asyncio.run(work()), 9)
        self.assertEqual(asyncio.run(work()), 9)
        asyncio.run(koya.close())

    def test_live(self) -> None:
        title = unique()

        async def work() -> None:
            async with AsyncKoyalite(URL, token=KEY) as koya:
                seen: list[int] = []
                async with koya.things.filter(title=title).live() as live:
                    async for snapshot in live:
                        seen.append(len(snapshot.docs))
                        if len(seen) == 3:
                            break
                        await koya.things.create(title=title)
                self.assertEqual(seen, [0, 1, 2])
                live = koya.things.filter(title=title).live()
                await anext(live)
                closing = asyncio.create_task(later(live))
                self.assertEqual([one async for one in live], [])
                await closing

        async def later(live: koyalite.AsyncLive[Thing]) -> None:
            await asyncio.sleep(0.05)
            await live.close()

        asyncio.run(work())

    def test_cancelled_refresh_of_another_task(self) -> None:
        async def work() -> None:
            async with AsyncKoyalite(URL) as koya:
                await koya.auth.register(
                    f"{unique()}@example.com", "correct horse battery"
                )
                tokens = koya.auth.tokens
                assert tokens is not None
                await koya.auth.resume(Tokens("expired", tokens.refresh_token))
                tasks = [asyncio.create_task(koya.things.count()) for _ in range(20)]
                await asyncio.sleep(0.005)
                tasks[0].cancel()
                results = await asyncio.gather(*tasks, return_exceptions=True)
                self.assertFalse(
                    [one for one in results[1:] if isinstance(one, BaseException)]
                )

        asyncio.run(work())


class Types(unittest.TestCase):
    def test_hints_of_every_class_and_function(self) -> None:
        for name in koyalite.__all__:
            member = getattr(koyalite, name)
            if isinstance(member, type):
                typing.get_type_hints(member)
                for function in vars(member).values():
                    if callable(function) and hasattr(function, "__annotations__"):
                        typing.get_type_hints(function)


def until(
    live: koyalite.Live[Thing], holds: Callable[[Snapshot[Thing]], bool]
) -> Snapshot[Thing]:
    """The next snapshot of which something holds; a live query may show what is before it."""
    return next(snapshot for snapshot in live if holds(snapshot))


def of_another_schema(_: httpx.Request) -> httpx.Response:
    return httpx.Response(
        200,
        json={"docs": [], "next_cursor": None},
        headers={"koyalite-schema": "0123456789abcdef"},
    )


def request(url: str) -> None:
    httpx.post(url, timeout=60).raise_for_status()


if __name__ == "__main__":
    unittest.main()
