"""Measures a deployment from outside, over sockets, with one connection for each request.

It reads statuses that arrive before the whole request was sent, and notices connections that are
closed without one. A connection that fails says nothing about headers, since none was sent: it is
tried once more, and then the search ends.
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
"""The most requests of `measure`: the attempts, and a first one that checks for a laboratory."""
RETRY_AFTER_SECONDS = 1
"""The pause before a failed connection is tried again: a server that restarts, or whose queue of
connections is full, is often ready by then."""
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


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


@dataclass(frozen=True, slots=True)
class Measured:
    """The findings, and the number of requests. `request_bytes` is the size of each request without
    its probing header, `budget_bytes` the shop's budget of a cart. `failed` has the reason of each
    failed connection."""

    findings: Findings
    requests: int
    request_bytes: int
    budget_bytes: int
    failed: tuple[str, ...] = ()


def measure(deployment: Deployment, tick: Callable[[], object] = lambda: None) -> Measured:
    """Searches the route to a deployment in at most MOST_REQUESTS requests and, once its name is
    resolved, in MOST_SECONDS. `tick` is called after each request. All requests go to the address
    that accepted the first one.

    Raises NotMeasured when nothing can be measured.
    """
    addresses = deployment.addresses()
    until = time.monotonic() + search.MOST_SECONDS
    budget_bytes, address = reach_laboratory(deployment, addresses)
    tick()
    run = _Run(deployment, address, until, tick)
    outcomes: list[Outcome] = []
    while isinstance(attempt := search.position(outcomes), Attempt):
        outcome = run.outcome(attempt)
        if outcome.status is NoStatus.LOST and outcomes and outcomes[-1].status is NoStatus.CLOSED:
            outcomes.pop()  # a server that was shutting down: it did not refuse that header
        outcomes.append(outcome)
    beside = len(deployment.request(search.one_back(0)))
    return Measured(attempt, run.requests, beside, budget_bytes, tuple(run.failed))


def reach_laboratory(deployment: Deployment, addresses: Sequence[Address]) -> tuple[int, Address]:
    """The cart budget of the shop, and the address at which its laboratory responded.

    Raises NotMeasured when there is no laboratory.
    """
    until = time.monotonic() + search.PATIENCE_SECONDS
    connection, address = deployment.connect(addresses, until)
    with connection:
        request = deployment.request(search.one_field(search.SIZES[0]))
        response = _response_to(connection, request, until)
    budget_bytes = dict(response.figures).get("budget")
    if response.status == search.OK and budget_bytes is not None:
        return budget_bytes, address
    raise NotMeasured(_no_laboratory(deployment, response))


def _response_to(connection: socket.socket, request: bytes, until: float) -> Response:
    return _Exchange(connection, request, until).response()


class _Run:
    """Makes the attempts of a search until its time is up or connections fail."""

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
            time.sleep(min(RETRY_AFTER_SECONDS, max(0, self._until - time.monotonic())))
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
            response = _response_to(connection, self._deployment.request(attempt), until)
        self.requests += 1
        self._tick()
        if response.status == TOO_MANY:
            raise NotMeasured(_too_many(response, self.requests))
        is_over = is_last and response.status is NoStatus.SILENT
        return Outcome(NoStatus.OVER) if is_over else response.outcome(attempt)


class _Exchange:
    """Sends and receives at the same time: a server refuses a header before it has all of it."""

    def __init__(self, connection: socket.socket, request: bytes, until: float) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._unsent = memoryview(request)
        self._until = until
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_HEADER_BYTES)
        # h11 reads a response only to a request of its own; ours is sent without it.
        self._http.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        self._http.send(h11.EndOfMessage())
        self._response: Response | None = None
        self._body = b""

    def response(self) -> Response:
        with selectors.DefaultSelector() as selector:
            selector.register(self._connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while (left := self._until - time.monotonic()) > 0:
                self._send()
                if (response := self._receive()) is not None:
                    return response
                events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
                selector.modify(self._connection, events)
                selector.select(left)
        return Response(NoStatus.SILENT)

    def _send(self) -> None:
        while self._unsent:
            try:
                sent = self._connection.send(self._unsent[:CHUNK_BYTES])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                sent = len(self._unsent)  # the server no longer reads, but may have responded
            self._unsent = self._unsent[sent:]

    def _receive(self) -> Response | None:
        while True:
            try:
                received = self._connection.recv(CHUNK_BYTES)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return None
            except OSError:
                received = b""
            try:
                self._http.receive_data(received)
                response = self._read()
            except h11.RemoteProtocolError:
                return Response(NoStatus.CLOSED)
            if response is not None or not received:
                return response or Response(NoStatus.CLOSED)

    def _read(self) -> Response | None:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self._response = _response_of(event)
                if event.status_code != search.OK:
                    return self._response
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > MOST_BODY_BYTES:
                    return self._response
            elif isinstance(event, h11.EndOfMessage) and self._response is not None:
                return replace(self._response, figures=_figures_of(self._body))
            elif not isinstance(event, h11.InformationalResponse):
                return None


def _no_laboratory(deployment: Deployment, response: Response) -> str:
    if response.status == TOO_MANY:
        return _too_many(response, 1)
    if isinstance(response.status, NoStatus):
        is_silent = response.status is NoStatus.SILENT
        happened = "does not respond" if is_silent else "closes the connection"
        return f"{deployment} {happened}, even on a small request. Is it http:// or https://?"
    if response.status == HTTPStatus.BAD_REQUEST:
        return (
            f"{deployment} responds with 400 to a small request. Is {deployment.host} among its "
            "SHOP_TRUSTED_HOSTS?"
        )
    if location := response.field("Location"):
        return (
            f"{deployment} redirects to {location[:200]}, and redirects are not followed. "
            "Use that URL instead."
        )
    if response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.OK):
        return (
            f"There is no Crumb laboratory at {deployment}. Is this the URL of the shop, "
            "with its path, and is SHOP_LIMITS_LAB on?"
        )
    return (
        f"{deployment} responds with {response.status} to a small request: nothing can be measured."
    )


def _too_many(response: Response, requests: int) -> str:
    after = response.field("Retry-After")
    wait = f"{after} seconds" if after.isdigit() and len(after) < 6 else "a minute"
    noun = "request" if requests == 1 else "requests"
    return (
        f"Too many requests (429) after {requests} {noun}: the search has stopped. "
        f"Try again in {wait}."
    )


def _response_of(event: h11.Response) -> Response:
    fields = ((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
    return Response(event.status_code, tuple(fields))


def _figures_of(body: bytes) -> tuple[tuple[str, int], ...]:
    with suppress(ValueError):
        figures = json.loads(body)
        if isinstance(figures, dict) and all(type(figure) is int for figure in figures.values()):
            return tuple(figures.items())
    return ()
