from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core.cart import MAX_LINE_QUANTITY, MAX_NUMBER, Cart, Line
from shop.core.errors import QuantityRefused
from tests.unit.core.carts import NOON, cart_of

LATER = NOON + 60
CART = cart_of((7, 2), (3, 1), (9, 5))


@pytest.mark.parametrize(
    ("number", "quantity"),
    [
        pytest.param(0, 1, id="number 0"),
        pytest.param(-1, 1, id="negative number"),
        pytest.param(MAX_NUMBER + 1, 1, id="number one too high"),
        pytest.param(1, 0, id="quantity 0"),
        pytest.param(1, -1, id="negative quantity"),
        pytest.param(1, MAX_LINE_QUANTITY + 1, id="quantity one too high"),
    ],
)
def test_a_line_refuses_values_out_of_range(number: int, quantity: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Line(number, quantity)


def test_a_line_accepts_boundary_values() -> None:
    assert [Line(1, 1).quantity, Line(9_999_999, 999_999).quantity] == [1, 999_999]


@pytest.mark.parametrize("changed_at", [0, 1, 99_999_999_998, 99_999_999_999])
def test_a_cart_takes_any_time_from_1970_to_5138(changed_at: int) -> None:
    assert Cart((), changed_at).changed_at == changed_at


@pytest.mark.parametrize("changed_at", [-1, 100_000_000_000])
def test_a_cart_refuses_a_time_out_of_range(changed_at: int) -> None:
    with pytest.raises(ValueError, match=r"^the time of the last change is out of range$"):
        Cart((), changed_at)


def test_a_cart_refuses_two_lines_of_one_product() -> None:
    with pytest.raises(ValueError, match=r"^two lines of one product$"):
        cart_of((1, 1), (2, 1), (1, 2))


def test_a_cart_counts_lines_and_items() -> None:
    assert (len(CART), CART.pieces) == (3, 8)
    assert (CART.quantity_of(9), CART.quantity_of(8)) == (5, 0)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        pytest.param(
            lambda cart: cart.add(4, 6, now=LATER, max_quantity=6),
            cart_of((7, 2), (3, 1), (9, 5), (4, 6), changed_at=LATER),
            id="a new product is added last",
        ),
        pytest.param(
            lambda cart: cart.add(3, 4, now=LATER, max_quantity=5),
            cart_of((7, 2), (3, 5), (9, 5), changed_at=LATER),
            id="more of a product grows its line in place",
        ),
        pytest.param(
            lambda cart: cart.set_quantity(9, 1, now=LATER, max_quantity=5),
            cart_of((7, 2), (3, 1), (9, 1), changed_at=LATER),
            id="a quantity is replaced in place",
        ),
        pytest.param(
            lambda cart: cart.set_quantity(9, 6, now=LATER, max_quantity=6),
            cart_of((7, 2), (3, 1), (9, 6), changed_at=LATER),
            id="a quantity may be the largest that is allowed",
        ),
        pytest.param(
            lambda cart: cart.set_quantity(8, 1, now=LATER, max_quantity=5),
            CART,
            id="setting the quantity of a missing line changes nothing",
        ),
        pytest.param(
            lambda cart: cart.remove(3, now=LATER),
            cart_of((7, 2), (9, 5), changed_at=LATER),
            id="a removed line leaves the others in order",
        ),
        pytest.param(
            lambda cart: cart.remove(8, now=LATER),
            CART,
            id="removing a missing line changes nothing",
        ),
        pytest.param(
            lambda cart: cart.merged_with(cart_of((4, 1), (9, 4), (7, 8)), now=LATER),
            cart_of((7, 8), (3, 1), (9, 5), (4, 1), changed_at=LATER),
            id="merged, the larger quantity stays and new lines are last",
        ),
        pytest.param(
            lambda cart: Cart().merged_with(cart, now=LATER),
            cart_of((7, 2), (3, 1), (9, 5), changed_at=LATER),
            id="merged into an empty cart",
        ),
        pytest.param(
            lambda cart: cart.touched(LATER),
            cart_of((7, 2), (3, 1), (9, 5), changed_at=LATER),
            id="touched, only the time is new",
        ),
    ],
)
def test_a_change_gives_a_new_cart(change: Callable[[Cart], Cart], changed: Cart) -> None:
    assert change(CART) == changed
    assert cart_of((7, 2), (3, 1), (9, 5)) == CART


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        pytest.param(
            lambda cart: cart.add(4, 0, now=LATER, max_quantity=9), (0, 9, 0), id="add none"
        ),
        pytest.param(
            lambda cart: cart.add(9, -1, now=LATER, max_quantity=9), (-1, 9, 5), id="add fewer"
        ),
        pytest.param(
            lambda cart: cart.add(4, 10, now=LATER, max_quantity=9), (10, 9, 0), id="add too many"
        ),
        pytest.param(
            lambda cart: cart.add(9, 5, now=LATER, max_quantity=9),
            (5, 9, 5),
            id="add too many to an existing line",
        ),
        pytest.param(
            lambda cart: cart.set_quantity(9, 0, now=LATER, max_quantity=9), (0, 9, 0), id="set 0"
        ),
        pytest.param(
            lambda cart: cart.set_quantity(9, 10, now=LATER, max_quantity=9),
            (10, 9, 0),
            id="set one too many",
        ),
    ],
)
def test_a_quantity_out_of_range_is_refused_with_details(
    change: Callable[[Cart], Cart], figures: tuple[int, int, int]
) -> None:
    with pytest.raises(QuantityRefused) as refused:
        change(CART)
    refusal = refused.value
    assert (refusal.quantity, refusal.maximum, refusal.held) == figures


@pytest.mark.parametrize(
    ("cart", "is_less"),
    [
        pytest.param(cart_of((7, 2), (9, 5)), True, id="one line fewer"),
        pytest.param(cart_of((7, 2), (3, 1), (9, 4)), True, id="one item fewer"),
        pytest.param(cart_of(), True, id="empty"),
        pytest.param(CART, False, id="the same"),
        pytest.param(CART.touched(LATER), False, id="the same, later"),
        pytest.param(cart_of((7, 3), (9, 1)), False, id="more of one product"),
        pytest.param(cart_of((7, 1), (8, 1)), False, id="another product"),
    ],
)
def test_a_cart_is_less_if_things_were_only_taken_away(cart: Cart, is_less: bool) -> None:
    assert cart.is_less_than(CART) is is_less
