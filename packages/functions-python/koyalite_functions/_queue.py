"""Work for later: jobs of other functions."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ._durations import Duration, milliseconds
from ._json import dumps
from ._part import AsyncPart, SyncPart
from ._server import Answered, Asked


class PushedJob(NamedTuple):
    """What a push came to."""

    #: None where that job is somebody else's.
    id: str | None
    #: False: there was one with its key.
    created: bool


class Queue:
    """Jobs of the functions that ``queues`` names. Each is validated against the input of
    its function.
    """

    def __init__(self, part: SyncPart, path: str) -> None:
        self._part = part
        self._path = path

    def push(
        self,
        name: str,
        payload: Any = None,
        *,
        delay: Duration | None = None,
        run_at: datetime | None = None,
        priority: int | None = None,
        key: str | None = None,
        on_conflict: str | None = None,
        key_for: Duration | None = None,
        group: str | None = None,
    ) -> PushedJob:
        """
        Args:
            name: Of the function.
            payload: Its input.
            delay: How long the job waits at least; instead of `run_at`.
            run_at: When it runs at the earliest.
            priority: From -10 to 10, higher ones first. One that waits rises by 1 a minute.
            key: Unique among the jobs of this function, pushed by the same caller, that
                wait, run or are to be tried again.
            on_conflict: What happens where there is a job with this key: ``keep`` (the
                default), ``replace`` or ``rerun``.
            key_for: How long after the push no other job has this key, even when this one
                is done.
            group: Jobs of one function and group run one after the other.
        """
        job = sent_job(
            name,
            payload,
            delay=delay,
            run_at=run_at,
            priority=priority,
            key=key,
            on_conflict=on_conflict,
            key_for=key_for,
            group=group,
        )
        return self._part.ask(asked_of(self._path, [job]), pushed_of)[0]

    def push_many(self, name: str, jobs: Iterable[Any]) -> builtins.list[PushedJob]:
        """All of them, at most 1,000, or none; the results are in the same order. Where
        every element is a dictionary with a ``payload``, its other keys are options of
        `push`; otherwise they are payloads.
        """
        sent = sent_jobs(name, jobs)
        return self._part.ask(asked_of(self._path, sent), pushed_of) if sent else []


class AsyncQueue:
    """The same for an ``async def``."""

    def __init__(self, part: AsyncPart, path: str) -> None:
        self._part = part
        self._path = path

    async def push(
        self,
        name: str,
        payload: Any = None,
        *,
        delay: Duration | None = None,
        run_at: datetime | None = None,
        priority: int | None = None,
        key: str | None = None,
        on_conflict: str | None = None,
        key_for: Duration | None = None,
        group: str | None = None,
    ) -> PushedJob:
        """See `Queue.push`."""
        job = sent_job(
            name,
            payload,
            delay=delay,
            run_at=run_at,
            priority=priority,
            key=key,
            on_conflict=on_conflict,
            key_for=key_for,
            group=group,
        )
        return (await self._part.ask(asked_of(self._path, [job]), pushed_of))[0]

    async def push_many(
        self, name: str, jobs: Iterable[Any]
    ) -> builtins.list[PushedJob]:
        """See `Queue.push_many`."""
        sent = sent_jobs(name, jobs)
        return (
            await self._part.ask(asked_of(self._path, sent), pushed_of) if sent else []
        )

    async def _settled(self) -> None:
        """When all that was pushed has been answered, awaited or not."""
        await self._part.settled()


def sent_job(
    name: str,
    payload: Any = None,
    *,
    delay: Duration | None = None,
    run_at: datetime | None = None,
    priority: int | None = None,
    key: str | None = None,
    on_conflict: str | None = None,
    key_for: Duration | None = None,
    group: str | None = None,
) -> Mapping[str, Any]:
    """As the server takes it (PROTOCOL.md)."""
    given = {
        "name": name,
        "payload": payload,
        "delay": None if delay is None else milliseconds(delay),
        "run_at": run_at,
        "priority": priority,
        "key": key,
        "on_conflict": on_conflict,
        "key_for": None if key_for is None else milliseconds(key_for),
        "group": group,
    }
    return {option: value for option, value in given.items() if value is not None}


#: Those of `push`.
_OPTIONS = ("delay", "run_at", "priority", "key", "on_conflict", "key_for", "group")


def sent_jobs(name: str, jobs: Iterable[Any]) -> list[Mapping[str, Any]]:
    given = list(jobs)
    if not all(isinstance(job, Mapping) and "payload" in job for job in given):
        return [sent_job(name, payload) for payload in given]
    for job in given:
        for option in job:
            if option != "payload" and option not in _OPTIONS:
                raise TypeError(
                    f"{option!r} is not an option of a job. If the input of {name} has a"
                    ' field "payload", write {"payload": input} for each of them.'
                )
    return [sent_job(name, **job) for job in given]


def asked_of(path: str, jobs: list[Mapping[str, Any]]) -> Asked:
    return Asked("POST", path, body=dumps({"jobs": jobs}))


def pushed_of(answered: Answered) -> list[PushedJob]:
    return [PushedJob(one["id"], one["created"]) for one in answered.json()["jobs"]]
