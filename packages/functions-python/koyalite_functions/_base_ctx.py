"""What ``ctx`` has in every function."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Callable, TypeVar

from ._auth import Auth
from ._call import Call
from ._document import Facts
from ._events import Event
from ._http import Headers

T = TypeVar("T")


class Chain:
    """How the call came about: by which execution first, and how many steps ago."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.root: str = said["root"]
        self.depth: int = said["depth"]


class CtxRequest:
    """The request that a call came by."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.ip: str = said["ip"]
        self.headers = Headers((said.get("headers") or {}).items())


class Log:
    """Lines of the call's log: ``ctx.log.info("paid", amount=12)``."""

    def __init__(self, call: Call) -> None:
        self._log = call.log

    def debug(self, message: object, /, **fields: Any) -> None:
        self._log.write("debug", str(message), fields)

    def info(self, message: object, /, **fields: Any) -> None:
        self._log.write("info", str(message), fields)

    def warn(self, message: object, /, **fields: Any) -> None:
        self._log.write("warn", str(message), fields)

    def error(self, message: object, /, **fields: Any) -> None:
        self._log.write("error", str(message), fields)


class BaseCtx:
    """Who calls, and what the call is."""

    def __init__(self, call: Call, env: Mapping[str, str], facts: Facts) -> None:
        info = call.info
        self._call = call
        self._facts = facts
        self._made: dict[str, Any] = {}
        #: None: nobody is signed in.
        self.auth: Auth | None = None if info["auth"] is None else Auth(info["auth"])
        #: The manifest's ``env``.
        self.env = env
        self.log = Log(call)
        self.request = CtxRequest(info["request"])
        #: When the call ends, whatever it does.
        self.deadline = datetime.fromtimestamp(call.deadline, timezone.utc)
        self.request_id: str = info["request"]["id"]
        #: Of the function.
        self.version: int = info["version"]
        self.chain = Chain(info["chain"])

    @property
    def event(self) -> Event | None:
        """Why this call is made, where the function has ``events``; None of other calls."""
        event: Event | None = self._call.event
        return event

    @property
    def user(self) -> Auth | None:
        """Who calls, if that is a user."""
        return self.auth if self.auth is not None and self.auth.kind == "user" else None

    @property
    def cancelled(self) -> bool:
        """Nobody waits for the answer any more, or the time of the call is over."""
        return self._call.is_cancelled

    def _once(self, name: str, make: Callable[[], T]) -> T:
        """Parts are made when they are used."""
        if name not in self._made:
            self._made[name] = make()
        made: T = self._made[name]
        return made
