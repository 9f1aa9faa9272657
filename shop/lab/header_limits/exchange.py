"""One request and its response, on a socket of its own, in whatever version of HTTP.

It reads statuses that arrive before the whole request was sent, and notices connections that are
closed without one.
"""

from __future__ import annotations

import json
import selectors
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from shop.lab.header_limits import search
from shop.lab.header_limits.search import Attempt, NoStatus, Outcome

MOST_HEADER_BYTES = 2 * search.SIZES[-1]
"""The most that is read of a response's headers."""
MOST_BODY_BYTES = 65_536
RECEIVED_BYTES = 65_536
PAUSE_SECONDS = 0.1
"""The pause between two writes: enough for a server that is waiting to read the first one."""


@dataclass(frozen=True, slots=True)
class Response:
    """A response. `figures` come from its body, and are empty when a laboratory did not send it."""

    status: int | NoStatus
    fields: tuple[tuple[str, str], ...] = ()
    figures: tuple[tuple[str, int], ...] = ()

    def field(self, name: str) -> str:
        """The value of a header; empty when there is none."""
        return next((value for field, value in self.fields if field == name.lower()), "")

    def outcome(self, attempt: Attempt) -> Outcome:
        """The outcome of an attempt with this response."""
        if self.status != search.OK:
            return Outcome(self.status)
        figures = dict(self.figures)
        back = len(self.field(search.BACK))
        arrived = back if attempt.reads == "back" else figures.get(attempt.reads, 0)
        return Outcome(search.OK, arrived, figures.get("fields", 0))


class Conversation(Protocol):
    """What a protocol says and understands: no sockets, only bytes."""

    writes: Sequence[bytes]
    """The request, in writes with a pause after each."""

    def response_in(self, received: bytes) -> Response | None:
        """The response, once what was received completes it; nothing received means that the
        connection was closed."""

    def replies(self) -> bytes:
        """What must be sent next for the response to go on."""


def response_to(connection: socket.socket, said: Conversation, until: float) -> Response:
    """The response to a request. Without one until `until`, on the monotonic clock, its status is
    SILENT."""
    return _Exchange(connection, said, until).response()


class _Exchange:
    """Sends and receives at the same time: a server refuses a header before it has all of it."""

    def __init__(self, connection: socket.socket, said: Conversation, until: float) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self._said = said
        self._unsent = [memoryview(write) for write in said.writes]
        self._paused_until = 0.0
        self._until = until

    def response(self) -> Response:
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while (now := time.monotonic()) < self._until:
                if now >= self._paused_until:
                    self._send()
                if (response := self._receive()) is not None:
                    return response
                pause = self._paused_until - time.monotonic()
                is_sending = self._unsent and pause <= 0
                events = selectors.EVENT_READ | (selectors.EVENT_WRITE if is_sending else 0)
                selector.modify(self._connection, events)
                left = self._until - time.monotonic()
                selector.select(min(left, pause) if pause > 0 else left)
        return Response(NoStatus.SILENT)

    def _send(self) -> None:
        """Sends the rest of the first write, as much as the connection takes."""
        while self._unsent:
            try:
                sent = self._connection.send(self._unsent[0])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                self._unsent.clear()  # the server no longer reads, but may have responded
                return
            self._unsent[0] = self._unsent[0][sent:]
            if not self._unsent[0]:
                del self._unsent[0]
                self._paused_until = time.monotonic() + PAUSE_SECONDS if self._unsent else 0.0
                return

    def _receive(self) -> Response | None:
        while True:
            try:
                received = self._connection.recv(RECEIVED_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return None
            except OSError:
                received = b""
            response = self._said.response_in(received)
            if response is not None or not received:
                return response or Response(NoStatus.CLOSED)
            if replies := self._said.replies():
                self._unsent.append(memoryview(replies))


def figures_of(body: bytes) -> tuple[tuple[str, int], ...]:
    """The figures that a laboratory sends; empty for any other body."""
    with suppress(ValueError):
        figures = json.loads(body)
        if isinstance(figures, dict) and all(type(figure) is int for figure in figures.values()):
            return tuple(figures.items())
    return ()
