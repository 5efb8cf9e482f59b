"""What the server starts an instance with."""

from __future__ import annotations

import os


class HostSettings:
    """Raises a ValueError that names the variable that is missing."""

    def __init__(self, environment: dict[str, str]) -> None:
        sockets = _required(environment, "KOYALITE_SOCKETS")
        self.server_socket = os.path.join(sockets, "server.sock")
        self.call_socket = os.path.join(sockets, "call.sock")
        self.entry = _required(environment, "KOYALITE_ENTRY")
        #: Of the function.
        self.name = _required(environment, "KOYALITE_FUNCTION")
        self.token = _required(environment, "KOYALITE_INSTANCE")
        #: The socket of the egress proxy; None: no network.
        self.proxy_socket: str | None = environment.get("KOYALITE_PROXY") or None
        #: Folders of installed packages.
        self.packages = [
            path for path in environment.get("KOYALITE_PACKAGES", "").split(":") if path
        ]
        names = [
            name for name in environment.get("KOYALITE_ENV", "").split(",") if name
        ]
        #: ``ctx.env``.
        self.env = {name: environment.get(name, "") for name in names}


def _required(environment: dict[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ValueError(
            f"{name} is not set: the KoyaLite server starts this program, nobody else"
        )
    return value
