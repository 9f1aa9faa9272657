"""Carts whose cookie takes an exact number of bytes, of lines whose products nobody sells.

Their numbers and quantities are as good as random, so that deflating never makes them shorter. The
numbers have seven digits, beyond any catalogue: whatever a shop sells is not in such a cart yet,
and so is refused by a full one. The length of a packed cart follows from counting bits, and larger
quantities use up the bits that are missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count

from shop.core import cookie
from shop.core.cart import MAX_NUMBER, Cart, Line
from shop.core.packing import integers
from shop.lab.carts.cookie_limit import CookieLimit

WIDTH = 24
LOWEST_NUMBER = 2 ** (WIDTH - 1)
"""All these numbers have as many bits, so the bits of a line depend on its neighbours alone."""
LARGER = [2**power for power in range(19, 2, -1)]
"""Quantities, each of two bits fewer than the one before."""


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
    characters = octets - len(limit.name) - len("X") - cookie.SIGNATURE_CHARACTERS
    bits = 6 * characters - integers.time_length(now - cookie.EPOCH)
    lines = _lines_of_bits(bits, tuple(first), (last,) if last else (), seed)
    whole = Cart((*lines, last) if last else lines, now)
    return Cart(lines, now) if limit.octets(whole) == octets else None


@lru_cache(maxsize=32)  # hundreds of lines, and an exhibit has the same at each showing
def _lines_of_bits(
    bits: int, first: tuple[Line, ...], end: tuple[Line, ...], seed: int
) -> tuple[Line, ...]:
    lines = list(first)
    missing = bits - _bits([*lines, *end])
    known = {line.number for line in (*first, *end)}
    for number in _numbers(seed):
        if number in known:
            continue
        line = Line(number, 1 + number % 9)
        needed = _bits([*lines[-1:], line, *end]) - _bits([*lines[-1:], *end])
        if needed > missing:
            break
        lines.append(line)
        missing -= needed
    for at in range(len(lines) - 1, len(first) - 1, -1):
        before, after = lines[max(0, at - 1) : at], [*lines[at + 1 : at + 2], *end]
        for quantity in LARGER:
            line = Line(lines[at].number, quantity)
            needed = _bits([*before, line, *after]) - _bits([*before, lines[at], *after])
            if 0 < needed <= missing:
                lines[at] = line
                missing -= needed
                break
    return tuple(lines)


def _bits(lines: Sequence[Line]) -> int:
    pairs = [(line.number, line.quantity) for line in lines]
    return sum(map(len, integers.pair_bits(pairs, WIDTH)))


def _numbers(seed: int) -> Iterator[int]:
    known: set[int] = set()
    for at in count():
        digest = hashlib.sha256(b"%d" % at if not seed else b"%d %d" % (seed, at)).digest()
        number = LOWEST_NUMBER + int.from_bytes(digest[:4], "big") % (MAX_NUMBER - LOWEST_NUMBER)
        if number not in known:
            known.add(number)
            yield number
