from __future__ import annotations

import pytest

from shop.core.cart import MAX_NUMBER, Cart, Line
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.carts.exact_size import LOWEST_NUMBER, cart_of_exactly

NOW = 1_780_000_000
FIRST = [Line(1, 1)]


def limit(name: str = "cart") -> CookieLimit:
    return CookieLimit(name, ("a key",), 4096)


@pytest.mark.parametrize("name", ["cart", "__Host-cart"])
@pytest.mark.parametrize("octets", [*range(64, 80), 1000, 1999, 2000, 4094, 4095, 4096])
def test_a_cart_has_the_exact_size(name: str, octets: int) -> None:
    cart = cart_of_exactly(octets, limit(name), first=FIRST, now=NOW)
    assert cart is not None
    assert (limit(name).octets(cart), cart.lines[0], cart.changed_at) == (octets, FIRST[0], NOW)
    assert all(LOWEST_NUMBER <= line.number <= MAX_NUMBER for line in cart.lines[1:])


@pytest.mark.parametrize("octets", [*range(100, 110), 4096, 4097])
@pytest.mark.parametrize("last", [Line(1, 1), Line(9_999_999, 42)])
def test_a_cart_has_the_exact_size_with_its_last_line(octets: int, last: Line) -> None:
    cart = cart_of_exactly(octets, limit(), last=last, now=NOW)
    assert cart is not None
    assert last.number not in {line.number for line in cart.lines}
    assert limit().octets(Cart((*cart.lines, last), NOW)) == octets


def test_another_seed_gives_another_cart() -> None:
    one, other = (cart_of_exactly(900, limit(), now=NOW, seed=seed) for seed in (1, 2))
    assert None not in (one, other)
    assert one != other


def test_no_cart_fits_if_the_first_lines_are_too_long() -> None:
    assert cart_of_exactly(40, limit(), first=[Line(1, 1), Line(2, 999)], now=NOW) is None
