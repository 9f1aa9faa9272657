"""Carts of any length for demonstrations, made by adding line after line.

Lines name the products of the catalogue, in an order that looks like a shopper's; when those
are used up, numbers follow that no product has. A cart may hold such a line (the product of
one can be deleted), and it costs the same bytes.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shop.core import cookie
from shop.core.budget import cookie_bytes
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge

HIGHEST = 9_999
"""Numbers without a product end here, as they would in a shop of ten thousand products."""
MOST_LINES = 4096
"""More than any cookie holds: a line takes more than a byte."""
QUANTITIES = range(2, 100, 8)
"""What is tried to make up the last bytes. How much a digit adds to deflated text depends on
the text, so several are."""
LAST_LINES = 8
"""In how many lines that is tried."""
MIXED = 9
"""Quantities from 1 to this make text that packing makes shorter than deflating: it then
takes every length, while deflated text leaves some out."""


@dataclass(frozen=True, slots=True)
class Jar:
    """What limits a cart's cookie: its name and keys, and the most octets of name + value."""

    name: str
    keys: cookie.Keys
    limit_bytes: int

    def octets(self, cart: Cart) -> int:
        """Octets of name + value that the cart takes here."""
        return cookie_bytes(cart, self.keys, name=self.name)

    def holds(self, cart: Cart) -> bool:
        """Whether the cart's cookie stays within the limit."""
        return self.octets(cart) <= self.limit_bytes


@dataclass(frozen=True, slots=True)
class Filling:
    """A cart, and the numbers of the lines that can be added to it, in their order. Their
    quantities are from 1 to `most`."""

    cart: Cart
    numbers: tuple[int, ...]
    now: int
    most: int = 1

    @classmethod
    def of(cls, cart: Cart, products: Iterable[int], *, now: int) -> Filling:
        """A filling with these products first, and then with numbers that none has."""
        held, known = {line.number for line in cart.lines}, set(products)
        others = set(range(1, HIGHEST + 1)) - known
        numbers = [*_shuffled(known - held), *_shuffled(others - held)]
        return cls(cart, tuple(numbers[:MOST_LINES]), now)

    def longer_by(self, count: int) -> Cart:
        """The cart with so many lines more."""
        added = (Line(number, 1 + number % self.most) for number in self.numbers[:count])
        return Cart((*self.cart.lines, *added), self.now)

    def most_in(self, jar: Jar) -> int:
        """How many more lines fit."""
        counts = range(1, len(self.numbers) + 1)
        return bisect_left(counts, 1, key=lambda count: not jar.holds(self.longer_by(count)))


def with_more(filling: Filling, count: int, jar: Jar) -> Cart:
    """The cart with so many lines more, or as many of them as fit.

    Raises CartTooLarge, saying what would have been needed, when not even one of them fits.
    """
    fitting = min(count, filling.most_in(jar))
    if not fitting:
        raise CartTooLarge(jar.octets(filling.longer_by(1)), jar.limit_bytes)
    return filling.longer_by(fitting)


def filled(filling: Filling, jar: Jar) -> Cart:
    """The cart with as many lines more as leave no byte of the limit free.

    The last of them may be of several pieces, since a digit more is what makes up the last
    bytes; where that does not do, all are. Within a line or two nothing can be made up, and
    some bytes stay free. The same cart when nothing fits any more.
    """
    full = _filled(filling, jar)
    if jar.octets(full) == jar.limit_bytes:
        return full
    return max(full, _filled(replace(filling, most=MIXED), jar), key=jar.octets)


def _filled(filling: Filling, jar: Jar) -> Cart:
    fitting = filling.most_in(jar)
    full = filling.longer_by(fitting) if fitting else filling.cart
    for at in reversed(range(len(filling.cart), len(full))[-LAST_LINES:]):
        if jar.octets(full) == jar.limit_bytes:
            break
        others = (_with_quantity(full, at, quantity) for quantity in QUANTITIES)
        full = max([full, *filter(jar.holds, others)], key=lambda cart: _length(cart, jar))
    return full


def _length(cart: Cart, jar: Jar) -> tuple[int, int]:
    # Packing takes some digits in without an octet more: they bring the next one nearer.
    return jar.octets(cart), len(cookie.text_of(cart))


def _with_quantity(cart: Cart, at: int, quantity: int) -> Cart:
    line = Line(cart.lines[at].number, quantity)
    return Cart((*cart.lines[:at], line, *cart.lines[at + 1 :]), cart.changed_at)


def _shuffled(numbers: Iterable[int]) -> Sequence[int]:
    return sorted(numbers, key=lambda number: hashlib.sha256(b"%d" % number).digest())
