"""Public pages, answered in front of Flask.

What a public page depends on is known before Flask is called (ADR 31): its address, its language
and the database. So the complete response, headers included, is kept until the database changes,
for each way of compressing it. Whatever is unusual about a request is left to Flask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Flask

from shop.core.errors import DatabaseUnavailable
from shop.web.frame import public_pages
from shop.web.site.counts import ENDPOINT
from shop.web.site.shop import CHOOSE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_ENCODINGS = 100
"""How long an Accept-Encoding may be for its page to be kept: browsers send far less."""
_UNUSUAL = ("HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
_NOT_IN_304 = frozenset({"content-type", "content-length", "content-language", "content-encoding"})


@dataclass(frozen=True, slots=True)
class _Kept:
    """A response with status 200, and the headers of the one that says that nothing changed."""

    headers: tuple[tuple[str, str], ...]
    unchanged: tuple[tuple[str, str], ...]
    body: bytes
    etag: str
    endpoint: str


class _Responses:
    """What one app has answered lately, each under the version of the database that it shows."""

    def __init__(self, app: Flask, wsgi_app: WSGIApplication) -> None:
        self._app = app
        self._wsgi_app = wsgi_app
        self._kept: dict[object, tuple[object, _Kept]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key = self._key(environ)
        if key is None:
            return self._wsgi_app(environ, start_response)
        seen, found = self._kept.get(key, (None, None))
        if found is None or seen != self._version():
            return self._made(key, environ, start_response)
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted not in (None, found.etag):  # an older one, a weak one, or a list
            return self._wsgi_app(environ, start_response)
        environ[ENDPOINT] = found.endpoint
        if wanted is None:
            start_response("200 OK", list(found.headers))
            return [found.body]
        start_response("304 NOT MODIFIED", list(found.unchanged))
        return []

    def _key(self, environ: WSGIEnvironment) -> object | None:
        if CHOOSE in self._app.extensions or environ["REQUEST_METHOD"] != "GET":
            return None
        encodings = environ.get("HTTP_ACCEPT_ENCODING", "")
        if len(encodings) > LONGEST_ENCODINGS or any(name in environ for name in _UNUSUAL):
            return None
        if public_pages.is_personal(environ):
            return None
        address = public_pages.address_of(environ, self._app.extensions["shop"].now())
        return None if address is None else (address, encodings)

    def _version(self) -> object | None:
        # Remembered for the whole request: where Flask has been asked, that of its answers.
        catalogue = self._app.extensions["shop"].catalogue
        try:
            version = catalogue.version()
        except DatabaseUnavailable:
            return None
        return None if version is None else (catalogue, version)

    def _made(
        self, key: object, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        sent: list[tuple[str, list[tuple[str, str]]]] = []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            sent.append((status, headers))
            return start_response(status, headers, exc_info)

        response = self._wsgi_app(environ, start)
        if not public_pages.is_public(environ):
            return response
        with ExitStack() as stack:
            stack.callback(getattr(response, "close", lambda: None))
            body = b"".join(response)
        status, headers = sent[-1]
        version = self._version()
        if status == "200 OK" and _is_for_all(headers) and version is not None:
            if len(self._kept) >= public_pages.MOST_KEPT:
                self._kept.clear()
            self._kept[key] = version, _kept(headers, body, environ.get(ENDPOINT, ""))
        return [body]


def register(app: Flask) -> None:
    """Keeps the public pages of an app with one shop. Call it before anything else is around the
    app."""
    app.wsgi_app = _Responses(app, app.wsgi_app)  # type: ignore[method-assign]


def _is_for_all(headers: Iterable[tuple[str, str]]) -> bool:
    names = {name.lower(): value for name, value in headers}
    return "set-cookie" not in names and names["cache-control"].startswith("public")


def _kept(headers: Iterable[tuple[str, str]], body: bytes, endpoint: str) -> _Kept:
    lasting = tuple((name, value) for name, value in headers if name != "Date")
    unchanged = tuple((name, value) for name, value in lasting if name.lower() not in _NOT_IN_304)
    return _Kept(lasting, unchanged, body, dict(lasting)["ETag"], endpoint)
