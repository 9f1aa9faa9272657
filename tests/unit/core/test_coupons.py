from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shop.core import coupons, orders, pricing
from shop.core.cart import MAX_COUPON, Cart, Line
from shop.core.coupons import Coupon, Kind, Obstacle
from shop.core.money import Money
from shop.core.orders import Customer, Status
from shop.core.pricing import Quote, Rules, VatShare
from tests.unit.core.carts import cart_of
from tests.unit.core.test_pricing import PRODUCTS, RULES, pounds

NOW = 1000
TENTH = Coupon(7, "TENTH", Kind.PERCENT, 1000, pounds(0), pounds(0), None, None, 0)
FIVER = replace(TENTH, code="FIVER", kind=Kind.AMOUNT, basis_points=0, amount=pounds(500))
FREE = replace(TENTH, code="FREE", kind=Kind.FREE_SHIPPING, basis_points=0)


def quote(coupon: Coupon | None, *lines: tuple[int, int], rules: Rules = RULES) -> Quote:
    cart = cart_of(*lines).with_coupon(7)
    return pricing.quote(cart, PRODUCTS, rules, coupon, now=NOW)


def test_a_percentage_is_taken_off_the_goods_and_not_off_the_shipping() -> None:
    priced = quote(TENTH, (2, 1), (1, 2), (3, 3))
    sums = priced.sums
    assert (sums.subtotal, sums.discount, sums.shipping) == (pounds(3265), pounds(327), pounds(395))
    assert sums.total == pounds(3265 - 327 + 395)
    assert sums.coupon == "TENTH"
    assert priced.obstacle is None
    # 10.50, 19.00 and 3.15 bear 1.05, 1.90 and 0.32 of it: the exact shares are 105.16, 190.29 and
    # 31.55 pence. What is left holds 2.85 at 20 % and 0.13 at 5 %; the shipping holds 0.66.
    assert sums.vat == (
        VatShare(0, pounds(0)),
        VatShare(500, pounds(13)),
        VatShare(2000, pounds(285 + 66)),
    )


@pytest.mark.parametrize(
    ("coupon", "discount", "shipping"),
    [
        pytest.param(FIVER, 500, 395, id="an amount"),
        pytest.param(replace(FIVER, amount=pounds(99_999)), 1900, 395, id="more than the goods"),
        pytest.param(replace(TENTH, basis_points=10_000), 1900, 395, id="all of the goods"),
        pytest.param(replace(TENTH, basis_points=1), 0, 395, id="less than half a penny"),
        pytest.param(FREE, 0, 0, id="free shipping"),
    ],
)
def test_what_a_coupon_takes_off(coupon: Coupon, discount: int, shipping: int) -> None:
    sums = quote(coupon, (1, 2)).sums
    assert (sums.discount, sums.shipping) == (pounds(discount), pounds(shipping))
    assert sums.total == pounds(1900 - discount + shipping)


@pytest.mark.parametrize("coupon", [TENTH, replace(TENTH, ends_at=NOW)])
def test_a_quote_has_the_coupon_of_its_cart_only(coupon: Coupon) -> None:
    assert quote(coupon, (1, 1)).coupon is coupon
    without = pricing.quote(cart_of((1, 1)), PRODUCTS, RULES, coupon, now=NOW)
    assert (without.coupon, without.obstacle, without.sums.coupon) == (None, None, "")
    assert without.sums.discount == pounds(0)


def test_shipping_is_free_from_the_subtotal_before_the_discount() -> None:
    at_threshold = replace(RULES, free_shipping_from=pounds(1900))
    assert quote(FIVER, (1, 2), rules=at_threshold).sums.shipping == pounds(0)
    above = replace(RULES, free_shipping_from=pounds(1901))
    assert quote(FIVER, (1, 2), rules=above).until_free_shipping == pounds(1)
    assert quote(FREE, (1, 2), rules=above).until_free_shipping is None


@pytest.mark.parametrize(
    ("coupon", "obstacle"),
    [
        pytest.param(None, Obstacle.UNKNOWN, id="deleted"),
        pytest.param(replace(TENTH, ends_at=NOW), Obstacle.ENDED, id="ended now"),
        pytest.param(replace(TENTH, ends_at=NOW + 1), None, id="its last second"),
        pytest.param(replace(TENTH, most_uses=2, uses=2), Obstacle.USED_UP, id="used up"),
        pytest.param(replace(TENTH, most_uses=2, uses=1), None, id="its last use"),
        pytest.param(replace(TENTH, from_subtotal=pounds(1901)), Obstacle.TOO_LITTLE, id="a penny"),
        pytest.param(replace(TENTH, from_subtotal=pounds(1900)), None, id="enough"),
        pytest.param(
            replace(
                TENTH,
                amount=replace(pounds(0), currency="EUR"),
                from_subtotal=replace(pounds(0), currency="EUR"),
            ),
            Obstacle.FOREIGN,
            id="in euros",
        ),
    ],
)
def test_a_coupon_that_does_not_apply_says_why_and_takes_nothing_off(
    coupon: Coupon | None, obstacle: Obstacle | None
) -> None:
    priced = quote(coupon, (1, 2))
    plain = pricing.quote(cart_of((1, 2)), PRODUCTS, RULES)
    assert priced.obstacle is obstacle
    assert (priced.sums == plain.sums) == (obstacle is not None)
    assert priced.is_orderable
    if obstacle:
        assert priced.fingerprint == plain.fingerprint


def test_a_coupon_that_the_cart_does_not_have_takes_nothing_off() -> None:
    plain = pricing.quote(cart_of((1, 2)), PRODUCTS, RULES, TENTH, now=NOW)
    assert (plain.sums.coupon, plain.sums.discount, plain.obstacle) == ("", pounds(0), None)


def test_a_fingerprint_changes_with_the_coupon() -> None:
    prints = {quote(coupon, (1, 2)).fingerprint for coupon in (None, TENTH, FIVER, FREE)}
    same = quote(replace(TENTH, code="OTHER", most_uses=5), (1, 2)).fingerprint
    assert len(prints | {same}) == 5


@pytest.mark.parametrize(
    ("amount", "totals", "expected"),
    [
        pytest.param(1, [1, 1, 1], [1, 0, 0], id="the earlier of equal ones"),
        pytest.param(2, [1, 2, 3], [0, 1, 1], id="the largest remainders"),
        pytest.param(6, [1, 2, 3], [1, 2, 3], id="everything"),
        pytest.param(0, [5, 0], [0, 0], id="nothing"),
        pytest.param(0, [], [], id="nothing of nothing"),
        pytest.param(3, [0, 7], [0, 3], id="nothing of what costs nothing"),
    ],
)
def test_an_amount_is_split_to_the_unit(
    amount: int, totals: list[int], expected: list[int]
) -> None:
    assert coupons.shares(amount, totals) == expected


@pytest.mark.parametrize(("amount", "totals"), [(7, [1, 2, 3]), (-1, [5]), (1, [])])
def test_no_more_is_split_than_there_is(amount: int, totals: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^an amount to split is at most the sum of the totals$"):
        coupons.shares(amount, totals)


@pytest.mark.parametrize(
    ("written", "code"),
    [("spring10", "SPRING10"), (" Spring 10\t", "SPRING10"), ("A-B", "A-B"), ("A" * 20, "A" * 20)],
)
def test_a_code_is_read_however_it_is_written(written: str, code: str) -> None:
    assert coupons.code_of(written) == code


@pytest.mark.parametrize("written", ["", "AB", "A" * 21, "-AB", "ÄÖÜ", "A_B", "A'B", "\0\0\0"])
def test_what_is_no_code_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="3 to 20 letters, digits and hyphens"):
        coupons.code_of(written)


@pytest.mark.parametrize(
    "change",
    [{"basis_points": 10_001}, {"basis_points": -1}, {"amount": pounds(-1)}],
)
def test_a_coupon_never_takes_off_more_than_everything(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^a coupon takes off at most everything, and never less"):
        replace(TENTH, **change)


@pytest.mark.parametrize("basis_points", [0, 1, 9_999, 10_000])
def test_a_coupon_takes_off_anything_from_nothing_to_everything(basis_points: int) -> None:
    assert replace(TENTH, basis_points=basis_points).basis_points == basis_points


def test_a_coupon_has_one_currency() -> None:
    with pytest.raises(ValueError, match=r"^a coupon has one currency$"):
        replace(TENTH, amount=Money(0, "EUR"))


def test_a_cart_keeps_its_coupon_through_every_change_of_its_lines() -> None:
    cart = cart_of((1, 2), (2, 1)).with_coupon(7)
    other = cart_of((3, 1)).with_coupon(8)
    changed = [
        cart.add(1, 1, now=5, max_quantity=9),
        cart.add(3, 1, now=5, max_quantity=9),
        cart.set_quantity(1, 3, now=5, max_quantity=9),
        cart.remove(1, now=5),
        cart.without({2}),
        cart.touched(5),
        cart.merged_with(other, now=5),
        cart_of((9, 1)).merged_with(cart, now=5),
    ]
    assert [each.coupon for each in changed] == [7] * len(changed)


@pytest.mark.parametrize("coupon", [-1, MAX_COUPON + 1])
def test_a_cart_refuses_a_number_out_of_range(coupon: int) -> None:
    with pytest.raises(ValueError, match=r"^the number of the coupon is out of range$"):
        Cart((Line(1, 1),), coupon=coupon)


@pytest.mark.parametrize(
    ("coupon", "status"),
    [
        pytest.param(replace(TENTH, basis_points=10_000), Status.PAID, id="nothing to pay"),
        pytest.param(TENTH, Status.PLACED, id="something to pay"),
    ],
)
def test_an_order_that_costs_nothing_is_paid_at_once(coupon: Coupon, status: Status) -> None:
    rules = replace(RULES, shipping=pounds(0))
    order = orders.place(
        quote(coupon, (1, 2), rules=rules),
        Customer("Ada", "ada@example.com", "12 Row", ""),
        token="t" * 22,
        once_key="once",
        now=NOW,
        payment="invoice",
    )
    assert order.status is status
    assert order.history[0].status is Status.PLACED
    assert {step.at for step in order.history} == {NOW}
    assert order.is_owed == (status is Status.PLACED)
