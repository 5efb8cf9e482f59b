"""What the parts of ``ctx`` ask the server by, with and without ``await``."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable, TypeVar

from ._call import Call
from ._errors import CtxError
from ._server import Answered, Asked
from ._wire import WireError

T = TypeVar("T")

Parse = Callable[[Answered], T]


class Part:
    """One part of the server, asked with the rights of one call."""

    def __init__(
        self, call: Call, source: str, base: str, *, in_transaction: bool = False
    ) -> None:
        """`base` stands before the paths of the API; `in_transaction`: it is asked while a
        transaction is open, too.
        """
        self.call = call
        self.source = source
        self.base = base
        self._in_transaction = in_transaction

    def fail(self, code: str, message: str, status: int = 0) -> CtxError:
        """An error that no answer of the server is."""
        return CtxError(self.source, code, message, status=status)

    def prepared(self, asked: Asked) -> Asked:
        if self.call.has_transaction and not self._in_transaction:
            raise self.transaction_open()
        if self.call.is_cancelled:
            raise self.fail("ABORTED", "nobody waits for this call any more")
        asked.path = self.base + asked.path
        return asked

    def transaction_open(self) -> CtxError:
        message = "A transaction of this call is open: use its `tx`, or end it first."
        return self.fail("TRANSACTION_OPEN", message, 409)

    def unreached(self, error: Exception) -> CtxError:
        return self.fail("NETWORK", f"the server cannot be reached: {error}")

    def parsed(self, answered: Answered, parse: Parse[T]) -> T:
        if answered.is_ok:
            return parse(answered)
        said = answered.error()
        error = CtxError(
            self.source,
            said["code"],
            str(said.get("message", "")),
            status=answered.status,
            details=said.get("details"),
        )
        error.request_id = said.get("request_id")
        raise error


class SyncPart(Part):
    """Of a ``def``."""

    def ask(self, asked: Asked, parse: Parse[T]) -> T:
        """What `parse` makes of the answer. Raises a KoyaError."""
        try:
            answered = self.call.server.send(self.prepared(asked), self.call.token)
        except (OSError, WireError) as error:
            raise self.unreached(error) from error
        return self.parsed(answered, parse)


class AsyncPart(Part):
    """Of an ``async def``."""

    def __init__(
        self, call: Call, source: str, base: str, *, in_transaction: bool = False
    ) -> None:
        super().__init__(call, source, base, in_transaction=in_transaction)
        #: Requests of a transaction that have not been answered.
        self.open: list[Any] = []

    def ask(self, asked: Asked, parse: Parse[T]) -> Awaitable[T]:
        """Resolves to what `parse` makes of the answer. Raises a KoyaError. It is sent at
        once, whether somebody awaits it or not.
        """
        import asyncio

        task = asyncio.ensure_future(self._ask(asked, parse))
        if self._in_transaction:
            self.open.append(task)
            task.add_done_callback(self.open.remove)
        return task

    async def _ask(self, asked: Asked, parse: Parse[T]) -> T:
        try:
            answered = await self.call.server.send_async(
                self.prepared(asked), self.call.token
            )
        except (OSError, WireError) as error:
            raise self.unreached(error) from error
        return self.parsed(answered, parse)

    async def settled(self) -> None:
        """When all requests of the transaction have been answered. Raises what one of
        them was refused with.
        """
        import asyncio

        # What was only begun is asked now.
        await asyncio.sleep(0)
        while self.open:
            await self.open[0]


def json_of(answered: Answered) -> Any:
    return answered.json()


def nothing_of(_: Answered) -> None:
    return None
