"""Measures a deployment from outside, over sockets, with one connection for each request.

A connection that fails says nothing about headers, since none was sent: it is tried once more, and
then the search ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from shop.lab.header_limits import search
from shop.lab.header_limits.deployment import (
    Address,
    Deployment,
    NoConnection,
    NotMeasured,
)
from shop.lab.header_limits.exchange import Conversation, Response, response_to
from shop.lab.header_limits.http1 import Http1
from shop.lab.header_limits.http2 import Http2
from shop.lab.header_limits.search import Attempt, Findings, NoStatus, Outcome

MOST_REQUESTS = search.MOST_ATTEMPTS + search.MOST_IN_TWO + 1
"""The most requests of `measure`: the attempts, and a first one that checks for a laboratory."""
RETRY_AFTER_SECONDS = 1
"""The pause before a failed connection is tried again: a server that restarts, or whose queue of
connections is full, is often ready by then."""
TOO_MANY = HTTPStatus.TOO_MANY_REQUESTS


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
    in_two = not deployment.is_http2  # no known server judges a part of HTTP/2's frames
    while isinstance(attempt := search.position(outcomes, in_two=in_two), Attempt):
        outcome = run.outcome(attempt)
        if outcome.status is NoStatus.LOST and outcomes and outcomes[-1].status is NoStatus.CLOSED:
            outcomes.pop()  # a server that was shutting down: it did not refuse that header
        outcomes.append(outcome)
    beside = len(b"".join(deployment.writes(search.one_back(0))))
    return Measured(attempt, run.requests, beside, budget_bytes, tuple(run.failed))


def reach_laboratory(deployment: Deployment, addresses: Sequence[Address]) -> tuple[int, Address]:
    """The cart budget of the shop, and the address at which its laboratory responded.

    Raises NotMeasured when there is no laboratory.
    """
    until = time.monotonic() + search.PATIENCE_SECONDS
    connection, address = deployment.connect(addresses, until)
    with connection:
        request = conversation(deployment, search.one_field(search.SIZES[0]))
        response = response_to(connection, request, until)
    budget_bytes = dict(response.figures).get("budget")
    if response.status == search.OK and budget_bytes is not None:
        return budget_bytes, address
    raise NotMeasured(_no_laboratory(deployment, response))


def conversation(deployment: Deployment, attempt: Attempt) -> Conversation:
    """The request of an attempt, and the reader of its response."""
    if deployment.is_http2:
        return Http2(deployment.http2_fields(attempt))
    return Http1(deployment.writes(attempt))


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
            response = response_to(connection, conversation(self._deployment, attempt), until)
        self.requests += 1
        self._tick()
        if response.status == TOO_MANY:
            raise NotMeasured(_too_many(response, self.requests))
        is_over = is_last and response.status is NoStatus.SILENT
        return Outcome(NoStatus.OVER) if is_over else response.outcome(attempt)


def _no_laboratory(deployment: Deployment, response: Response) -> str:
    if response.status == TOO_MANY:
        return _too_many(response, 1)
    if isinstance(response.status, NoStatus):
        is_silent = response.status is NoStatus.SILENT
        happened = "does not respond" if is_silent else "closes the connection"
        doubt = "Does it speak HTTP/2" if deployment.is_http2 else "Is it http:// or https://"
        return f"{deployment} {happened}, even on a small request. {doubt}?"
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
