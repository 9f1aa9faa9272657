"""The cart cookie on the wire: the only code that reads it from a request or writes it.

A response carries it only when the cart changed, when it was renewed, or when it has to go.
Attributes: Path=/, HttpOnly, SameSite=Lax (Strict loses the cart on the way back from a
payment page), Priority=High (Chromium evicts others first), Max-Age; Secure and the
`__Host-` name on https; never Domain.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, g, request
from werkzeug.http import dump_cookie
from werkzeug.wrappers import Response

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.cookie import Expired
from shop.core.errors import CartTooLarge, CookieRefused, Malformed
from shop.web.site import wording
from shop.web.site.messages import say
from shop.web.site.shop import shop

RENEW_AFTER_SECONDS = 86_400
MAX_AGE_LIMIT_SECONDS = 400 * 86_400
"""Browsers cut a longer Max-Age to this (RFC 6265bis, 5.5)."""

log = logging.getLogger("shop.cart")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request's cookie came to: a cart, empty when there is none or it was refused."""

    cart: Cart
    value: str = ""
    refusal: CookieRefused | None = None

    @property
    def used_bytes(self) -> int:
        """Octets of name + value that the cart takes; 0 when it is empty."""
        return len(name()) + len(self.value) if self.cart.lines else 0

    @property
    def offer(self) -> Expired | None:
        """The expired cart, when it is young enough to be offered back."""
        refusal = self.refusal
        return refusal if isinstance(refusal, Expired) and _is_offered(refusal) else None


def register(app: Flask) -> None:
    """Lets every response of the app delete a cart cookie that cannot be used."""
    app.after_request(drop_refused)


def name() -> str:
    """The cookie's name on this connection."""
    return cookie.SECURE_NAME if request.is_secure else cookie.NAME


def read() -> Reading:
    """The cart this request came with; read once, whoever asks. Never raises."""
    if "cart_reading" not in g:
        g.cart_reading = _read()
    reading: Reading = g.cart_reading
    return reading


def decode(value: str, *, grace_seconds: int = 0) -> Cart:
    """The cart in a value, which may also have come in a form or a link.

    Raises CookieRefused; a cart expired by no more than the grace is accepted.
    """
    here = shop()
    life = here.cart_max_age_seconds + grace_seconds
    return cookie.decode(value, here.keys, now=here.now(), max_age_seconds=life)


def offered(value: str) -> Expired | None:
    """The expired cart in a value, when it is young enough to be offered back."""
    if not value:
        return None
    try:
        decode(value)
    except Expired as expired:
        return expired if _is_offered(expired) else None
    except CookieRefused:
        pass
    return None


def store(response: Response, cart: Cart) -> None:
    """Lets the browser keep this cart; an empty one deletes the cookie.

    Raises CartTooLarge before anything is written.
    """
    if not cart.lines:
        delete(response)
        return
    here = shop()
    # A cart that is over the budget because that was lowered may stay as large as it is.
    limit_bytes = max(here.cart_budget_bytes, read().used_bytes)
    _send(response, sent(cookie.encode(cart, here.keys, name=name(), limit_bytes=limit_bytes)))


def sent(value: str) -> str:
    """The Set-Cookie header that a cart of this value is, or was, sent with."""
    life = shop().cart_max_age_seconds + shop().cart_grace_seconds
    return _header(value, min(life, MAX_AGE_LIMIT_SECONDS))


def put_back(response: Response) -> None:
    """Writes the cart that this request brought once more, byte for byte: for a response with
    which the browser may evict it."""
    seen = read()
    if seen.value and (seen.refusal is None or seen.offer):
        _send(response, sent(seen.value))


def renew(response: Response) -> None:
    """Begins a cart's life anew, once a day has passed since it last began.

    Only the cart page calls this: a page that re-sends the cookie can overwrite a newer one.
    """
    reading = read()
    age_seconds = shop().now() - reading.cart.changed_at
    if not reading.cart.lines or age_seconds < RENEW_AFTER_SECONDS:
        return
    with suppress(CartTooLarge):  # a new time can deflate worse: then the cart stays as it is
        store(response, reading.cart.touched(shop().now()))


def delete(response: Response) -> None:
    """Lets the browser forget the cart: same name and path, and Secure with the prefix."""
    read()  # so that one that was no cart is noted, and the shopper told
    _send(response, _header("", 0))


def drop_refused(response: Response) -> Response:
    """Deletes a cookie that cannot be used, unless it is replaced or still offered back.

    A page says that itself; after a redirect the next page has to.
    """
    reading: Reading | None = g.get("cart_reading")
    if reading is None or reading.refusal is None or reading.offer:
        return response
    if not g.get("cart_is_written"):
        delete(response)
    if len(_values()) > 1:
        _delete_below(response)
    if 300 <= response.status_code < 400:
        say(wording.refusal(reading.refusal), "warning")
    return response


def _is_offered(expired: Expired) -> bool:
    return expired.age_seconds <= shop().cart_max_age_seconds + shop().cart_grace_seconds


def _read() -> Reading:
    values = _values()
    if not values:
        return Reading(Cart())
    try:
        if len(values) > 1:
            raise Malformed(f"{len(values)} cookies of one name")
        if len(values[0]) > cookie.BROWSER_LIMIT_BYTES:  # a link may be longer
            raise Malformed(f"{len(values[0])} characters long")
        return Reading(decode(values[0]), values[0])
    except CookieRefused as refusal:
        log.warning(
            "cart_cookie_refused",
            extra={
                "refusal": type(refusal).__name__,
                "reason": refusal.reason,
                "bytes": sum(map(len, values)),
            },
        )
        return Reading(Cart(), values[0], refusal)


def _values() -> list[str]:
    # Of the header itself: Werkzeug leaves out a cookie whose quoting it does not understand,
    # and a cart that is left out is a cart that is lost without a word.
    pairs = (part.partition("=") for part in request.environ.get("HTTP_COOKIE", "").split(";"))
    return [value.strip() for found, _, value in pairs if found.strip() == name()]


def header(name: str, value: str, *, max_age_seconds: int, path: str) -> str:
    """A Set-Cookie header as every cookie of a cart has it; 0 seconds delete the cookie."""
    plain = dump_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path=path,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
        sync_expires=False,
        max_size=0,  # the codec has counted already, and counts as browsers do
    )
    return f"{plain}; Priority=High"


def _header(value: str, max_age_seconds: int, path: str = "/") -> str:
    return header(name(), value, max_age_seconds=max_age_seconds, path=path)


def _send(response: Response, header: str) -> None:
    response.headers.add("Set-Cookie", header)
    g.cart_is_written = True


def _delete_below(response: Response) -> None:
    # A second cookie of the name has a longer path, or it would have replaced ours. Such a
    # path leads to this page; unless that cookie goes too, the cart stays refused here.
    path = ""
    for part in request.path.split("/")[1:4]:
        path += f"/{part}"
        if part:
            _send(response, _header("", 0, path))
