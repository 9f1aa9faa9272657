"""A deployment asked from outside, over sockets, one connection a request.

No more is contacted than the host and port of the address that was given: no redirect is
followed and no proxy used. What is read are statuses as they come, also ones that come before
all was sent, and connections that are closed without any. A connection that cannot be made says
nothing of a header, since none was sent: it is tried once more, and then the search ends.
"""

from __future__ import annotations

import json
import selectors
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus

import h11

from shop.lab.header_limits import search
from shop.lab.header_limits.deployment import (
    Address,
    Deployment,
    NoConnection,
    NotMeasured,
)
from shop.lab.header_limits.search import Attempt, Findings, NoStatus, Outcome

MOST_HEADER_BYTES = 2 * search.SIZES[-1]
MOST_BODY_BYTES = 65_536
CHUNK_BYTES = 65_536
MOST_REQUESTS = search.MOST_ATTEMPTS + 1
"""What `measure` makes at most: one first, to learn whether a laboratory answers."""
AGAIN_AFTER_SECONDS = 1
"""How long a connection that failed is left before it is tried again: a server that is started
anew, or a full queue of connections, is often there by then."""
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `told` is what its body says, and empty when that is not the laboratory's."""

    status: int | NoStatus
    fields: tuple[tuple[str, str], ...] = ()
    reported: tuple[tuple[str, int], ...] = ()

    def field(self, name: str) -> str:
        """The value of a field; empty when there is none."""
        return next((value for findings, value in self.fields if findings == name.lower()), "")

    def outcome(self, attempt: Attempt) -> Outcome:
        """What this comes to as the outcome of an attempt."""
        if self.status != search.OK:
            return Outcome(self.status)
        reported = dict(self.reported)
        back = len(self.field(search.BACK))
        arrived = back if attempt.reads == "back" else reported.get(attempt.reads, 0)
        return Outcome(search.OK, arrived, reported.get("fields", 0))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found, with how many requests; `request_bytes` is what stood in the header of
    each beside its probing field, `budget_bytes` what the shop lets a cart have. `failed` has the
    reason of each connection that could not be made."""

    findings: Findings
    requests: int
    request_bytes: int
    budget_bytes: int
    failed: tuple[str, ...] = ()


def measure(deployment: Deployment, tick: Callable[[], object] = lambda: None) -> Measured:
    """Searches a deployment's way in at most MOST_REQUESTS requests and, once its name is
    resolved, in MOST_SECONDS; `tick` is called after each request. All but the first go to the
    address that answered that one.

    Raises NotMeasured, with a sentence, when there is nothing that can be measured.
    """
    addresses = deployment.addresses()
    until = time.monotonic() + search.MOST_SECONDS
    budget_bytes, address = knock(deployment, addresses)
    tick()
    asking = _Asking(deployment, address, until, tick)
    outcomes: list[Outcome] = []
    while isinstance(attempt := search.position(outcomes), Attempt):
        outcome = asking.outcome(attempt)
        if outcome.status is NoStatus.LOST and outcomes and outcomes[-1].status is NoStatus.CLOSED:
            outcomes.pop()  # who was about to go refused no header by closing
        outcomes.append(outcome)
    beside = len(deployment.request(search.one_back(0)))
    return Measured(attempt, asking.requests, beside, budget_bytes, tuple(asking.failed))


def knock(deployment: Deployment, addresses: Sequence[Address]) -> tuple[int, Address]:
    """Whether a laboratory answers there: its shop's budget of a cart, and the address that
    answered. Raises NotMeasured."""
    until = time.monotonic() + search.PATIENCE_SECONDS
    connection, address = deployment.connect(addresses, until)
    with connection:
        answer = _asked(connection, deployment.request(search.one_field(search.SIZES[0])), until)
    budget_bytes = dict(answer.reported).get("budget")
    if answer.status == search.OK and budget_bytes is not None:
        return budget_bytes, address
    raise NotMeasured(_not_a_laboratory(deployment, answer))


def _asked(connection: socket.socket, request: bytes, until: float) -> Answer:
    return _Exchange(connection, request, until).answer()


class _Asking:
    """Makes the attempts of a search, until its time is up or no connection can be made."""

    def __init__(
        self, deployment: Deployment, address: Address, until: float, tick: Callable[[], object]
    ) -> None:
        self._deployment = deployment
        self._address = address
        self._until = until
        self._tick = tick
        self._ended: NoStatus | None = None
        self.requests = 1
        self.failed: list[str] = []

    def outcome(self, attempt: Attempt) -> Outcome:
        if self._ended:
            return Outcome(self._ended)
        outcome = self._once(attempt)
        if outcome.status is NoStatus.LOST:
            time.sleep(min(AGAIN_AFTER_SECONDS, max(0, self._until - time.monotonic())))
            outcome = self._once(attempt)
        if outcome.status in search.NOT_MADE:
            self._ended = NoStatus(outcome.status)
        return outcome

    def _once(self, attempt: Attempt) -> Outcome:
        patience = min(self._until - time.monotonic(), search.PATIENCE_SECONDS)
        if patience <= 0:
            return Outcome(NoStatus.OVER)
        is_last = patience < search.PATIENCE_SECONDS
        until = time.monotonic() + patience
        try:
            connection, _ = self._deployment.connect((self._address,), until)
        except NoConnection as problem:
            if is_last and time.monotonic() >= until:
                return Outcome(NoStatus.OVER)
            self.failed.append(problem.why)
            return Outcome(NoStatus.LOST)
        with connection:
            answer = _asked(connection, self._deployment.request(attempt), until)
        self.requests += 1
        self._tick()
        if answer.status == TOO_MANY:
            raise NotMeasured(_too_many(answer, self.requests))
        is_over = is_last and answer.status is NoStatus.SILENT
        return Outcome(NoStatus.OVER) if is_over else answer.outcome(attempt)


class _Exchange:
    """Sends and listens at once: who refuses a header does not wait for the end of it."""

    def __init__(self, connection: socket.socket, request: bytes, until: float) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._unsent = memoryview(request)
        self._until = until
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER_BYTES)
        # h11 reads an answer only to a request that it knows of; ours goes out as it stands.
        self._http.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        self._http.send(h11.EndOfMessage())
        self._answer: Answer | None = None
        self._body = b""

    def answer(self) -> Answer:
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while (left := self._until - time.monotonic()) > 0:
                self._send()
                if (answer := self._listen()) is not None:
                    return answer
                events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
                selector.modify(self._connection, events)
                selector.select(left)
        return Answer(NoStatus.SILENT)

    def _send(self) -> None:
        while self._unsent:
            try:
                sent = self._connection.send(self._unsent[:CHUNK_BYTES])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                sent = len(self._unsent)  # it is not heard any more; what was said may be
            self._unsent = self._unsent[sent:]

    def _listen(self) -> Answer | None:
        while True:
            try:
                heard = self._connection.recv(CHUNK_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return None
            except OSError:
                heard = b""
            try:
                self._http.receive_data(heard)
                answer = self._read()
            except h11.RemoteProtocolError:
                return Answer(NoStatus.CLOSED)
            if answer is not None or not heard:
                return answer or Answer(NoStatus.CLOSED)

    def _read(self) -> Answer | None:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self._answer = _heard(event)
                if event.status_code != search.OK:
                    return self._answer
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > MOST_BODY_BYTES:
                    return self._answer
            elif isinstance(event, h11.EndOfMessage) and self._answer is not None:
                return replace(self._answer, reported=_told(self._body))
            elif not isinstance(event, h11.InformationalResponse):
                return None


def _not_a_laboratory(deployment: Deployment, answer: Answer) -> str:
    if answer.status == TOO_MANY:
        return _too_many(answer, 1)
    if isinstance(answer.status, NoStatus):
        happened = {NoStatus.SILENT: "does not answer"}.get(answer.status, "closes the connection")
        return f"{deployment} {happened}, even to a small request. Is it http:// or https://?"
    if answer.status == HTTPStatus.BAD_REQUEST:
        return (
            f"{deployment} answers 400 to a small request. Is {deployment.host} among its "
            "SHOP_TRUSTED_HOSTS?"
        )
    if place := answer.field("Location"):
        return (
            f"{deployment} leads to {place[:200]}, and only the address that was given is asked. "
            "Give the one that it leads to."
        )
    if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.OK):
        return (
            f"There is no laboratory of Crumb at {deployment}. Is it the address of the shop, "
            "with its path, and is SHOP_LIMITS_LAB on?"
        )
    return f"{deployment} answers {answer.status} to a small request: nothing can be measured."


def _too_many(answer: Answer, requests: int) -> str:
    after = answer.field("Retry-After")
    wait = f"{after} seconds" if after.isdigit() and len(after) < 6 else "a minute"
    requested = "request" if requests == 1 else "requests"
    return (
        f"Too many requests (429) after {requests} {requested}: nothing more is asked. "
        f"Try again in {wait}."
    )


def _heard(event: h11.Response) -> Answer:
    fields = ((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
    return Answer(event.status_code, tuple(fields))


def _told(body: bytes) -> tuple[tuple[str, int], ...]:
    with suppress(ValueError):
        reported = json.loads(body)
        if isinstance(reported, dict) and all(type(figure) is int for figure in reported.values()):
            return tuple(reported.items())
    return ()
