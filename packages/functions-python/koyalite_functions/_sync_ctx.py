"""``ctx`` of a ``def``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, TypeVar

from . import _transaction as steps
from ._base_ctx import BaseCtx
from ._call import Call
from ._document import Facts
from ._errors import KoyaError
from ._events import Events
from ._job import Job
from ._json import dumps
from ._mail import Mail
from ._part import SyncPart, json_of, nothing_of
from ._query import segment
from ._queue import Queue
from ._schema_types import DbCollections, TransactionCollections
from ._server import Asked

T = TypeVar("T")

_V1 = "/internal/v1"


class Transaction(TransactionCollections):
    """Documents, jobs, events and emails inside of a transaction."""

    def __init__(self, part: SyncPart, facts: Facts) -> None:
        super().__init__(part, facts)
        queue = SyncPart(part.call, "queue", "", in_transaction=True)
        #: Jobs that are there once it has committed.
        self.queue = Queue(queue, f"{part.base}/jobs")
        #: Events that have happened once it has committed.
        self.events = Events(queue, f"{part.base}/events")
        #: Emails that are sent once it has committed.
        self.mail = Mail(queue, f"{part.base}/mails")


class Db(DbCollections):
    """The documents of the project, with the rights of whoever called."""

    def __init__(self, call: Call, facts: Facts) -> None:
        super().__init__(SyncPart(call, "db", f"{_V1}/db"), facts)
        self._server = SyncPart(call, "db", "", in_transaction=True)

    def transaction(
        self,
        work: Callable[[Transaction], T],
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

        As a decorator it runs at once, and the name has what it returned::

            @ctx.db.transaction
            def seat(tx): ...
        """
        steps.enter(self._server, completes)
        try:
            attempt = 1
            while True:
                try:
                    return self._once(work, steps.mode_of(attempt, mode), completes)
                except steps.Conflict:
                    time.sleep(steps.pause(attempt))
                    attempt += 1
        finally:
            self._server.call.has_transaction = False

    @contextmanager
    def exclusive(self, *, completes: bool = False) -> Iterator[Transaction]:
        """``with ctx.db.exclusive() as tx:``, in which nobody else writes.

        At most 250 ms between two statements, two seconds in all. What is raised in it
        rolls back.
        """
        steps.enter(self._server, completes)
        try:
            path = self._begin("exclusive")
            try:
                yield self._open(path)
            except BaseException:
                self._roll_back(path)
                raise
            self._server.ask(steps.commit(path, completes), nothing_of)
        finally:
            self._server.call.has_transaction = False

    def _once(self, work: Callable[[Transaction], T], mode: str, completes: bool) -> T:
        path = self._begin(mode)
        try:
            result = work(self._open(path))
        except BaseException as error:
            refused = self._roll_back(path)
            if steps.repeats(error, mode) or refused and steps.repeats(refused, mode):
                raise steps.Conflict from error
            raise
        try:
            self._server.ask(steps.commit(path, completes), nothing_of)
        except KoyaError as error:
            if steps.repeats(error, mode):
                raise steps.Conflict from error
            raise
        return result

    def _begin(self, mode: str) -> str:
        return steps.path_of(self._server.ask(steps.begin(mode), json_of))

    def _open(self, path: str) -> Transaction:
        return Transaction(
            SyncPart(self._server.call, "db", path, in_transaction=True), self._facts
        )

    def _roll_back(self, path: str) -> KoyaError | None:
        """What the server refuses it with: it is rolled back in any case."""
        try:
            self._server.ask(steps.roll_back(path), nothing_of)
        except KoyaError as error:
            return error
        return None


class AdminDb(DbCollections):
    """The same with the rights of the server; each request is audited."""

    def __init__(self, call: Call, facts: Facts) -> None:
        super().__init__(SyncPart(call, "admin", f"{_V1}/admin"), facts)


class Admin:
    """Needs ``admin=True``."""

    def __init__(self, call: Call, facts: Facts) -> None:
        self.db = AdminDb(call, facts)


class Functions:
    """Other functions of the project: those of ``calls``."""

    def __init__(self, call: Call) -> None:
        self._part = SyncPart(
            call, "functions", f"{_V1}/functions", in_transaction=True
        )

    def call(self, name: str, input: Any = None) -> Any:
        """What the function returns, as JSON has it."""
        body = None if input is None else dumps(input)
        return self._part.ask(Asked("POST", f"/{segment(name)}", body=body), json_of)


class Ctx(BaseCtx):
    """What a ``def`` gets."""

    @property
    def db(self) -> Db:
        """Documents, with the rights of whoever called."""
        return self._once("db", lambda: Db(self._call, self._facts))

    @property
    def admin(self) -> Admin:
        """What has the rights of the server, and is audited. Needs ``admin=True``."""
        return self._once("admin", lambda: Admin(self._call, self._facts))

    @property
    def functions(self) -> Functions:
        """Other functions of the project."""
        return self._once("functions", lambda: Functions(self._call))

    @property
    def queue(self) -> Queue:
        """Work for later: jobs that functions with ``queue`` run. While a transaction is
        open, only ``tx.queue`` pushes.
        """
        return self._once(
            "queue", lambda: Queue(SyncPart(self._call, "queue", ""), f"{_V1}/jobs")
        )

    @property
    def events(self) -> Events:
        """Events of the project's own. While a transaction is open, only ``tx.events``
        publishes.
        """
        return self._once(
            "events", lambda: Events(SyncPart(self._call, "queue", ""), f"{_V1}/events")
        )

    @property
    def mail(self) -> Mail:
        """Sends emails. While a transaction is open, only ``tx.mail`` does."""
        return self._once(
            "mail", lambda: Mail(SyncPart(self._call, "queue", ""), f"{_V1}/mails")
        )

    @property
    def job(self) -> Job | None:
        """The job that this call runs; None where it runs none."""
        said = self._call.info.get("job")
        if said is None:
            return None
        return self._once("job", lambda: Job(said, SyncPart(self._call, "queue", "")))
