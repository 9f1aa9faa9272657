"""How many more lines fit into a cart: estimated, and still exact."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core import cookie
from shop.core.cart import Cart
from shop.core.errors import CartTooLarge
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.filling import Filling, filled, most_within, with_more
from tests.unit.core.carts import KEYS, NOON, cart_of

FOR_SALE = [number for number in range(1, 64) if number != 30]
LIMIT = CookieLimit("cart", KEYS, cookie.BROWSER_LIMIT_BYTES)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(lambda count: 4 * count, id="even"),
        pytest.param(lambda count: 27 + 7 * count // 2, id="rounded"),
        pytest.param(lambda count: int(90 * count**0.7), id="ever flatter"),
        pytest.param(lambda count: count * count, id="ever steeper"),
        pytest.param(lambda count: 4096 if count else 0, id="level at the limit"),
        pytest.param(lambda count: 5000 * count, id="not even one line"),
        pytest.param(lambda count: 30 * count + 9 * (count % 3), id="uneven"),
        pytest.param(lambda count: 0, id="nothing"),
    ],
)
@pytest.mark.parametrize("known", [(0,), (0, 1, 10, 50)])
def test_the_result_fits_and_one_more_does_not(
    octets: Callable[[int], int], known: tuple[int, ...]
) -> None:
    queries: list[int] = []

    def query(count: int) -> int:
        queries.append(count)
        return octets(count)

    fitting = most_within(4096, query, 2000, {count: octets(count) for count in known})
    assert octets(fitting) <= 4096
    assert fitting == 2000 or octets(fitting + 1) > 4096
    assert len(queries) == len(set(queries)) <= 32
    assert not set(queries) & set(known)


def test_nothing_fits_into_a_cart_that_is_already_too_long() -> None:
    assert most_within(4096, lambda count: 5000 + count, 2000, {0: 5000}) == 0


def test_a_cart_is_filled_to_the_last_line() -> None:
    filling = Filling.of(cart_of((7, 2), (3, 1)), range(1, 64), now=NOON)
    most = filling.most_in(LIMIT)
    assert LIMIT.holds(filling.longer_by(most))
    assert not LIMIT.holds(filling.longer_by(most + 1))


def test_products_for_sale_come_first_and_none_twice() -> None:
    filling = Filling.of(cart_of((7, 2), (3, 1)), range(1, 64), now=NOON)
    assert set(filling.numbers[:61]) == set(range(1, 64)) - {3, 7}
    assert len(set(filling.numbers)) == len(filling.numbers) == 4096
    assert min(filling.numbers[61:]) > 63


@pytest.mark.parametrize("second", [10, 110, 290, 380, 1380])
def test_a_full_cart_takes_no_line_a_few_seconds_later_either(second: int) -> None:
    # In these seconds the text of a cart with one of each demo product deflates a little worse.
    now = cookie.EPOCH + 28_178_000 + second
    ten = with_more(Filling.of(Cart((), now), FOR_SALE, now=now), 10, LIMIT)
    full = filled(Filling.of(ten, FOR_SALE, now=now), LIMIT)
    assert LIMIT.octets(full) == 4096
    for later in range(1, 6):
        with pytest.raises(CartTooLarge):
            with_more(Filling.of(full, FOR_SALE, now=now + later), 1, LIMIT)


def test_a_cart_with_many_lines_of_quantity_one_is_filled() -> None:
    many = with_more(Filling.of(Cart((), NOON), FOR_SALE, now=NOON), 1000, LIMIT)
    full = filled(Filling.of(many, FOR_SALE, now=NOON), LIMIT)
    assert 4093 <= LIMIT.octets(full) <= 4096
