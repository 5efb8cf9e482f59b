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
from ._events import AsyncEvents
from ._job import AsyncJob
from ._json import dumps
from ._mail import AsyncMail
from ._part import AsyncPart, json_of, nothing_of
from ._query import segment
from ._queue import AsyncQueue
from ._schema_types import AsyncDbCollections, AsyncTransactionCollections
from ._server import Asked

T = TypeVar("T")

_V1 = "/internal/v1"


class AsyncTransaction(AsyncTransactionCollections):
    """Documents, jobs, events and emails inside of a transaction."""

    def __init__(self, part: AsyncPart, facts: Facts) -> None:
        super().__init__(part, facts)
        queue = AsyncPart(part.call, "queue", "", in_transaction=True)
        #: Jobs that are there once it has committed.
        self.queue = AsyncQueue(queue, f"{part.base}/jobs")
        #: Events that have happened once it has committed.
        self.events = AsyncEvents(queue, f"{part.base}/events")
        #: Emails that are sent once it has committed.
        self.mail = AsyncMail(queue, f"{part.base}/mails")

    async def _settled(self) -> None:
        """When all that was asked in it has been answered, awaited or not."""
        await self._part.settled()
        await self.queue._settled()


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
        completes: bool = False,
    ) -> T:
        """All that `work` writes, or nothing of it; what it returns.

        Where what it has read was changed meanwhile it is run again, up to five times: so
        it has no effects but those of `tx`. ``mode="exclusive"``: it is run once, and
        nobody else writes meanwhile; at most 250 ms between two statements, two seconds in
        all. What it raises rolls back.

        ``completes=True``: the job that the call runs is done when this commits. Its
        effects and its end are stored together, or neither is: LEASE_LOST where the job is
        no longer this call's.
        """
        import asyncio

        steps.enter(self._server, completes)
        try:
            attempt = 1
            while True:
                try:
                    return await self._once(
                        work, steps.mode_of(attempt, mode), completes
                    )
                except steps.Conflict:
                    await asyncio.sleep(steps.pause(attempt))
                    attempt += 1
        finally:
            self._server.call.has_transaction = False

    @asynccontextmanager
    async def exclusive(
        self, *, completes: bool = False
    ) -> AsyncIterator[AsyncTransaction]:
        """``async with ctx.db.exclusive() as tx:``, in which nobody else writes.

        At most 250 ms between two statements, two seconds in all. What is raised in it
        rolls back.
        """
        steps.enter(self._server, completes)
        try:
            path = await self._begin("exclusive")
            try:
                tx = self._open(path)
                yield tx
                await tx._settled()
            except BaseException:
                await self._roll_back(path)
                raise
            await self._server.ask(steps.commit(path, completes), nothing_of)
        finally:
            self._server.call.has_transaction = False

    async def _once(
        self,
        work: Callable[[AsyncTransaction], Awaitable[T]],
        mode: str,
        completes: bool,
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
            await self._server.ask(steps.commit(path, completes), nothing_of)
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

    @property
    def queue(self) -> AsyncQueue:
        """Work for later: jobs that functions with ``queue`` run. While a transaction is
        open, only ``tx.queue`` pushes.
        """
        return self._once(
            "queue",
            lambda: AsyncQueue(AsyncPart(self._call, "queue", ""), f"{_V1}/jobs"),
        )

    @property
    def events(self) -> AsyncEvents:
        """Events of the project's own. While a transaction is open, only ``tx.events``
        publishes.
        """
        return self._once(
            "events",
            lambda: AsyncEvents(AsyncPart(self._call, "queue", ""), f"{_V1}/events"),
        )

    @property
    def mail(self) -> AsyncMail:
        """Sends emails. While a transaction is open, only ``tx.mail`` does."""
        return self._once(
            "mail",
            lambda: AsyncMail(AsyncPart(self._call, "queue", ""), f"{_V1}/mails"),
        )

    @property
    def job(self) -> AsyncJob | None:
        """The job that this call runs; None where it runs none."""
        said = self._call.info.get("job")
        if said is None:
            return None
        return self._once(
            "job", lambda: AsyncJob(said, AsyncPart(self._call, "queue", ""))
        )
