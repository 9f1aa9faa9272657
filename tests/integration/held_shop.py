"""`shop` with a gate before each order: it asks the test at HELD_SHOP_PORT what to do, and goes on,
or kills its own process as soon as the order is committed, before anybody is told."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shop.cli import main
from shop.storage.orders import placing

PORT = "HELD_SHOP_PORT"
GO, GO_AND_DIE = b"g", b"d"
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Gate:
    """The test's side of it."""

    server: socket.socket

    @property
    def port(self) -> str:
        return str(self.server.getsockname()[1])

    def next_order(self) -> socket.socket:
        """Waits for an order that is about to be placed. Raises TimeoutError."""
        order, _ = self.server.accept()
        return order


@contextmanager
def gate() -> Iterator[Gate]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENCE_SECONDS)
        yield Gate(server)


def let(order: socket.socket, answer: bytes) -> None:
    """Says what an order that waits at the gate is to do."""
    with order:
        order.sendall(answer)


def _held(place: Callable[..., placing.Placed]) -> Callable[..., placing.Placed]:
    def held(*arguments: object) -> placing.Placed:
        with socket.create_connection(("127.0.0.1", int(os.environ[PORT]))) as test:
            test.settimeout(PATIENCE_SECONDS)
            answer = test.recv(1)
        placed = place(*arguments)
        if answer == GO_AND_DIE:
            os.kill(os.getpid(), signal.SIGKILL)
        return placed

    return held


if __name__ == "__main__":
    placing.place = _held(placing.place)
    main()
