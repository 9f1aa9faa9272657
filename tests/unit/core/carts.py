"""Carts for tests."""

from __future__ import annotations

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.exact_size import cart_of_exactly

KEYS = ("a key of the tests",)
NOON = cookie.EPOCH + 28_200_000


def cart_of(*lines: tuple[int, int], changed_at: int = NOON) -> Cart:
    return Cart(tuple(Line(number, quantity) for number, quantity in lines), changed_at)


def cart_filling(value_bytes: int, seed: int = 1) -> Cart:
    """A cart whose packed cookie value has this exact length; its digits do not deflate well."""
    limit = CookieLimit("", KEYS, value_bytes)
    cart = cart_of_exactly(value_bytes, limit, now=NOON, seed=seed)
    assert cart is not None
    return cart
