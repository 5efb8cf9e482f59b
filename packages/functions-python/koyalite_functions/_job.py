"""The job that a call runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._json import dumps
from ._part import AsyncPart, SyncPart, nothing_of
from ._server import Asked


class BaseJob:
    """It is cancelled, out of time or to stop with the server where ``ctx.cancelled``
    says so.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.id: str = said["id"]
        #: 1 for the first run.
        self.attempt: int = said["attempt"]
        self.key: str | None = said["key"]


class Job(BaseJob):
    """``ctx.job`` of a ``def``."""

    def __init__(self, said: Mapping[str, Any], part: SyncPart) -> None:
        super().__init__(said)
        self._part = part

    def progress(self, fraction: float) -> None:
        """Says how far it is, from 0 to 1. Raises LEASE_LOST where the job is no
        longer this call's.
        """
        self._part.ask(asked_of(fraction), nothing_of)


class AsyncJob(BaseJob):
    """``ctx.job`` of an ``async def``."""

    def __init__(self, said: Mapping[str, Any], part: AsyncPart) -> None:
        super().__init__(said)
        self._part = part

    async def progress(self, fraction: float) -> None:
        """See `Job.progress`."""
        await self._part.ask(asked_of(fraction), nothing_of)


def asked_of(fraction: float) -> Asked:
    if not 0 <= fraction <= 1:
        raise ValueError(f"progress is from 0 to 1, not {fraction}")
    body = dumps({"progress": fraction})
    return Asked("POST", "/internal/v1/job/progress", body=body)
