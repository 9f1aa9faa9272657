"""Carts whose cookie takes an exact number of bytes, of lines whose products nobody sells.

Their numbers and quantities are as good as random, so that packing is about as short as
deflating. The numbers have seven digits, beyond any catalogue: whatever a shop sells is not in
such a cart yet, and so is refused by a full one. The length of packed text follows from
arithmetic, and more digits in the quantities make up the bytes that are missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count

from shop.core import cookie, packing
from shop.core.cart import MAX_LINE_QUANTITY, MAX_NUMBER, Cart, Line
from shop.lab.carts.cookie_limit import CookieLimit

LOWEST_NUMBER = 1_000_000
_MOST_DIGITS = len(str(MAX_LINE_QUANTITY))


def cart_of_exactly(
    octets: int,
    limit: CookieLimit,
    *,
    first: Sequence[Line] = (),
    last: Line | None = None,
    now: int,
    seed: int = 0,
) -> Cart | None:
    """A cart that begins with these lines, whose name + value take exactly so many octets.

    With a `last` line the cart is without it, and takes so many octets once it is added. Another
    `seed` gives other lines. None when the octets are too few, or no cart comes to just these.
    """
    length = packing.text_length(octets - len(limit.name) - cookie.ENVELOPE_OCTETS)
    lines = _lines_of_text_length(length, first, last, now, seed)
    if lines is None:
        return None
    whole = Cart((*lines, last) if last else tuple(lines), now)
    return Cart(tuple(lines), now) if limit.octets(whole) == octets else None


def _lines_of_text_length(
    length: int, first: Sequence[Line], last: Line | None, now: int, seed: int
) -> list[Line] | None:
    lines, end = list(first), [last] if last else []
    missing = length - len(cookie.text_of(Cart((*lines, *end), now)))
    for number in _numbers(seed):
        if number in (line.number for line in (*first, *end)):
            continue
        quantity = 1 + number % 9
        needed = _characters([*lines[-1:], Line(number, quantity), *end]) - _characters(
            [*lines[-1:], *end]
        )
        if needed > missing:
            break
        lines.append(Line(number, quantity))
        missing -= needed
    for at in range(len(lines) - 1, len(first) - 1, -1):
        digits = min(missing, _MOST_DIGITS - 1)
        lines[at] = Line(lines[at].number, lines[at].quantity * 10**digits)
        missing -= digits
    return None if missing else lines


def _characters(lines: Sequence[Line]) -> int:
    return len(cookie.text_of(Cart(tuple(lines))))


def _numbers(seed: int) -> Iterator[int]:
    known: set[int] = set()
    for at in count():
        digest = hashlib.sha256(b"%d" % at if not seed else b"%d %d" % (seed, at)).digest()
        number = LOWEST_NUMBER + int.from_bytes(digest[:4], "big") % (MAX_NUMBER - LOWEST_NUMBER)
        if number not in known:
            known.add(number)
            yield number
