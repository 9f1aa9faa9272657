"""Many shoppers at once: threads that fill one cart after the other."""

from __future__ import annotations

import socket
import threading
import time
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.load import exchange
from load.browser import Exchange, Fault
from load.orders import Order
from load.shopper import Visited, fill

MOST_FAULTS = 20
"""After so many the run ends: it has failed."""
TIMEOUT_SECONDS = 30
KINDS = {
    b"POST /cart/lines ": "add to cart",
    b"GET /cart/personal": "count and messages",
    b"GET /cart": "cart",
    b"GET /products/": "product",
    b"GET /products": "list",
    b"GET / ": "home",
}
"""What a request is called, by how it begins; the first that fits counts."""


@dataclass(slots=True)
class Tally:
    """What was done: seconds of each request, by its kind; carts and lines; and the faults."""

    seconds: defaultdict[str, array[float]] = field(
        default_factory=lambda: defaultdict(lambda: array("d"))
    )
    carts: int = 0
    lines: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Adds what another thread has done."""
        for kind, taken in other.seconds.items():
            self.seconds[kind].extend(taken)
        self.carts += other.carts
        self.lines += other.lines
        self.faults.update(other.faults)


class Crowd:
    """Shoppers, so many at once, each with an order, until the orders or the time are used up."""

    def __init__(
        self, visited: Visited, port: int, orders: Iterator[Order], *, at_once: int, seconds: float
    ) -> None:
        self._visited, self._port = visited, port
        self._orders = enumerate(orders)
        self._lock = threading.Lock()
        self._tallies = [Tally() for _ in range(at_once)]
        self._end = time.monotonic() + seconds
        self._threads = [
            threading.Thread(target=self._work, args=(tally,), daemon=True)
            for tally in self._tallies
        ]

    @property
    def carts(self) -> int:
        """Filled so far."""
        return sum(tally.carts for tally in self._tallies)

    def run(self, every_second: Callable[[int], None]) -> Tally:
        """Lets them shop, and calls with the number of carts about once a second."""
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            while thread.is_alive():
                every_second(self.carts)
                thread.join(1)
        every_second(self.carts)
        total = Tally()
        for tally in self._tallies:
            total.add(tally)
        return total

    def _work(self, tally: Tally) -> None:
        connection: socket.socket | None = None
        while (shopping := self._next()) is not None:
            number, order = shopping
            try:
                if connection is None:
                    address = ("127.0.0.1", self._port)
                    connection = socket.create_connection(address, TIMEOUT_SECONDS)
                ask = timed(connection, tally)
                fill(self._visited, ask, order, number, int(time.time()))
                tally.carts += 1
                tally.lines += len(order)
            except Fault as fault:
                tally.faults[str(fault)] += 1
            except (OSError, RuntimeError, ValueError) as problem:  # no response, or half of one
                tally.faults[f"{type(problem).__name__}: {problem}"] += 1
                if connection is not None:
                    connection.close()
                connection = None
        if connection is not None:
            connection.close()

    def _next(self) -> tuple[int, Order] | None:
        is_over = time.monotonic() >= self._end
        if is_over or sum(tally.faults.total() for tally in self._tallies) >= MOST_FAULTS:
            return None
        with self._lock:
            return next(self._orders, None)


def timed(connection: socket.socket, tally: Tally) -> Exchange:
    """An exchange on this connection, whose time is noted."""

    def ask(request: bytes) -> tuple[int, bytes, bytes]:
        began = time.perf_counter()
        answer = exchange(connection, request)
        tally.seconds[kind_of(request)].append(time.perf_counter() - began)
        return answer

    return ask


def kind_of(request: bytes) -> str:
    """What a request is called in the report."""
    return next(kind for start, kind in KINDS.items() if request.startswith(start))
