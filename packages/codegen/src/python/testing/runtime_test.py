"""The parts of the runtime that need no server."""

from __future__ import annotations

import json
import unittest
from typing import Any

from koyalite import (
    AsyncKoyalite,
    InvalidRequestError,
    Koyalite,
    KoyaliteError,
    Thing,
)
from koyalite._client import SCHEMA
from koyalite._runtime.live_state import Event, EventDecoder, LiveState
from koyalite._runtime.query_state import renumbered
from koyalite._runtime.retries import backoff, wait_before_retry


class Events(unittest.TestCase):
    def test_bytes_in_any_pieces(self) -> None:
        text = 'retry: 1000\n: live\n\nevent: delta\r\ndata: {"a":\ndata: "✓\u2028\x85"}\nid: 1\n\n'
        expected = [Event("delta", '{"a":\n"✓\u2028\x85"}')]
        data = text.encode()
        for size in range(1, len(data) + 1):
            decoder = EventDecoder()
            pieces = [data[at : at + size] for at in range(0, len(data), size)]
            self.assertEqual(
                [one for piece in pieces for one in decoder.feed(piece)], expected
            )


class Lists(unittest.TestCase):
    def setUp(self) -> None:
        self.state = LiveState[Thing](SCHEMA["things"], SCHEMA)

    def apply(self, type: str, **payload: Any) -> list[str]:
        snapshot = self.state.apply(
            Event(type, json.dumps({"payload": {"seq": "e.1", **payload}}))
        )
        return ["…"] if snapshot is None else [one.id for one in snapshot.docs]

    def test_parts_and_moves(self) -> None:
        docs = [{"id": key, "title": key} for key in "abcd"]
        self.assertEqual(self.apply("snapshot", docs=docs[:2], more=True), ["…"])
        self.assertEqual(
            self.apply("snapshot", docs=docs[2:], resume="r1"), list("abcd")
        )
        self.assertEqual(self.state.resume, "r1")
        changes = {
            "deletes": ["b"],
            "inserts": [
                {"doc": {"id": "e"}, "after": "a"},
                {"doc": {"id": "f"}, "after": "e"},
            ],
            "updates": [
                {"doc": {"id": "d"}, "after": None},
                {"doc": {"id": "a", "title": "x"}},
            ],
        }
        self.assertEqual(
            self.apply("delta", changes=changes, resume="r2"), list("daefc")
        )
        self.assertEqual(self.apply("progress"), ["…"])
        with self.assertRaises(KoyaliteError) as caught:
            self.apply("error", code="TOO_MANY_DOCUMENTS", message="more than 10000")
        self.assertEqual(caught.exception.status, 409)

    def test_what_is_the_same_stays_the_same_object(self) -> None:
        docs = [{"id": key, "title": key} for key in "ab"]
        first = self.state.apply(
            Event("snapshot", json.dumps({"payload": {"docs": docs, "seq": "e.1"}}))
        )
        docs[1]["title"] = "x"
        again = self.state.apply(
            Event("snapshot", json.dumps({"payload": {"docs": docs, "seq": "e.2"}}))
        )
        assert first is not None and again is not None
        self.assertIs(again.docs[0], first.docs[0])
        self.assertEqual([one.title for one in again.updates], ["x"])
        self.assertEqual((again.inserts, again.deletes), ([], []))


class Texts(unittest.TestCase):
    def test_parameters_of_a_later_expression(self) -> None:
        for before, after in {
            "doc.a == $1 && $2": "doc.a == $3 && $4",
            "'$1' + \"$1\" + r'\\' + $1": "'$1' + \"$1\" + r'\\' + $3",
            "'''$1 ' ''' + 'it\\'s $1' + $10": "'''$1 ' ''' + 'it\\'s $1' + $12",
            "$1 // don't $1\n + $1": "$3 // don't $1\n + $3",
        }.items():
            self.assertEqual(renumbered(before, 2), after)


class Addresses(unittest.TestCase):
    def test_what_is_not_a_url_of_a_server(self) -> None:
        for url in ("127.0.0.1:8090", "localhost:8090", "example.com", "", "http://"):
            for kind in (Koyalite, AsyncKoyalite):
                with self.assertRaises(InvalidRequestError) as caught:
                    kind(url)
                self.assertEqual(
                    caught.exception.message,
                    f"'{url}' is not the URL of a server, such as http://127.0.0.1:8090",
                )


class Retries(unittest.TestCase):
    def test_what_is_made_again(self) -> None:
        def wait(code: str, status: int, after: float | None = None) -> float | None:
            error = KoyaliteError("x", code=code, status=status, retry_after=after)
            return wait_before_retry(error, 0)

        self.assertIsNotNone(wait("NETWORK", 0))
        self.assertIsNotNone(wait("UNEXPECTED_RESPONSE", 502))
        self.assertIsNotNone(wait("UNAVAILABLE", 503))
        self.assertEqual(wait("RATE_LIMITED", 429, 10), 10)
        self.assertIsNone(wait("RATE_LIMITED", 429, 11))
        self.assertIsNone(wait("QUERY_TIMEOUT", 503))
        self.assertIsNone(wait("FUNCTION_TIMEOUT", 504))
        self.assertIsNone(wait("TIMEOUT", 0))
        self.assertIsNone(wait("INTERNAL", 500))
        self.assertLessEqual(
            max(backoff(tries, first=0.25) for tries in range(2000)), 45
        )


if __name__ == "__main__":
    unittest.main()
