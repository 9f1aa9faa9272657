"""Pages that are the same for everybody, so that every cache may keep them (ADR 31).

A public page is a function of its address, its language, the shop's settings and its database. What
only one browser sees, such as the count of its cart, its script fetches from `pages/personal.py`. A
browser that sends a cart or a session, and not the mark that its scripts work, gets a page of its
own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from flask import Request, request
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.web.cart.visit import CartVisit, read_visit
from shop.web.languages.texts import current
from shop.web.site.request_cookies import values_in
from shop.web.site.security import SECURE_SESSION, SESSION
from shop.web.site.shop import shop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

P = ParamSpec("P")

SCRIPT = "script"
"""The cookie with which `static/js/shop.js` says that the scripts of this browser work."""
PERSONAL = (cookie.NAME, cookie.SECURE_NAME, SESSION, SECURE_SESSION)
"""The cookies that a page may have something to show of: a cart, or messages."""
MOST_KEPT = 256
LONGEST_KEPT_ADDRESS = 300
KEPT_MINUTE_SECONDS = 60
"""A kept page is made anew at least this often, in case it depends on the clock after all."""
_ETAG = "shop.etag"


def public(view: Callable[Concatenate[CartVisit | None, P], Response]) -> Callable[P, Response]:
    """A view of a page that is public wherever it can be: then it is called without a visit, and
    must not touch the session. It returns a page with status 200, or raises."""

    @wraps(view)
    def answered(*args: P.args, **named: P.kwargs) -> Response:
        if is_personal(request.environ):
            return view(read_visit(), *args, **named)
        address = address_of(request.environ, shop().now())
        page = shop().catalogue.derived(
            address, lambda: _Page.of(view(None, *args, **named)), most=MOST_KEPT
        )
        return page.response()

    return answered


def is_personal(environ: WSGIEnvironment) -> bool:
    """Whether a request has a cart or messages that a page must show, as no script will."""
    return "1" not in values_in(environ, SCRIPT) and any(
        values_in(environ, name) for name in PERSONAL
    )


def is_public(environ: WSGIEnvironment) -> bool:
    """Whether a request was answered with a public page."""
    return _ETAG in environ


def address_of(environ: WSGIEnvironment, now: int) -> tuple[object, ...] | None:
    """What a public page depends on besides the database; None when the address is too long to be
    kept."""
    path, query = environ["PATH_INFO"], environ.get("QUERY_STRING", "")
    if len(path) + len(query) > LONGEST_KEPT_ADDRESS:
        return None
    host = environ.get("HTTP_HOST") or (environ["SERVER_NAME"], environ["SERVER_PORT"])
    mounted_at = environ.get("SCRIPT_NAME", "")
    minute = now // KEPT_MINUTE_SECONDS
    return environ["wsgi.url_scheme"], host, mounted_at, path, query, current(), minute


class Compressed:
    """Public pages as they were compressed, for Flask-Compress. Their keys name their content."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    @staticmethod
    def key(request: Request) -> str:
        """The key of the response to a request; empty when it is not a public page."""
        key: str = request.environ.get(_ETAG, "")
        return key

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def set(self, key: str, value: bytes) -> None:
        if key.endswith(";"):  # after the algorithm there is nothing
            return
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[key] = value


@dataclass(frozen=True, slots=True)
class _Page:
    html: bytes
    etag: str

    @classmethod
    def of(cls, response: Response) -> _Page:
        html = response.get_data()
        return cls(html, hashlib.sha256(html).hexdigest()[:32])

    def response(self) -> Response:
        response = Response(self.html, mimetype="text/html")
        response.headers["Cache-Control"] = _cache_control(shop().cache_seconds)
        response.set_etag(self.etag)
        request.environ[_ETAG] = self.etag
        return response.make_conditional(request)


def _cache_control(seconds: int) -> str:
    # A browser asks each time: it may have got a cart since, and then needs a page of its own.
    if not seconds:
        return "public, no-cache"
    return f"public, max-age=0, must-revalidate, s-maxage={seconds}"
