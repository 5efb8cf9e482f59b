"""One call of the function, as long as anything of it runs."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Callable

from ._call_log import CallLog
from ._server import Asked, ServerSocket

#: Of the server: what a call is (PROTOCOL.md).
CALL_HEADER = "koyalite-call"


def read_call_info(text: str) -> Mapping[str, Any]:
    """The server wrote it: it is not checked further."""
    info: Mapping[str, Any] = json.loads(
        urlsafe_b64decode(text + "=" * (-len(text) % 4))
    )
    return info


class Call:
    """What the server says of it, its log, and whether anybody still waits."""

    def __init__(
        self,
        info: Mapping[str, Any],
        server: ServerSocket,
        print_line: Callable[[str], None],
    ) -> None:
        self.info = info
        self.server = server
        self.execution: str = info["execution"]
        self.token: str = info["token"]
        #: Seconds since 1970.
        self.deadline: float = info["deadline"] / 1000
        self._print_line = print_line
        self.log = CallLog(self._send_lines)
        #: A transaction of it is open: meanwhile nothing but it may touch documents.
        self.has_transaction = False
        self.ctx: Any = None
        #: Why it is made, once its input was read.
        self.event: Any = None
        self._is_left = False
        #: Of a call of an `async def`: ends what it waits for.
        self.cancel_task: Callable[[], object] | None = None

    @property
    def is_cancelled(self) -> bool:
        """Nobody waits for its answer, or its time is over."""
        return self._is_left or time.time() > self.deadline

    def answered(self) -> None:
        """The answer has begun: the deadline has been met."""
        self.deadline = float("inf")

    def leave(self) -> None:
        """Nobody waits any more."""
        self._is_left = True
        if self.cancel_task is not None:
            self.cancel_task()

    def _send_lines(self, lines: str) -> None:
        """What the server does not take (it is going, or the call has ended long ago) is
        left to the instance's own log.
        """
        headers = {"Content-Type": "application/x-ndjson"}
        asked = Asked("POST", "/internal/v1/logs", body=lines, headers=headers)
        try:
            if self.server.send(asked, self.token).is_ok:
                return
        except Exception as error:
            self._print_line(f"the log of a call was not taken: {error!r}")
        self._print_line(
            f"log of execution {self.execution}, which has ended:\n{lines}"
        )
