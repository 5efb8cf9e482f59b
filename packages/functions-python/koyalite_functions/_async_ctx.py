"""``ctx`` of an ``async def``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, Callable, TypeVar

from . import _transaction as steps
from ._base_ctx import BaseCtx
from ._call import Call
from ._document import Facts
from ._errors import KoyaError
from ._json import dumps
from ._part import AsyncPart, json_of, nothing_of
from ._query import segment
from ._schema_types import AsyncDbCollections, AsyncTransactionCollections
from ._server import Asked

T = TypeVar("T")

_V1 = "/internal/v1"


class AsyncTransaction(AsyncTransactionCollections):
    """The documents inside of a transaction."""

    async def _settled(self) -> None:
        """When all that was asked in it has been answered, awaited or not."""
        await self._part.settled()


class AsyncDb(AsyncDbCollections):
    """The documents of the project, with the rights of whoever called."""

    def __init__(self, call: Call, facts: Facts) -> None:
        super().__init__(AsyncPart(call, "db", f"{_V1}/db"), facts)
        self._server = AsyncPart(call, "db", "", in_transaction=True)

    async def transaction(
        self,
        work: Callable[[AsyncTransaction], Awaitable[T]],
        *,
        mode: str = "optimistic",
    ) -> T:
        """All that `work` writes, or nothing of it; what it returns.

        Where what it has read was changed meanwhile it is run again, up to five times: so
        it has no effects but those of `tx`. ``mode="exclusive"``: it is run once, and
        nobody else writes meanwhile; at most 250 ms between two statements, two seconds in
        all. What it raises rolls back.
        """
        import asyncio

        steps.enter(self._server)
        try:
            attempt = 1
            while True:
                try:
                    return await self._once(work, steps.mode_of(attempt, mode))
                except steps.Conflict:
                    await asyncio.sleep(steps.pause(attempt))
                    attempt += 1
        finally:
            self._server.call.has_transaction = False

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[AsyncTransaction]:
        """``async with ctx.db.exclusive() as tx:``, in which nobody else writes.

        At most 250 ms between two statements, two seconds in all. What is raised in it
        rolls back.
        """
        steps.enter(self._server)
        try:
            path = await self._begin("exclusive")
            try:
                tx = self._open(path)
                yield tx
                await tx._settled()
            except BaseException:
                await self._roll_back(path)
                raise
            await self._server.ask(steps.commit(path), nothing_of)
        finally:
            self._server.call.has_transaction = False

    async def _once(
        self, work: Callable[[AsyncTransaction], Awaitable[T]], mode: str
    ) -> T:
        path = await self._begin(mode)
        try:
            tx = self._open(path)
            result = await work(tx)
            await tx._settled()
        except BaseException as error:
            refused = await self._roll_back(path)
            if steps.repeats(error, mode) or refused and steps.repeats(refused, mode):
                raise steps.Conflict from error
            raise
        try:
            await self._server.ask(steps.commit(path), nothing_of)
        except KoyaError as error:
            if steps.repeats(error, mode):
                raise steps.Conflict from error
            raise
        return result

    async def _begin(self, mode: str) -> str:
        return steps.path_of(await self._server.ask(steps.begin(mode), json_of))

    def _open(self, path: str) -> AsyncTransaction:
        return AsyncTransaction(
            AsyncPart(self._server.call, "db", path, in_transaction=True), self._facts
        )

    async def _roll_back(self, path: str) -> KoyaError | None:
        """What the server refuses it with: it is rolled back in any case."""
        try:
            await self._server.ask(steps.roll_back(path), nothing_of)
        except KoyaError as error:
            return error
        return None


class AsyncAdminDb(AsyncDbCollections):
    """The same with the rights of the server; each request is audited."""

    def __init__(self, call: Call, facts: Facts) -> None:
        super().__init__(AsyncPart(call, "admin", f"{_V1}/admin"), facts)


class AsyncAdmin:
    """Needs ``admin=True``."""

    def __init__(self, call: Call, facts: Facts) -> None:
        self.db = AsyncAdminDb(call, facts)


class AsyncFunctions:
    """Other functions of the project: those of ``calls``."""

    def __init__(self, call: Call) -> None:
        self._part = AsyncPart(
            call, "functions", f"{_V1}/functions", in_transaction=True
        )

    async def call(self, name: str, input: Any = None) -> Any:
        """What the function returns, as JSON has it."""
        body = None if input is None else dumps(input)
        return await self._part.ask(
            Asked("POST", f"/{segment(name)}", body=body), json_of
        )


class AsyncCtx(BaseCtx):
    """What an ``async def`` gets."""

    @property
    def db(self) -> AsyncDb:
        """Documents, with the rights of whoever called."""
        return self._once("db", lambda: AsyncDb(self._call, self._facts))

    @property
    def admin(self) -> AsyncAdmin:
        """What has the rights of the server, and is audited. Needs ``admin=True``."""
        return self._once("admin", lambda: AsyncAdmin(self._call, self._facts))

    @property
    def functions(self) -> AsyncFunctions:
        """Other functions of the project."""
        return self._once("functions", lambda: AsyncFunctions(self._call))
