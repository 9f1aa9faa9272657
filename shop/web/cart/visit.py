"""A visit: the cart that one request brought, as a value that views pass on.

A view reads it once and gives it to whatever needs the cart, the page's frame and the writer
of cookies among them. Nothing about the cart is kept on `g`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused, Malformed
from shop.web.cart import cart_cookie, undo
from shop.web.site.shop import shop

log = logging.getLogger("shop.cart")


@dataclass(frozen=True, slots=True)
class CartVisit:
    """What a request's cookies say about the cart.

    `cart` is empty when there is no cookie or it was refused. `name` is the cookie's name on
    this connection, `value` what it held and `copies` how many cookies of that name came.
    `offer` is the refused cart that expired so recently that it is offered back. `steps` are
    the changes that can be undone, newest first; `has_steps_cookie` whether their cookie came.
    """

    cart: Cart
    name: str
    value: str = ""
    copies: int = 0
    refusal: CookieRefused | None = None
    offer: Expired | None = None
    steps: tuple[str, ...] = ()
    has_steps_cookie: bool = False

    @property
    def used_bytes(self) -> int:
        """Octets of name + value that the cart takes; 0 when it is empty."""
        return len(self.name) + len(self.value) if self.cart.lines else 0

    @property
    def is_unusable(self) -> bool:
        """Whether the cookie was refused for good, and so has to be deleted."""
        return self.refusal is not None and self.offer is None


def read_visit() -> CartVisit:
    """The visit of the current request. Never raises; logs a refused cookie once a call."""
    steps, has_steps_cookie = undo.steps_of_request()
    values, name = cart_cookie.values(), cart_cookie.name()
    value = values[0] if values else ""
    cart, refusal = _decoded(values)
    return CartVisit(
        cart=cart,
        name=name,
        value=value,
        copies=len(values),
        refusal=refusal,
        offer=refusal if isinstance(refusal, Expired) and is_in_grace(refusal) else None,
        steps=steps,
        has_steps_cookie=has_steps_cookie,
    )


def offer_in(value: str) -> Expired | None:
    """The expired cart in a value, when it is recent enough to be offered back."""
    if not value:
        return None
    try:
        cart_cookie.decode(value)
    except Expired as expired:
        return expired if is_in_grace(expired) else None
    except CookieRefused:
        pass
    return None


def is_in_grace(expired: Expired) -> bool:
    """Whether a cart expired so recently that the shop still offers it back."""
    return expired.age_seconds <= shop().cart_max_age_seconds + shop().cart_grace_seconds


def _decoded(values: list[str]) -> tuple[Cart, CookieRefused | None]:
    if not values:
        return Cart(), None
    try:
        if len(values) > 1:
            raise Malformed(f"{len(values)} cookies of one name")
        if len(values[0]) > cookie.BROWSER_LIMIT_BYTES:  # a link may be longer
            raise Malformed(f"{len(values[0])} characters long")
        return cart_cookie.decode(values[0]), None
    except CookieRefused as refusal:
        log.warning(
            "cart_cookie_refused",
            extra={
                "refusal": type(refusal).__name__,
                "reason": refusal.reason,
                "bytes": sum(map(len, values)),
            },
        )
        return Cart(), refusal
