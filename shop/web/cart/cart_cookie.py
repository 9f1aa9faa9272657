"""The cart cookie as HTTP carries it: its name, its attributes and its Set-Cookie headers.

Attributes: Path=/, HttpOnly, SameSite=Lax (Strict would hide the cart on the way back from a
payment page), Priority=High (Chromium evicts other cookies first) and Max-Age; Secure and the
`__Host-` name on https; never Domain. `visit.py` reads the cookie, `writer.py` writes it.
"""

from __future__ import annotations

from flask import request
from werkzeug.http import dump_cookie

from shop.core import cookie
from shop.core.cart import Cart
from shop.web.site.shop import shop

MAX_AGE_LIMIT_SECONDS = 400 * 86_400
"""Browsers shorten a longer Max-Age to this (RFC 6265bis, 5.5)."""


def name() -> str:
    """The cookie's name on this connection."""
    return cookie.SECURE_NAME if request.is_secure else cookie.NAME


def decode(value: str, *, grace_seconds: int = 0) -> Cart:
    """The cart in a value, which may also come from a form or a link.

    Raises CookieRefused; a cart that expired no longer ago than the grace is accepted.
    """
    here = shop()
    life = here.cart_max_age_seconds + grace_seconds
    return cookie.decode(value, here.keys, now=here.now(), max_age_seconds=life)


def header(name: str, value: str, *, max_age_seconds: int, path: str) -> str:
    """A Set-Cookie header with the attributes that all our cart cookies have; 0 seconds delete."""
    plain = dump_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path=path,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        sync_expires=False,
        max_size=0,  # the codec has counted the bytes already, and counts as browsers do
    )
    return f"{plain}; Priority=High"


def cart_header(value: str) -> str:
    """The Set-Cookie header of a cart with this value."""
    return header(name(), value, max_age_seconds=life_seconds(), path="/")


def life_seconds() -> int:
    """How long a browser keeps a cart: its life, and the grace in which it is offered back."""
    life = shop().cart_max_age_seconds + shop().cart_grace_seconds
    return min(life, MAX_AGE_LIMIT_SECONDS)


def deletion_header(path: str = "/") -> str:
    """The Set-Cookie header that deletes a cart cookie with this Path."""
    return header(name(), "", max_age_seconds=0, path=path)
