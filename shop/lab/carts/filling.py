"""Carts of any length for demonstrations, made by adding line after line.

The lines are of products in the catalogue, in an order that looks like a shopper's; once those are
used up, numbers follow that no product has. A cart may hold such a line (a product can be deleted),
and it takes the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from shop.core import cookie
from shop.core.budget import TYPICAL_LINE_BYTES, packed_bits
from shop.core.cart import Cart, Line
from shop.core.errors import CartTooLarge
from shop.lab.carts.cookie_limit import CookieLimit

HIGHEST = 9_999
"""The highest number without a product, as in a shop of ten thousand products."""
MOST_LINES = 4096
"""More than a cookie holds of lines in this order: they take more than a byte each."""
QUANTITIES = (2, 3, 5, 10, 20, 50, 99)
"""The quantities that are tried to use up the last bytes: each takes two bits more, or none."""
LAST_LINES = 8
"""In how many of the last lines they are tried."""
MIXED = 9
"""With quantities from 1 to this, packing is shorter than deflating, and the length follows from
counting. Deflated, some lengths do not occur, and the length changes with the time, so that one
more line would sometimes fit into a full cart."""
AIMED = 6
"""How many estimates are made before the search also halves the interval."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A cart, and the numbers of the lines that can be added to it, in order, with quantities from
    1 to `most`."""

    cart: Cart
    numbers: tuple[int, ...]
    now: int
    most: int = 1

    @classmethod
    def of(cls, cart: Cart, products: Iterable[int], *, now: int) -> Filling:
        """A filling with these products first, then with numbers that no product has."""
        held, known = {line.number for line in cart.lines}, set(products)
        numbers = sorted(known - held, key=_chance)
        numbers += (n for n in _without_product() if n not in known and n not in held)
        return cls(cart, tuple(numbers[:MOST_LINES]), now)

    def longer_by(self, count: int) -> Cart:
        """The cart with this many more lines."""
        added = (_line(number, 1 + number % self.most) for number in self.numbers[:count])
        return replace(self.cart, lines=(*self.cart.lines, *added), changed_at=self.now)

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
    """The largest count, 0 to `most`, whose octets are within the limit.

    `known` holds the octets of some counts, that of 0 at least; they are not measured again. Each
    measurement may pack a thousand lines. As octets grow about evenly, the search estimates the
    count, and halves the interval only if that takes long.
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
    """The cart with this many more lines, or as many of them as fit.

    Raises CartTooLarge, with the octets that one more line needs, when not even one fits.
    """
    fitting = min(count, filling.most_in(cookie_limit))
    if not fitting:
        raise CartTooLarge(cookie_limit.octets(filling.longer_by(1)), cookie_limit.limit_bytes)
    return filling.longer_by(fitting)


def filled(filling: Filling, cookie_limit: CookieLimit) -> Cart:
    """The cart filled with more lines until no byte of the limit is free, whatever the time.

    Their quantities vary, and larger ones in the last of them use up the last bytes. A cart that
    already has hundreds of lines of one piece stays deflated, and is then full at this second only.
    With room for only a line or two, some bytes may stay free. Returns the same cart when nothing
    more fits.
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
    return not cookie.is_deflated(cookie.payload(cart))


def _length(cart: Cart, cookie_limit: CookieLimit) -> tuple[int, int]:
    # Some bits take no further octet when packed, but bring the next octet nearer.
    return cookie_limit.octets(cart), packed_bits(cart)


def _with_quantity(cart: Cart, at: int, quantity: int) -> Cart:
    line = Line(cart.lines[at].number, quantity)
    return replace(cart, lines=(*cart.lines[:at], line, *cart.lines[at + 1 :]))


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
