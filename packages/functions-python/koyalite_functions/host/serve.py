"""Listens for calls. What may be large and what takes how long is the server's to bound."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Mapping
from threading import Event, Thread
from typing import Any, BinaryIO, Callable

from .._async_ctx import AsyncCtx
from .._call import CALL_HEADER, Call, read_call_info
from .._current import CALL
from .._document import CollectionFacts
from .._server import ServerSocket
from .._sync_ctx import Ctx
from .._wire import WireError, read_head
from .calls import Calls
from .exchange import Exchange
from .failures import Traces, failure_of
from .output import Output, print_line

#: Answers one call: raises what the function raises.
Answer = Callable[[Exchange, Call], None]


class CallServer:
    def __init__(
        self,
        *,
        server: ServerSocket,
        calls: Calls,
        output: Output,
        traces: Traces,
        answer: Answer,
        is_async: bool,
        env: Mapping[str, str],
    ) -> None:
        self._server = server
        self._calls = calls
        self._output = output
        self._traces = traces
        self._answer = answer
        self._is_async = is_async
        self._env = env
        self._facts: Mapping[str, CollectionFacts] = {}
        #: The server may call before this host has read that it was taken.
        self._is_taken = Event()

    def listen(self, path: str) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        listener.listen(128)

        def accept() -> None:
            while True:
                connection, _ = listener.accept()
                Thread(target=self._serve, args=(connection,), daemon=True).start()

        Thread(target=accept, name="koyalite-calls", daemon=True).start()

    def taken(self, collections: Mapping[str, Any]) -> None:
        """The server has told what it knows of the schema."""
        self._facts = {name: CollectionFacts(one) for name, one in collections.items()}
        self._is_taken.set()

    def _serve(self, connection: socket.socket) -> None:
        file = connection.makefile("rb")
        try:
            while self._serve_one(connection, file):
                pass
        except (OSError, WireError):
            # The server has gone, or does not want the answer any more.
            pass
        finally:
            file.close()
            connection.close()

    def _serve_one(self, connection: socket.socket, file: BinaryIO) -> bool:
        """Whether there may be another one."""
        lines = read_head(file)
        if not lines:
            return False
        exchange = Exchange(connection, file, lines)
        said = exchange.headers.get(CALL_HEADER)
        if said is not None:
            self._serve_call(exchange, said)
        elif exchange.target == "/cancel":
            self._calls.cancel(json.loads(exchange.body.read_all())["execution"])
            exchange.answer(204, ())
        else:
            exchange.answer(
                400, (("content-type", "text/plain"),), b"this is no call\n"
            )
        if exchange.is_last:
            return False
        exchange.drain()
        return True

    def _serve_call(self, exchange: Exchange, said: str) -> None:
        call = Call(read_call_info(said), self._server, print_line)
        self._is_taken.wait()
        make = AsyncCtx if self._is_async else Ctx
        call.ctx = make(call, self._env, self._facts)
        self._calls.add(call)
        exchange.before_answer = lambda: self._finish(call)
        self._output.begin()
        token = CALL.set(call)
        error: BaseException | None = None
        try:
            self._answer(exchange, call)
        except SystemExit as exit_asked:
            self._exit(exit_asked)
        except (BrokenPipeError, ConnectionResetError) as gone:
            error = gone if not exchange.has_begun else None
            exchange.is_last = True
        except BaseException as raised:
            error = raised
        finally:
            CALL.reset(token)
        self._finish(call)
        if error is not None:
            runs_job = "job" in call.info
            exchange.fail(*failure_of(error, self._traces, runs_job=runs_job))
        self._calls.ended(call)

    def _finish(self, call: Call) -> None:
        """All lines up to the answer are sent before it."""
        self._output.end(call)
        call.log.flush()

    def _exit(self, asked: SystemExit) -> None:
        """As at the end of a program: what was not sent is printed."""
        for call in self._calls.all():
            self._output.end(call)
            os.write(1, call.log.take_messages().encode(errors="replace"))
        code = asked.code
        if isinstance(code, str):
            print_line(code)
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
        os._exit(0 if code is None else code if isinstance(code, int) else 1)
