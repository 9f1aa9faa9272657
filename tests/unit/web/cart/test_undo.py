"""The digest that ties an undo form to the lines that it undoes from."""

from __future__ import annotations

import pytest

from shop.core.cart import Cart
from shop.web.cart import undo
from tests.unit.core.carts import NOON, cart_of

CART = cart_of((7, 2), (3, 1), (9, 5))


def test_a_renewed_cart_has_the_same_digest() -> None:
    assert undo.digest(CART.touched(NOON + 1)) == undo.digest(CART)
    assert not undo.is_stale(undo.digest(CART), CART.touched(NOON + 1))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(cart_of((9, 5), (3, 1), (7, 2)), id="the lines in reverse"),
        pytest.param(cart_of((3, 1), (7, 2), (9, 5)), id="the lines sorted"),
        pytest.param(cart_of((7, 2), (3, 1), (9, 6)), id="another quantity"),
        pytest.param(cart_of((7, 2), (3, 1), (8, 5)), id="another product"),
        pytest.param(cart_of((7, 2), (3, 1)), id="a line less"),
        pytest.param(cart_of((7, 23), (1, 1), (9, 5)), id="the same digits"),
        pytest.param(Cart(), id="empty"),
    ],
)
def test_a_cart_that_looks_different_has_another_digest(other: Cart) -> None:
    assert undo.digest(other) != undo.digest(CART)
    assert undo.is_stale(undo.digest(CART), other)
