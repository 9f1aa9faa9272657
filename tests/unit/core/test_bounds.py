"""Bounds of carts and cookies, as figures and not by their names: a changed bound loses carts."""

from __future__ import annotations

import pytest

from shop.core import cookie
from shop.core.cart import Cart, Line
from tests.unit.core.carts import KEYS, NOON, cart_of


def test_the_largest_line() -> None:
    assert Line(9_999_999, 999_999)
    for number, quantity in ((10_000_000, 1), (1, 1_000_000)):
        with pytest.raises(ValueError, match="out of range"):
            Line(number, quantity)


def test_the_limit_and_the_epoch_of_a_cookie() -> None:
    assert (cookie.BROWSER_LIMIT_BYTES, cookie.EPOCH) == (4096, 1_767_225_600)


def test_a_single_piece_is_added_and_set() -> None:
    cart = cart_of((7, 2)).add(3, 1, now=NOON, max_quantity=99)
    assert cart.set_quantity(7, 1, now=NOON, max_quantity=99) == cart_of((7, 1), (3, 1))


def test_a_cart_without_some_products_keeps_its_other_lines_and_its_time() -> None:
    assert cart_of((7, 2), (3, 1), (9, 5)).without({7, 9, 4}) == cart_of((3, 1))


def test_an_empty_cart_has_neither_cookie_nor_link() -> None:
    with pytest.raises(ValueError, match="no cookie"):
        cookie.encode(Cart(), KEYS, name="cart")
    with pytest.raises(ValueError, match="no link"):
        cookie.encode_for_link(Cart(), KEYS)
