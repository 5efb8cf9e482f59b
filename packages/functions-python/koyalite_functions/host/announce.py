"""Says to the server what the function is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from .._json import dumps
from .._server import Answered, Asked, ServerSocket

_PROTOCOL = 1


class RefusedError(Exception):
    """The server does not take this instance."""


def announce(
    server: ServerSocket, token: str, what: dict[str, Any]
) -> Mapping[str, Any]:
    """What the server tells of the collections. Raises a RefusedError."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    body = dumps({"protocol": _PROTOCOL, "runtime": f"python {version}", **what})
    answered = server.send(Asked("POST", "/internal/v1/ready", body=body), token)
    if not answered.is_ok:
        raise RefusedError(_refusal(answered))
    said = answered.json() or {}
    collections: Mapping[str, Any] = said.get("collections") or {}
    return collections


def until_end(server: ServerSocket, token: str) -> None:
    """Returns when the server is gone, or wants the instance to end."""
    server.wait_for_end(Asked("GET", "/internal/v1/alive"), token)


def _refusal(answered: Answered) -> str:
    said = json.dumps(answered.error().get("message"))
    if answered.status == 400:
        return (
            f"the server does not speak protocol {_PROTOCOL}, which this host of functions"
            f" speaks: {said}"
        )
    return f"the server refused this instance ({answered.status}): {said}"
