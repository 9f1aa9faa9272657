"""Structured logs: one JSON object for each event, on standard error, with the id of its request.

They name events, endpoints and reasons; never an address, a name, a cookie or a token.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REQUEST_ID = "X-Request-Id"
"""The header with the id of a request: from a trusted proxy, and in every response that no cache
may keep."""
_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"
_NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "message": "event"}
_WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
_PRIVATE = re.compile(r"\b(private|no-store)\b")
_current: ContextVar[str] = ContextVar("id of this request", default="")


def register() -> None:
    """Gives the shop's loggers their handler, once per process."""
    logger = logging.getLogger("shop")
    if logger.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(_FIELDS, rename_fields=_NAMES))
    handler.addFilter(with_request_id)  # not the logger's: that would miss what is below it
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def request_id() -> str:
    """The id of the current request; empty outside one."""
    return _current.get()


def with_request_id(record: logging.LogRecord) -> bool:
    """A logging filter that lets everything pass, and names its request."""
    if current := _current.get():
        record.request_id = current
    return True


def identifying(
    wsgi_app: WSGIApplication, *, new_id: Callable[[], str], is_behind_proxy: bool
) -> WSGIApplication:
    """An app whose every request has an id: the proxy's, if there is one that is trusted and its
    id has 8 to 64 letters, digits and hyphens; otherwise a new one.

    Responses have it too, unless a cache may keep them: there it would be somebody else's.
    """

    def identified(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        proposed = environ.get("HTTP_X_REQUEST_ID", "") if is_behind_proxy else ""
        own = proposed if _WELL_FORMED.fullmatch(proposed) else new_id()

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            if _is_private(headers):
                headers = [*headers, (REQUEST_ID, own)]
            return start_response(status, headers, exc_info)

        token = _current.set(own)
        try:
            return wsgi_app(environ, start)
        finally:
            _current.reset(token)

    return identified


def _is_private(headers: list[tuple[str, str]]) -> bool:
    return any(
        name.lower() == "cache-control" and _PRIVATE.search(value) for name, value in headers
    )
