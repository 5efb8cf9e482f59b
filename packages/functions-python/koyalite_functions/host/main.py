"""Runs one function for a KoyaLite server: services/functions/PROTOCOL.md."""

from __future__ import annotations

import json
import os
import sys
from os.path import basename, dirname
from typing import Any

from .._call import Call
from .._events import event_of
from .._server import ServerSocket
from .announce import announce, until_end
from .calls import Calls
from .exchange import Exchange
from .failures import Traces, thrown
from .load import Loaded, load_function
from .loop import Loop
from .output import Output, print_line
from .serve import Answer, CallServer
from .settings import HostSettings


def main() -> None:
    try:
        settings = HostSettings(dict(os.environ))
        # Code of the function has no use for it.
        del os.environ["KOYALITE_INSTANCE"]
        run(settings)
    except BaseException as error:
        print_line(str(error) or repr(error))
        os._exit(1)


def run(settings: HostSettings) -> None:
    server = ServerSocket(settings.server_socket)
    calls = Calls()
    traces = Traces(_code_folder(settings.entry))
    output = Output(calls, traces)
    loop = Loop(output.uncaught)
    if settings.proxy_socket is not None:
        from .egress import open_egress

        open_egress(settings.proxy_socket)
    output.install()
    try:
        loaded = load_function(settings.entry, settings.name, settings.packages)
        answer, is_async, schemas = _prepared(loaded, loop)
    except BaseException as error:
        announce(server, settings.token, {"failed": thrown(error, traces)})
        os._exit(1)
    host = CallServer(
        server=server,
        calls=calls,
        output=output,
        traces=traces,
        answer=answer,
        is_async=is_async,
        env=settings.env,
    )
    host.listen(settings.call_socket)
    kind = "typed" if loaded.kind == "typed" else "raw"
    what = {"kind": kind, "config": loaded.config, **schemas}
    host.taken(announce(server, settings.token, what))
    until_end(server, settings.token)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None:
            stream.flush()
    os._exit(0)


def _prepared(loaded: Loaded, loop: Loop) -> tuple[Answer, bool, dict[str, Any]]:
    """How calls are answered, whether by an ``async def``, and what it takes and returns."""
    none: dict[str, Any] = {"input": None, "output": None}
    if loaded.kind == "asgi":
        from .asgi import AsgiFunction

        loop.start()
        app = AsgiFunction(loaded.handler, loop)
        app.start()
        return app.answer, True, none
    if loaded.kind == "raw":
        from .raw import RawFunction

        raw = RawFunction(loaded.handler, loop)
        if raw.is_async:
            loop.start()
        return raw.answer, raw.is_async, none
    return _typed(loaded, loop)


def _typed(loaded: Loaded, loop: Loop) -> tuple[Answer, bool, dict[str, Any]]:
    from .typed import TypedFunction, answer_of, is_async

    typed = TypedFunction(loaded.handler)
    awaits = is_async(loaded.handler)
    if awaits:
        loop.start()

    def answer(exchange: Exchange, call: Call) -> None:
        body = exchange.body.read_all()
        if call.info.get("event"):
            call.event = event_of(json.loads(body))
        result = typed.call(body, call.ctx)
        text = answer_of(loop.run(result, call) if awaits else result)
        call.answered()
        if text is None:
            exchange.answer(204, ())
        else:
            exchange.answer(200, [("content-type", "application/json")], text)

    return answer, awaits, {"input": typed.input_schema, "output": typed.output_schema}


def _code_folder(entry: str) -> str:
    """The folder that has the project's ``functions/``."""
    folder = dirname(entry)
    return dirname(folder if basename(folder) == "functions" else dirname(folder))
