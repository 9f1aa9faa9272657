"""Sends spans to a collector, in batches and beside the requests, which never wait for it.

A collector that cannot be reached is logged once, and once more when it is back. Meanwhile at most
2,048 spans are kept, and older ones are dropped.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from gevent import monkey  # type: ignore[import-untyped]
from gevent.threadpool import ThreadPool  # type: ignore[import-untyped]
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from shop import __version__
from shop.traces import recording

PATH = "/v1/traces"
"""Where a collector takes traces (OTLP specification, "OTLP/HTTP Request")."""
LONGEST_SECONDS = 3
"""How long a batch may take: less than a worker has to stop."""
_log = logging.getLogger("shop.traces")


def begin(app: Flask, address: str) -> Callable[[], None]:
    """Records what an app does from now on, and sends it to the collector at this address. Returns
    what sends the rest, which also happens when the process ends.

    It starts a thread, so it is for a process that is not forked any more.
    """
    # It logs several messages for each batch that fails, and would warn of every dropped span.
    logging.getLogger(OTLPSpanExporter.__module__).addFilter(_reasons)
    logging.getLogger("opentelemetry.sdk._shared_internal").setLevel(logging.ERROR)
    exporter = OTLPSpanExporter(f"{address}{PATH}", timeout=LONGEST_SECONDS)
    reporting = Reporting(exporter, address)
    own = Resource({"service.name": "crumb", "service.version": __version__})
    # Of the SDK's own environment variables, OTEL_SERVICE_NAME and the like come before our names.
    provider = TracerProvider(
        resource=Resource.create().merge(own).merge(OTELResourceDetector().detect()),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(reporting))
    recording.record(app, app.extensions["shop"].engine, provider.get_tracer("crumb", __version__))

    def end() -> None:
        reporting.is_ending = True
        provider.shutdown()

    return atexit.register(end)


class _Reasons(logging.Filter):
    """Keeps messages back, and knows the first since it was asked last, which says the most."""

    first = ""

    def filter(self, record: logging.LogRecord) -> bool:
        self.first = self.first or record.getMessage()
        return False

    def take(self) -> str:
        first, self.first = self.first, ""
        return first


_reasons = _Reasons()


class Reporting(SpanExporter):
    """An exporter that logs when it begins to fail, and when it works again."""

    is_ending = False
    """Whether the process ends: what fails then is not tried again."""

    def __init__(self, exporter: SpanExporter, address: str) -> None:
        self._exporter = exporter
        self._address = address
        self._is_down = False
        # With gevent's threads, TLS, which waits in C, and the packing of a batch would hold up all
        # requests of the process. One thread: connections must not change it.
        is_patched = monkey.is_module_patched("threading")
        self._apart: Callable[..., Any] = ThreadPool(1).apply if is_patched else _here

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if self._is_down and self.is_ending:
            return SpanExportResult.FAILURE
        result: SpanExportResult = self._apart(self._exporter.export, (spans,))
        is_down = result is not SpanExportResult.SUCCESS
        reason = _reasons.take()
        if is_down and not self._is_down:
            _log.error("traces_not_sent", extra={"address": self._address, "reason": reason})
        elif self._is_down and not is_down:
            _log.info("traces_sent_again", extra={"address": self._address})
        self._is_down = is_down
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _here(function: Callable[..., Any], arguments: Sequence[object]) -> Any:
    return function(*arguments)
