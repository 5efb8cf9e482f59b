"""``@function``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Callable, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

#: The attribute of a function that has its manifest.
MARK = "__koyalite_function__"

#: Needed before any code runs.
_BEFORE_CODE = ("runtime", "dependencies", "trusted", "build_env", "name")


class _NotGiven:
    def __repr__(self) -> str:
        return "not given"


_NOT_GIVEN = _NotGiven()


def function(
    *,
    access: str | bool | _NotGiven = _NOT_GIVEN,
    admin: bool | _NotGiven = _NOT_GIVEN,
    auth: str | _NotGiven = _NOT_GIVEN,
    calls: Sequence[str] | _NotGiven = _NOT_GIVEN,
    concurrency: int | _NotGiven = _NOT_GIVEN,
    cpu: float | _NotGiven = _NOT_GIVEN,
    env: dict[str, str] | _NotGiven = _NOT_GIVEN,
    events: Sequence[str] | _NotGiven = _NOT_GIVEN,
    ignore_own: bool | _NotGiven = _NOT_GIVEN,
    isolation: str | _NotGiven = _NOT_GIVEN,
    max_body: str | int | _NotGiven = _NOT_GIVEN,
    memory: str | int | _NotGiven = _NOT_GIVEN,
    methods: Sequence[str] | _NotGiven = _NOT_GIVEN,
    network: str | Sequence[str] | _NotGiven = _NOT_GIVEN,
    publishes: Sequence[str] | _NotGiven = _NOT_GIVEN,
    queue: bool | str | dict[str, Any] | _NotGiven = _NOT_GIVEN,
    queues: Sequence[str] | _NotGiven = _NOT_GIVEN,
    rate: str | _NotGiven = _NOT_GIVEN,
    read: bool | _NotGiven = _NOT_GIVEN,
    route: str | _NotGiven = _NOT_GIVEN,
    run_as: str | _NotGiven = _NOT_GIVEN,
    start_timeout: str | _NotGiven = _NOT_GIVEN,
    timeout: str | _NotGiven = _NOT_GIVEN,
    **others: Any,
) -> Callable[[F], F]:
    """Makes a function of the project of ``def publish(ctx: Ctx, data: PublishIn) -> PublishOut``.

    What it takes and returns is read from the types. The arguments are the keys of the
    manifest; without ``access`` it is not callable over HTTP.
    """
    given = {
        "access": access,
        "admin": admin,
        "auth": auth,
        "calls": calls,
        "concurrency": concurrency,
        "cpu": cpu,
        "env": env,
        "events": events,
        "ignore_own": ignore_own,
        "isolation": isolation,
        "max_body": max_body,
        "memory": memory,
        "methods": methods,
        "network": network,
        "publishes": publishes,
        "queue": queue,
        "queues": queues,
        "rate": rate,
        "read": read,
        "route": route,
        "run_as": run_as,
        "start_timeout": start_timeout,
        "timeout": timeout,
        **others,
    }
    config = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if not isinstance(value, _NotGiven)
    }
    check_config(config)

    def mark(handler: F) -> F:
        if not callable(handler):
            raise TypeError(
                "@function() stands above a function: def publish(ctx, data)"
            )
        setattr(handler, MARK, config)
        return handler

    return mark


def check_config(config: dict[str, Any]) -> None:
    """Raises a TypeError for what must be known before the code runs."""
    for name in _BEFORE_CODE:
        if name in config:
            raise TypeError(
                f"'{name}' is needed before the code runs: write it into the manifest"
                " beside it, functions/<name>.yaml"
            )
