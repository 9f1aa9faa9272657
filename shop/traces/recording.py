"""Spans: one for each request, and within it one for each statement of the database.

They hold methods, routes, statuses, ids of requests, types of errors, and statements with
placeholders; never an address, since that of an order is its key, nor a header, a value of a
statement, or the message of an error, which can repeat what a shopper typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask import Flask, got_request_exception, request
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from werkzeug.wrappers import Response

from shop.web.site import logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
OTHER = "_OTHER"
"""Any other method: a visitor may send any word (OpenTelemetry, semantic conventions for HTTP)."""


def record(app: Flask, engine: Engine, tracer: Tracer) -> None:
    """Records what an app and its database do from now on."""
    app.after_request(_described)
    got_request_exception.connect(_broken, app, weak=False)
    app.wsgi_app = _recorded(app.wsgi_app, tracer)  # type: ignore[method-assign,assignment]
    _record_statements(engine, tracer)


def _recorded(wsgi_app: WSGIApplication, tracer: Tracer) -> WSGIApplication:
    def recorded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else OTHER
        with tracer.start_as_current_span(
            method,
            Context(),  # a new trace, whatever ids a visitor sent
            SpanKind.SERVER,
            {"http.request.method": method, "url.scheme": environ["wsgi.url_scheme"]},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def start(
                status: str, headers: list[tuple[str, str]], exc_info: Any = None
            ) -> Callable[[bytes], object]:
                code = int(status[:3])
                span.set_attribute("http.response.status_code", code)
                if code >= 500:
                    span.set_status(StatusCode.ERROR)
                return start_response(status, headers, exc_info)

            return wsgi_app(environ, start)

    return recorded


def _described(response: Response) -> Response:
    span = get_current_span()
    span.set_attribute("crumb.request_id", logs.request_id())
    if request.url_rule is not None:
        span.set_attribute("http.route", request.url_rule.rule)
        span.update_name(f"{request.method} {request.url_rule.rule}")
    return response


def _broken(_: Flask, exception: BaseException, **__: object) -> None:
    get_current_span().set_attribute("error.type", type(exception).__qualname__)


_statement: ContextVar[Span | None] = ContextVar("span of the statement that runs", default=None)


def _record_statements(engine: Engine, tracer: Tracer) -> None:
    system = engine.dialect.name

    def begin(_: Any, __: Any, statement: str, *___: Any) -> None:
        if not get_current_span().is_recording():  # outside of a request, or not sampled
            return
        name = statement.split(maxsplit=1)[0].upper()
        span = tracer.start_span(
            name,
            kind=SpanKind.CLIENT,
            attributes={
                "db.system.name": system,
                "db.operation.name": name,
                "db.query.text": statement,
            },
        )
        _statement.set(span)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", lambda *_: _end_statement())
    event.listen(engine, "handle_error", _fail_statement)


def _fail_statement(context: ExceptionContext) -> None:
    if span := _statement.get():
        span.set_attribute("error.type", type(context.original_exception).__qualname__)
        span.set_status(StatusCode.ERROR)
        _end_statement()


def _end_statement() -> None:
    if span := _statement.get():
        _statement.set(None)
        span.end()
