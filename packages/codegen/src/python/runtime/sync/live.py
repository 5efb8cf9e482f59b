"""Live queries: a stream of events that is continued where it was cut off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from ..connections import Interrupt
from ..documents import CollectionInfo, Document
from ..errors import KoyaliteError, NetworkError
from ..live_state import Event, EventDecoder, LiveState, LiveStatus, Snapshot
from ..options import HttpCall
from ..query_state import QueryState
from ..retries import backoff
from .context import Context

D = TypeVar("D", bound=Document)


class Live(Generic[D]):
    """A live query.

    Iterate over it; `close`, the end of its `with`, or that of the client ends the
    iteration.
    """

    def __init__(
        self,
        context: Context,
        info: CollectionInfo,
        state: QueryState,
        on_status: Callable[[LiveStatus], None] | None = None,
    ) -> None:
        self._context = context
        self._call = HttpCall(
            "GET", f"/api/collections/{info.name}/live", params=state.live_params()
        )
        self._state = LiveState[D](info, context.schema)
        self._interrupt = Interrupt()
        self._snapshots: Iterator[Snapshot[D]] | None = None
        self._status: LiveStatus = "connecting"
        self._on_status = on_status
        context.live.add(self)

    @property
    def status(self) -> LiveStatus:
        """``stale``: the connection was lost; what was seen last may be out of date."""
        return self._status

    def close(self) -> None:
        """Ends the iteration, also from another thread or task."""
        self._become("closed")
        self._context.live.discard(self)
        self._interrupt.set()

    def reconnect(self) -> None:
        """Opens the stream again, as whoever is signed in now."""
        self._interrupt.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Snapshot[D]:
        if self._snapshots is None:
            self._snapshots = self._run()
        return self._snapshots.__next__()

    def _run(self) -> Iterator[Snapshot[D]]:
        failures = 0
        while not self._interrupt.is_set:
            error: KoyaliteError | None = None
            try:
                yield from self._connect()
            except KoyaliteError as caught:
                error = caught
            if self._interrupt.is_set:
                return
            failures = 0 if self.status == "live" else failures + 1
            if error is not None and not _may_pass(error, failures):
                self.close()
                raise error
            if self.status == "live":
                self._become("stale")
            self._interrupt.wait(_wait(error, failures))

    def _connect(self) -> Iterator[Snapshot[D]]:
        """One stream, to its end."""
        resume = self._state.resume
        headers = {
            "accept": "text/event-stream",
            **({} if resume is None else {"last-event-id": resume}),
        }
        decoder = EventDecoder()
        self._state.restart()
        with self._context.transport.stream(
            self._call, headers, self._context.options
        ) as response:
            self._interrupt.watch(response)
            try:
                for chunk in response.iter_bytes():
                    for event in decoder.feed(chunk):
                        snapshot = self._apply(event)
                        if snapshot is not None:
                            yield snapshot
            finally:
                self._interrupt.watch(None)

    def _apply(self, event: Event) -> Snapshot[D] | None:
        try:
            snapshot = self._state.apply(event)
        except (ValueError, KeyError, TypeError) as error:
            # Whatever it was that does not fit: a new stream begins with all documents.
            self._state.resume = None
            raise NetworkError(
                f"the stream is broken: {error!r}", code="NETWORK"
            ) from error
        if event.type != "error":
            self._become("live")
        return snapshot

    def _become(self, status: LiveStatus) -> None:
        # What is closed stays closed: the last events may be read after that.
        if self._status in (status, "closed"):
            return
        self._status = status
        if self._on_status is not None:
            self._on_status(status)


def _may_pass(error: KoyaliteError, failures: int) -> bool:
    """Whether a stream that ended so may be opened again.

    What is refused stays refused; a token that has expired is renewed with the next
    request.
    """
    if error.status == 401:
        return failures == 0
    return error.status in (0, 408, 429) or error.status >= 500


def _wait(error: KoyaliteError | None, failures: int) -> float:
    """Seconds until the next stream.

    Where the first one after a good one fails too, it takes longer each time.
    """
    if error is not None and error.status == 401:
        return 0.0
    return (error.retry_after if error is not None else None) or backoff(
        failures, first=0.25
    )
