"""`/limits/unguarded`: a shop that writes any cart without counting its bytes.

Its cart is a separate cookie, which is sent to its own page only and lives for minutes. What the
server claims to have added travels signed in the address, so that the page can compare it with the
cookie that the browser really sends back.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from itsdangerous import BadData
from werkzeug.wrappers import Response

from shop.core.cart import Cart
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.encodings.comparison import growth
from shop.lab.encodings.encodings import Session, everything, session_of
from shop.lab.sources import NAME_AND_VALUE, nginx
from shop.web.cart import cart_cookie
from shop.web.cart.visit import read_visit
from shop.web.frame import responses
from shop.web.site.shop import shop

blueprint = Blueprint("unguarded", __name__, url_prefix="/limits")

NAME = "unguarded"
COUNTS = (1, 10, 40)
"""How many lines the buttons add."""
LIFE_SECONDS = 600
MOST_BYTES = 6000
"""In bytes of name + value: enough for every browser to drop it, and little enough for most
servers."""
RESPONSE_HEADER = nginx("ngx_http_proxy_module.c, proxy_buffer_size")
REQUEST_HEADER = nginx("ngx_http_core_module.c, large_client_header_buffers")


@dataclass(frozen=True, slots=True)
class Written:
    """What the server believes after writing a cart: the lines added, the lines in all, the octets
    of name + value, and a digest of the value."""

    added: int
    lines: int
    octets: int
    digest: str

    def token(self) -> str:
        return str(shop().signer(NAME).dumps(astuple(self)))

    @classmethod
    def of(cls, token: str) -> Written | None:
        """What a token says; None when we did not sign it, or it is too old."""
        try:
            packed: Any = shop().signer(NAME).loads(token, max_age=LIFE_SECONDS)
        except BadData:
            return None
        return cls(*packed)


@dataclass(frozen=True, slots=True)
class Received:
    """The cookie that a request really brought: no octets without a cookie, and no lines if
    this shop did not sign it."""

    lines: tuple[object, ...]
    octets: int
    digest: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written, what was received, and whether the browser kept what was written."""

    written: Written
    received: Received

    @property
    def is_kept(self) -> bool:
        return self.written.digest == self.received.digest

    @property
    def is_too_long(self) -> bool:
        return self.written.octets > BROWSER_LIMIT_BYTES


@blueprint.get("/unguarded")
def show() -> Response:
    """What the server wrote, beside what the browser sent."""
    written, received = Written.of(request.args.get("s", "")), _received()
    return responses.page(
        "lab/encodings/unguarded.html",
        read_visit(),
        outcome=Outcome(written, received) if written else None,
        received=received,
        unguarded_counts=COUNTS,
        limit_bytes=BROWSER_LIMIT_BYTES,
        most_bytes=MOST_BYTES,
        life_minutes=LIFE_SECONDS // 60,
        sources=(NAME_AND_VALUE, RESPONSE_HEADER, REQUEST_HEADER),
    )


@blueprint.post("/unguarded")
def create() -> Response:
    """Adds some lines to the received cart, writes it, and claims success."""
    count = request.form.get("count", "1")
    wanted = int(count) if count in map(str, COUNTS) else 1
    received = _received()
    value, added = _grown(received, wanted)
    written = Written(added, len(received.lines) + added, len(NAME) + len(value), _digest(value))
    response = redirect(url_for("unguarded.show", s=written.token()), HTTPStatus.SEE_OTHER)
    _send(response, value, LIFE_SECONDS)
    return response


@blueprint.post("/unguarded-reset")
def destroy() -> Response:
    """Deletes the cookie. It is not sent to this address, so this works however long it is."""
    response = redirect(url_for("lab.show", _anchor="unguarded"), HTTPStatus.SEE_OTHER)
    _send(response, "", 0)
    return response


def _received() -> Received:
    value = request.cookies.get(NAME, "")
    lines = _session().cart(value)
    octets = len(NAME) + len(value) if value else 0
    return Received(tuple(lines) if isinstance(lines, list) else (), octets, _digest(value))


def _grown(received: Received, wanted: int) -> tuple[str, int]:
    goods = everything(growth(Cart()).lines[len(received.lines) : len(received.lines) + wanted])
    for added in range(len(goods), 0, -1):
        value = _session().value([*received.lines, *goods[:added]])
        if len(NAME) + len(value) <= MOST_BYTES:
            return value, added
    return _session().value(list(received.lines)), 0


def _session() -> Session:
    return session_of(f"{NAME} {shop().keys[0]}")  # so that it never passes for the shop's session


def _send(response: Response, value: str, max_age_seconds: int) -> None:
    path = url_for("unguarded.show")
    header = cart_cookie.header(NAME, value, max_age_seconds=max_age_seconds, path=path)
    response.headers.add("Set-Cookie", header)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]
