"""What the shop counts. No label holds anything that a visitor typed: endpoints and payment methods
are names in our code, and methods and kinds come from a fixed list.

prometheus_client decides when it is first imported whether processes add up their counts, by
PROMETHEUS_MULTIPROC_DIR; so `shop serve` imports this only after it has set that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.web.site import counts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
UNKNOWN = "unknown"
"""The endpoint of an address that leads nowhere."""
OTHER = "other"
"""Any other method: a visitor may send any word."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
BYTES = (64, 128, 256, 512, 1024, 1536, 2048, 2560, 3072, 3584, 3840, 4096)
"""Up to what browsers keep of name + value (RFC 6265bis, 5.6)."""


class Metrics:
    """The metrics of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._of_requests: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}
        self.requests = Counter(
            "crumb_requests",
            "Requests, by route, method and class of the status",
            ["endpoint", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "crumb_request_seconds",
            "Time until a response was made, by route",
            ["endpoint"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.active = Gauge(
            "crumb_active_requests",
            "Requests that are being answered",
            multiprocess_mode="livesum",
            registry=self.registry,
        )
        self.cart_bytes = Histogram(
            "crumb_cart_cookie_bytes",
            "Octets of name + value of each cart cookie that is sent",
            buckets=BYTES,
            registry=self.registry,
        )
        self.refusals = Counter(
            "crumb_refusals", "What the shop refused, by kind", ["kind"], registry=self.registry
        )
        self.orders = Counter(
            "crumb_orders", "Orders placed, by payment", ["payment"], registry=self.registry
        )

    def refused(self, kind: str) -> None:
        self.refusals.labels(kind).inc()

    def ordered(self, payment: str) -> None:
        self.orders.labels(payment).inc()

    def answered(self, endpoint: str, method: str, status: str, seconds: float) -> None:
        """Counts a request with a status such as `404 NOT FOUND`."""
        key = endpoint, method if method in METHODS else OTHER, status[0]
        if key not in self._of_requests:  # to look them up takes longer than to count
            count = self.requests.labels(*key[:2], f"{key[2]}xx")
            self._of_requests[key] = count, self.seconds.labels(endpoint)
        count, latency = self._of_requests[key]
        count.inc()
        latency.observe(seconds)


def register(app: Flask, clock: Callable[[], float] = time.perf_counter) -> None:
    """Counts what an app does from now on."""
    metrics = app.extensions[counts.EXTENSION] = Metrics()
    app.after_request(lambda response: _noted(metrics, response))
    app.wsgi_app = _measured(app.wsgi_app, metrics, clock)  # type: ignore[method-assign,assignment]


def _noted(metrics: Metrics, response: Response) -> Response:
    request.environ[counts.ENDPOINT] = request.endpoint or UNKNOWN
    for header in response.headers.getlist("Set-Cookie"):
        name, _, rest = header.partition("=")
        value = rest.partition(";")[0]
        if value and name in (cookie.NAME, cookie.SECURE_NAME):
            metrics.cart_bytes.observe(len(name) + len(value))
    return response


def _measured(
    wsgi_app: WSGIApplication, metrics: Metrics, clock: Callable[[], float]
) -> WSGIApplication:
    def measured(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        sent = "500"

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal sent
            sent = status
            return start_response(status, headers, exc_info)

        began = clock()
        metrics.active.inc()
        try:
            return wsgi_app(environ, start)
        finally:
            metrics.active.dec()
            endpoint = environ.get(counts.ENDPOINT, UNKNOWN)
            metrics.answered(endpoint, environ["REQUEST_METHOD"], sent, clock() - began)

    return measured
