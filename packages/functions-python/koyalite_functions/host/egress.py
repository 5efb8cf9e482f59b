"""A way to the egress proxy for programs that know proxies by an address."""

from __future__ import annotations

import os
import socket
from threading import Thread


def open_egress(proxy_socket: str) -> None:
    """Listens on a port of this machine, and passes what comes on to the proxy."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        os.environ[name] = address

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            proxy = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                proxy.connect(proxy_socket)
            except OSError:
                client.close()
                continue
            for source, target in ((client, proxy), (proxy, client)):
                Thread(target=_pass_on, args=(source, target), daemon=True).start()

    Thread(target=accept, name="koyalite-egress", daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Who is at the other end learns of an end, and of an error as one."""
    try:
        while True:
            data = source.recv(64 * 1024)
            if not data:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(data)
    except OSError:
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
