"""Carts that tests are made of."""

from __future__ import annotations

import random

from shop.core import cookie
from shop.core.cart import Cart, Line

KEYS = ("a key of the tests",)
NOON = cookie.EPOCH + 28_200_000


def cart_of(*lines: tuple[int, int], changed_at: int = NOON) -> Cart:
    return Cart(tuple(Line(number, quantity) for number, quantity in lines), changed_at)


def cart_filling(value_bytes: int, seed: int = 1) -> Cart:
    """A cart whose packed cookie value is exactly so long; its digits are too many to deflate."""
    groups, tail = divmod(value_bytes - len("j" + "." + "s" * 22), 4)
    text_bytes = 7 * groups + (0, 1, 3, 5)[tail]
    chance = random.Random(seed)
    pairs: dict[int, int] = {}
    while (surplus := len(cookie.text_of(cart_of(*pairs.items()))) - text_bytes) < 0:
        low, high = chance.randrange(1, 999_999), chance.randrange(3_000_000, 9_999_999)
        pairs[high if len(pairs) % 2 else low] = chance.randrange(100_000, 999_999)
    for number, quantity in pairs.items():
        cut = min(surplus, 5)
        pairs[number] = quantity // 10**cut
        surplus -= cut
    return cart_of(*pairs.items())
