"""Two shops with the same cart: one writes whatever it has, the other counts the bytes first."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import request

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.core.errors import CartTooLarge, CookieRefused
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.filling import filled, most_within
from shop.lab.encodings.comparison import growth
from shop.lab.encodings.encodings import Session, everything, session_of
from shop.web.cart import cart_cookie
from shop.web.site.shop import shop

UNGUARDED, GUARDED = "unguarded", "guarded"


@dataclass(frozen=True, slots=True)
class Held:
    """A cart in a cookie: its lines, the octets of name + value, and a digest of the value. All are
    0 or empty without a cookie, and there are no lines in one that the shop did not sign."""

    lines: int = 0
    octets: int = 0
    digest: str = ""

    @classmethod
    def of(cls, name: str, value: str, lines: int) -> Held:
        if not value:
            return cls()
        return cls(lines, len(name) + len(value), hashlib.sha256(value.encode()).hexdigest()[:16])


@dataclass(frozen=True, slots=True)
class Written:
    """What a shop wrote, how many lines it said were added, and, if it refused one, the octets of
    name + value that the cart would have needed with it."""

    held: Held = Held()
    added: int = 0
    refused_octets: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """The value of a shop's new cookie ("" deletes it), and what the shop says about it."""

    name: str
    value: str
    written: Written


def unguarded() -> Held:
    """The cart without a guard that this request brought."""
    value = request.cookies.get(UNGUARDED, "")
    lines = _session().cart(value)
    return Held.of(UNGUARDED, value, len(lines) if isinstance(lines, list) else 0)


def guarded() -> Held:
    """The cart with a guard that this request brought."""
    value = request.cookies.get(GUARDED, "")
    try:
        lines = len(cart_cookie.decode(value))
    except CookieRefused:
        lines = 0
    return Held.of(GUARDED, value, lines)


class TwoShops:
    """Both shops. Their carts grow by the same lines, in the same order."""

    def __init__(self) -> None:
        self._growth = growth(Cart())
        self._limit = CookieLimit(GUARDED, shop().keys, BROWSER_LIMIT_BYTES)

    def with_lines(self, count: int) -> tuple[Change, Change]:
        """Both carts with this many lines, whatever they had."""
        return self._unguarded(count, added=count), self._guarded(count, added=count)

    def with_most(self) -> tuple[Change, Change]:
        """Both carts with as many lines as a browser keeps of the unguarded one."""
        most = most_within(
            BROWSER_LIMIT_BYTES,
            lambda count: len(UNGUARDED) + len(self._unguarded_value(count)),
            len(self._growth.lines),
            {0: 0},
        )
        return (
            self._unguarded(most, added=most - unguarded().lines),
            self._guarded(most, added=most - guarded().lines),
        )

    def with_one_more(self) -> tuple[Change, Change]:
        """Both carts as the browser sent them, and one more line in each."""
        return (
            self._unguarded(unguarded().lines + 1, added=1),
            self._guarded(guarded().lines + 1, added=1),
        )

    def full(self) -> tuple[Change, Change]:
        """The guarded cart filled to the last byte, and one more line refused; the other is
        deleted, since both at their longest are too much for some servers."""
        cart = filled(self._growth.filling, self._limit)
        held = {line.number for line in cart.lines}
        next_number = next(number for number in self._growth.filling.numbers if number not in held)
        try:
            longer = Cart((*cart.lines, Line(next_number, 1)), cart.changed_at)
            change = self._guarded_cart(longer, added=1)
        except CartTooLarge as refused:
            added = len(cart) - guarded().lines
            change = self._guarded_cart(cart, added, refused_octets=refused.needed_bytes)
        return Change(UNGUARDED, "", Written()), change

    def _unguarded(self, count: int, added: int) -> Change:
        value = self._unguarded_value(count)
        return Change(UNGUARDED, value, Written(Held.of(UNGUARDED, value, count), added))

    def _unguarded_value(self, count: int) -> str:
        return _session().value(everything(self._growth.lines[:count]))

    def _guarded(self, count: int, added: int) -> Change:
        return self._guarded_cart(self._growth.filling.longer_by(count), added)

    def _guarded_cart(self, cart: Cart, added: int, refused_octets: int = 0) -> Change:
        # Raises CartTooLarge: this shop never sends a cookie that a browser would drop.
        value = cookie.encode(cart, shop().keys, name=GUARDED)
        held = Held.of(GUARDED, value, len(cart))
        return Change(GUARDED, value, Written(held, added, refused_octets))


def _session() -> Session:
    return session_of(f"lecture {shop().keys[0]}")  # so that it never passes for the shop's session
