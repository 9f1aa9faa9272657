from __future__ import annotations

import pytest

from shop.core import budget, cookie
from shop.core.budget import Distribution, Meter
from shop.core.cart import Cart
from tests.unit.core.carts import KEYS, cart_filling, cart_of


@pytest.mark.parametrize(
    ("free_bytes", "more_lines"),
    [
        pytest.param(0, 0, id="full"),
        pytest.param(2, 0, id="less than one line"),
        pytest.param(3, 1, id="one line"),
        pytest.param(29, 9, id="nine lines"),
        pytest.param(59, 10, id="nineteen are about ten"),
        pytest.param(4059, 1000, id="1,353 are about a thousand"),
        pytest.param(2999, 900, id="just below a thousand are about nine hundred"),
    ],
)
def test_more_lines_is_rounded_down_to_one_significant_figure(
    free_bytes: int, more_lines: int
) -> None:
    assert Meter(4096 - free_bytes, 4096).more_lines == more_lines


def test_an_empty_cart_needs_no_bytes() -> None:
    assert budget.cookie_bytes(Cart(), KEYS, name="cart") == 0


@pytest.mark.parametrize("name", [cookie.NAME, cookie.SECURE_NAME])
def test_a_cart_needs_the_bytes_of_its_name_and_value(name: str) -> None:
    cart = cart_of((5, 2))
    value = cookie.encode(cart, KEYS, name=name)
    assert budget.cookie_bytes(cart, KEYS, name=name) == len(f"{name}{value}")


def test_a_cart_over_the_limit_is_still_counted() -> None:
    assert budget.cookie_bytes(cart_filling(5000), KEYS, name="cart") == 5004


def test_the_meter_uses_the_given_limit() -> None:
    meter = budget.Meter(budget.cookie_bytes(cart_filling(996), KEYS, name="cart"), 2000)
    assert (meter, meter.free_bytes) == (Meter(1000, 2000), 1000)


def test_each_line_has_its_part_of_the_json_and_its_bits() -> None:
    costs = budget.line_costs(cart_of((5, 2), (6, 2), (1, 9)))
    assert [(cost.line.number, cost.text) for cost in costs] == [(5, "5,2"), (6, "6,2"), (1, "1,9")]
    # 0 101 0 101, then 0 110 1 as the next number's code is no shorter, then 0 001 0 01100
    assert [cost.bits for cost in costs] == [8, 5, 10]
    assert budget.line_costs(Cart()) == ()


def test_the_bits_of_the_time_and_the_lines_fill_the_packed_payload() -> None:
    cart = cart_of((5, 2), (6, 2), (1, 9))
    assert budget.packed_bits(cart) == 28 + 8 + 5 + 10
    # the letter, and six bits to a character
    assert len(cookie.payload(cart)) == 1 + -(-budget.packed_bits(cart) // 6)


@pytest.mark.parametrize(
    ("sizes", "summed"),
    [
        pytest.param(
            [70],
            Distribution(count=1, fit=1.0, mean=70.0, p50=70, p95=70, p99=70, max=70),
            id="one size is every percentile",
        ),
        pytest.param(
            [4097, 100, 4096, 300],
            Distribution(count=4, fit=0.75, mean=2148.25, p50=300, p95=4097, p99=4097, max=4097),
            id="the limit itself fits, one more does not",
        ),
        pytest.param(
            range(300, 0, -1),
            Distribution(count=300, fit=1.0, mean=150.5, p50=150, p95=285, p99=297, max=300),
            id="three hundred sizes, nearest rank",
        ),
    ],
)
def test_sizes_are_summarised(sizes: list[int], summed: Distribution) -> None:
    assert budget.distribution(sizes) == summed


def test_the_share_that_fits_uses_the_given_limit() -> None:
    assert budget.distribution([10, 20, 30, 40], limit_bytes=30).fit == 0.75


def test_an_empty_list_of_sizes_cannot_be_summarised() -> None:
    with pytest.raises(ValueError, match=r"^there is nothing to sum up$"):
        budget.distribution([])
