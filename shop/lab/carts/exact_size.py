"""Carts of exactly so many bytes, of lines whose products nobody sells.

Their numbers are as good as random, so that packing is about as short as deflating, and seven
digits long, where no catalogue is: whatever a shop sells is not in such a cart yet, and so is
refused by a full one. Packed text is as long as arithmetic says, and a digit more in a quantity
makes up what is missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import count

from shop.core import cookie
from shop.core.cart import MAX_LINE_QUANTITY, MAX_NUMBER, Cart, Line
from shop.lab.carts.filling import Jar

LOWEST_NUMBER = 1_000_000
FRAME_BYTES = 24
"""Of a cookie value: the form, the dot and the signature."""
_MOST_DIGITS = len(str(MAX_LINE_QUANTITY))


def exactly(jar: Jar, octets: int, first: Sequence[Line], *, now: int) -> Cart | None:
    """A cart that begins with these lines, whose name + value are so many octets in this jar.

    None when that is too short for them.
    """
    length = _text_length(octets - len(jar.name) - FRAME_BYTES)
    cart = _of_text_length(length, first, now)
    return cart if cart is not None and jar.octets(cart) == octets else None


def _text_length(packed: int) -> int:
    # The longest text that packs into so many octets: seven characters in four.
    groups, rest = divmod(max(0, packed), 4)
    return 7 * groups + (0, 1, 3, 5)[rest]


def _of_text_length(length: int, first: Sequence[Line], now: int) -> Cart | None:
    lines, before = list(first), first[-1].number
    missing = length - len(cookie.text_of(Cart(tuple(first), now)))
    for number in _numbers():
        needed = len(f",{number - before},1")
        if needed > missing:
            break
        lines.append(Line(number, 1))
        missing, before = missing - needed, number
    for at in range(len(lines) - 1, len(first) - 1, -1):
        digits = min(missing, _MOST_DIGITS - 1)
        lines[at] = Line(lines[at].number, 10**digits)
        missing -= digits
    return None if missing else Cart(tuple(lines), now)


def _numbers() -> Iterator[int]:
    seen: set[int] = set()
    for at in count():
        digest = hashlib.sha256(b"%d" % at).digest()
        number = LOWEST_NUMBER + int.from_bytes(digest[:4], "big") % (MAX_NUMBER - LOWEST_NUMBER)
        if number not in seen:
            seen.add(number)
            yield number
