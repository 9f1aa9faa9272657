"""How far a cart is filled on: aimed at, and still right to the line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shop.core import cookie
from shop.limits.filling import Filling, Jar, most_within
from tests.unit.core.carts import KEYS, NOON, cart_of

JAR = Jar("cart", KEYS, cookie.BROWSER_LIMIT_BYTES)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(lambda count: 4 * count, id="even"),
        pytest.param(lambda count: 27 + 7 * count // 2, id="rounded"),
        pytest.param(lambda count: int(90 * count**0.7), id="flatter and flatter"),
        pytest.param(lambda count: count * count, id="steeper and steeper"),
        pytest.param(lambda count: 4096 if count else 0, id="level at the limit"),
        pytest.param(lambda count: 5000 * count, id="not even one"),
        pytest.param(lambda count: 30 * count + 9 * (count % 3), id="uneven"),
        pytest.param(lambda count: 0, id="nothing"),
    ],
)
@pytest.mark.parametrize("known", [(0,), (0, 1, 10, 50)])
def test_so_many_fit_and_one_more_does_not(
    octets: Callable[[int], int], known: tuple[int, ...]
) -> None:
    asked: list[int] = []

    def ask(count: int) -> int:
        asked.append(count)
        return octets(count)

    found = most_within(4096, ask, 2000, {count: octets(count) for count in known})
    assert octets(found) <= 4096
    assert found == 2000 or octets(found + 1) > 4096
    assert len(asked) == len(set(asked)) <= 32
    assert not set(asked) & set(known)


def test_what_is_too_long_already_takes_nothing_more() -> None:
    assert most_within(4096, lambda count: 5000 + count, 2000, {0: 5000}) == 0


def test_a_cart_is_filled_to_the_line() -> None:
    filling = Filling.of(cart_of((7, 2), (3, 1)), range(1, 64), now=NOON)
    most = filling.most_in(JAR)
    assert JAR.holds(filling.longer_by(most))
    assert not JAR.holds(filling.longer_by(most + 1))


def test_what_the_shop_sells_comes_first_and_nothing_twice() -> None:
    filling = Filling.of(cart_of((7, 2), (3, 1)), range(1, 64), now=NOON)
    assert set(filling.numbers[:61]) == set(range(1, 64)) - {3, 7}
    assert len(set(filling.numbers)) == len(filling.numbers) == 4096
    assert min(filling.numbers[61:]) > 63
