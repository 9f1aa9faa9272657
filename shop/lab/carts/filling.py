"""Carts of any length for demonstrations, made by adding line after line.

Lines name the products of the catalogue, in an order that looks like a shopper's; when those
are used up, numbers follow that no product has. A cart may hold such a line (the product of
one can be deleted), and it costs the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from shop.core import cookie
from shop.core.budget import TYPICAL_LINE_BYTES
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge
from shop.lab.carts.cookie_limit import CookieLimit

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
"""Quantities from 1 to this make text that packing makes shorter than deflating: its length is
then a matter of counting. Deflated text leaves some lengths out, and takes others in another
second, so that now and then one more line would fit into what was full."""
AIMED = 6
"""How often a place is aimed at before it is halved towards as well."""


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
        numbers = sorted(known - held, key=_chance)
        numbers += (n for n in _without_product() if n not in known and n not in held)
        return cls(cart, tuple(numbers[:MOST_LINES]), now)

    def longer_by(self, count: int) -> Cart:
        """The cart with so many lines more."""
        added = (_line(number, 1 + number % self.most) for number in self.numbers[:count])
        return Cart((*self.cart.lines, *added), self.now)

    def most_in(self, cookie_limit: CookieLimit) -> int:
        """How many more lines fit."""
        return most_within(
            cookie_limit.limit_bytes,
            lambda count: cookie_limit.octets(self.longer_by(count)),
            len(self.numbers),
            {0: cookie_limit.octets(self.cart)},
        )


def most_within(
    limit_bytes: int,
    octets: Callable[[int], int],
    most: int,
    known: Mapping[int, int],
) -> int:
    """A count whose octets are within the limit while those of one more are not, 0 to `most`.

    What is `known` of some counts is not asked again; that of 0 has to be. Octets grow by about
    as much each time, so the place is aimed at, and halved towards only where that goes on for
    long: each asking may be the packing of a thousand lines.
    """
    sizes = dict(known)
    low = max((count for count, size in sizes.items() if size <= limit_bytes), default=0)
    over = (count for count, size in sizes.items() if count > low and size > limit_bytes)
    high = min(over, default=most + 1)
    asked = 0
    while high - low > 1:
        asked += 1
        is_slow = asked > AIMED and asked % 2
        aim = (low + high) // 2 if is_slow else _aimed(sizes, low, high, limit_bytes)
        at = min(max(aim, low + 1), high - 1)
        sizes[at] = octets(at)
        low, high = (at, high) if sizes[at] <= limit_bytes else (low, at)
    return low


def with_more(filling: Filling, count: int, cookie_limit: CookieLimit) -> Cart:
    """The cart with so many lines more, or as many of them as fit.

    Raises CartTooLarge, saying what would have been needed, when not even one of them fits.
    """
    fitting = min(count, filling.most_in(cookie_limit))
    if not fitting:
        raise CartTooLarge(cookie_limit.octets(filling.longer_by(1)), cookie_limit.limit_bytes)
    return filling.longer_by(fitting)


def filled(filling: Filling, cookie_limit: CookieLimit) -> Cart:
    """The cart with as many lines more as leave no byte of the limit free, in any second.

    They are of several pieces, and a digit more in the last of them makes up the last bytes. A
    cart that has hundreds of lines of one piece already stays deflated: then it is full in this
    second. Within a line or two nothing can be made up, and some bytes stay free. The same cart
    when nothing fits any more.
    """
    mixed = _filled(replace(filling, most=MIXED), cookie_limit)
    if cookie_limit.octets(mixed) == cookie_limit.limit_bytes and _is_packed(mixed):
        return mixed
    return max(mixed, _filled(filling, cookie_limit), key=cookie_limit.octets)


def _filled(filling: Filling, cookie_limit: CookieLimit) -> Cart:
    fitting = filling.most_in(cookie_limit)
    full = filling.longer_by(fitting) if fitting else filling.cart
    for at in reversed(range(len(filling.cart), len(full))[-LAST_LINES:]):
        if cookie_limit.octets(full) == cookie_limit.limit_bytes:
            break
        others = (_with_quantity(full, at, quantity) for quantity in QUANTITIES)
        full = max(
            [full, *filter(cookie_limit.holds, others)],
            key=lambda cart: _length(cart, cookie_limit),
        )
    return full


def _is_packed(cart: Cart) -> bool:
    return cookie.payload(cookie.text_of(cart)).startswith("j")


def _length(cart: Cart, cookie_limit: CookieLimit) -> tuple[int, int]:
    # Packing takes some digits in without an octet more: they bring the next one nearer.
    return cookie_limit.octets(cart), len(cookie.text_of(cart))


def _with_quantity(cart: Cart, at: int, quantity: int) -> Cart:
    line = Line(cart.lines[at].number, quantity)
    return Cart((*cart.lines[:at], line, *cart.lines[at + 1 :]), cart.changed_at)


def _aimed(sizes: Mapping[int, int], low: int, high: int, limit_bytes: int) -> int:
    end = high if high in sizes else low
    before = max((count for count in sizes if count < end), default=None)
    if before is None or sizes[end] <= sizes[before]:
        each: float = TYPICAL_LINE_BYTES
    else:
        each = (sizes[end] - sizes[before]) / (end - before)
    return low + round((limit_bytes - sizes[low]) / each)


@lru_cache(maxsize=2 * HIGHEST)
def _line(number: int, quantity: int) -> Line:
    return Line(number, quantity)


def _chance(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


@cache
def _without_product() -> tuple[int, ...]:
    return tuple(sorted(range(1, HIGHEST + 1), key=_chance))
