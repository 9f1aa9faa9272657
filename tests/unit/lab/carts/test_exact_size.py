from __future__ import annotations

import pytest

from shop.core.cart import MAX_NUMBER, Line
from shop.lab.carts.exact_size import LOWEST_NUMBER, exactly
from shop.lab.carts.filling import Jar

NOW = 1_780_000_000
FIRST = [Line(1, 1)]


@pytest.mark.parametrize("name", ["cart", "__Host-cart"])
@pytest.mark.parametrize("octets", [*range(64, 80), 1000, 1999, 2000, 4094, 4095, 4096])
def test_a_cart_is_made_to_the_byte(name: str, octets: int) -> None:
    jar = Jar(name, ("a key",), 4096)
    cart = exactly(jar, octets, FIRST, now=NOW)
    assert cart is not None
    assert (jar.octets(cart), cart.lines[0], cart.changed_at) == (octets, FIRST[0], NOW)
    assert all(LOWEST_NUMBER <= line.number <= MAX_NUMBER for line in cart.lines[1:])


def test_a_jar_too_small_for_its_first_lines_holds_none() -> None:
    assert exactly(Jar("cart", ("a key",), 40), 40, [Line(1, 1), Line(2, 999)], now=NOW) is None
