"""A visit: the cart that one request brought, as a value that views pass on.

A view reads it once and gives it to whatever needs the cart, the page's frame and the writer
of cookies among them. Nothing about the cart is kept on `g`.

Any program on the host can set a cookie of the same name. So every cookie of the name is read, and
the newest cart that this shop signed is the cart; the writer's own is always the newest. A cookie
that cannot be read is not certainly ours, and is left alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.cookie import Expired
from shop.core.errors import CookieRefused, Malformed, Tampered, UnknownVersion
from shop.web.cart import cart_cookie, undo
from shop.web.site.counts import count_refusal
from shop.web.site.request_cookies import values_of
from shop.web.site.shop import shop

log = logging.getLogger("shop.cart")

KINDS: dict[type[CookieRefused], str] = {
    Malformed: "malformed",
    Tampered: "tampered",
    Expired: "expired",
    UnknownVersion: "unknown_version",
}
"""How the metrics call the reasons for which a cart cookie is refused."""


@dataclass(frozen=True, slots=True)
class CartVisit:
    """What a request's cookies say about the cart.

    `cart` is empty when there is no cookie or it was refused. `name` is the cookie's name on
    this connection, `value` what it held and `carts` how many carts of that name came. `offer` is
    the refused cart that expired so recently that it is offered back. `steps` are
    the changes that can be undone, newest first; `has_steps_cookie` whether their cookie came.
    """

    cart: Cart
    name: str
    value: str = ""
    carts: int = 0
    refusal: CookieRefused | None = None
    offer: Expired | None = None
    steps: tuple[str, ...] = ()
    has_steps_cookie: bool = False

    @property
    def used_bytes(self) -> int:
        """Octets of name + value that the cart takes; 0 when it is empty."""
        return len(self.name) + len(self.value) if self.cart.lines else 0

    @property
    def is_of_newer_version(self) -> bool:
        """Whether the cookie is a cart that another release of this shop signed, and can read."""
        return isinstance(self.refusal, UnknownVersion)

    @property
    def is_expired(self) -> bool:
        """Whether the cookie is a cart of ours that expired for good, and so has to be deleted."""
        return isinstance(self.refusal, Expired) and self.offer is None


def read_visit() -> CartVisit:
    """The visit of the current request. Never raises; logs a refused cookie once a call."""
    steps, has_steps_cookie = undo.steps_of_request()
    name = cart_cookie.name()
    copies = [_read(value) for value in values_of(name)]
    # Of equally good ones the last: it has the shortest path, as the shop's own cookie does.
    best = max(reversed(copies), key=_rank, default=_Copy("", Cart()))
    if best.refusal is not None:
        _log(best.refusal, copies)
    return CartVisit(
        cart=best.cart,
        name=name,
        value=best.value,
        carts=sum(copy.refusal is None for copy in copies),
        refusal=best.refusal,
        offer=_offered(best.refusal),
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
        return _offered(expired)
    except CookieRefused:
        pass
    return None


def is_in_grace(expired: Expired) -> bool:
    """Whether a cart expired so recently that the shop still offers it back."""
    return expired.age_seconds <= shop().cart_max_age_seconds + shop().cart_grace_seconds


def _offered(refusal: CookieRefused | None) -> Expired | None:
    return refusal if isinstance(refusal, Expired) and is_in_grace(refusal) else None


@dataclass(frozen=True, slots=True)
class _Copy:
    value: str
    cart: Cart
    refusal: CookieRefused | None = None


def _read(value: str) -> _Copy:
    try:
        if len(value) > cookie.BROWSER_LIMIT_BYTES:  # a link may be longer
            raise Malformed(f"{len(value)} characters long")
        return _Copy(value, cart_cookie.decode(value))
    except CookieRefused as refusal:
        return _Copy(value, Cart(), refusal)


def _rank(copy: _Copy) -> tuple[int, int]:
    # Readable carts first, the newest of them; then what is most certainly a cart of this shop.
    refusal = copy.refusal
    if refusal is None:
        return 3, copy.cart.changed_at
    if isinstance(refusal, Expired):
        return 2, refusal.cart.changed_at
    return isinstance(refusal, UnknownVersion), isinstance(refusal, Tampered)


def _log(refusal: CookieRefused, copies: list[_Copy]) -> None:
    count_refusal(KINDS[type(refusal)])
    log.warning(
        "cart_cookie_refused",
        extra={
            "refusal": type(refusal).__name__,
            "reason": refusal.reason,
            "bytes": sum(len(copy.value) for copy in copies),
        },
    )
