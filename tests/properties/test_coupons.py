from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shop.core import cookie, coupons, pricing
from shop.core.cart import MAX_COUPON, Cart
from shop.core.catalogue import Product
from shop.core.coupons import Coupon, Kind
from shop.core.money import Money
from shop.core.pricing import Rules
from tests.properties.carts import KEYS, carts
from tests.properties.test_cart import SMALL_CARTS
from tests.properties.test_pricing import AMOUNTS, PRODUCTS, RULES, contained

NOW = 1000
NUMBERS = st.integers(1, MAX_COUPON)
COUPONS = st.builds(
    lambda kind, points, amount, needed, ends_at, most: Coupon(
        number=1,
        code="CODE",
        kind=kind,
        basis_points=points,
        amount=Money(amount, "GBP"),
        from_subtotal=Money(needed, "GBP"),
        ends_at=ends_at,
        most_uses=most,
        uses=1,
    ),
    st.sampled_from(Kind),
    st.integers(0, 10_000),
    AMOUNTS,
    st.just(0) | st.just(0) | AMOUNTS,
    st.none() | st.none() | st.integers(NOW - 1, NOW + 1),
    st.none() | st.none() | st.integers(1, 2),
)


@given(SMALL_CARTS, PRODUCTS, RULES, COUPONS)
def test_a_coupon_never_makes_anything_dearer_and_all_figures_add_up(
    cart: Cart, products: dict[int, Product], rules: Rules, coupon: Coupon
) -> None:
    plain = pricing.quote(cart, products, rules).sums
    priced = pricing.quote(cart.with_coupon(1), products, rules, coupon, now=NOW)
    sums = priced.sums
    assert sums.subtotal == plain.subtotal
    assert Money(0, "GBP") <= sums.discount <= sums.subtotal
    assert sums.total.minor == sums.subtotal.minor - sums.discount.minor + sums.shipping.minor
    assert sums.total <= plain.total
    assert bool(sums.coupon) == (priced.obstacle is None)
    if priced.obstacle:
        assert sums == plain


@given(SMALL_CARTS, PRODUCTS, RULES, COUPONS)
def test_the_vat_is_that_in_what_is_paid_for_each_line(
    cart: Cart, products: dict[int, Product], rules: Rules, coupon: Coupon
) -> None:
    quote = pricing.quote(cart.with_coupon(1), products, rules, coupon, now=NOW)
    sums = quote.sums
    paid: dict[int, int] = {}
    lines: dict[int, int] = {}
    for line in quote.charged:
        assert line.product is not None
        rate = line.product.vat_basis_points
        paid[rate] = paid.get(rate, 0) + line.total.minor
        lines[rate] = lines.get(rate, 0) + 1
    for share in sums.vat:
        rate = share.basis_points
        whole = sums.subtotal.minor
        goods = paid.get(rate, 0)
        less = goods - goods * sums.discount.minor // whole if whole else 0
        expected = contained(less, rate)
        if sums.shipping.minor and rate == rules.shipping_vat_basis_points:
            expected += contained(sums.shipping.minor, rate)
        # a line is at most a unit of its share and half a unit of its rounding away
        assert abs(share.amount.minor - expected) <= 2 * lines.get(rate, 0) + 1


@given(st.lists(AMOUNTS, max_size=20), st.integers(0, 10**9))
def test_shares_add_up_and_are_less_than_a_unit_from_the_exact_ones(
    totals: list[int], part: int
) -> None:
    whole = sum(totals)
    amount = min(part, whole)
    shares = coupons.shares(amount, totals)
    assert sum(shares) == amount
    for share, total in zip(shares, totals, strict=True):
        assert 0 <= share <= total
        assert abs(share * whole - amount * total) < max(1, whole)


@given(carts(), NUMBERS)
def test_a_coupon_costs_five_octets_and_is_read_again(cart: Cart, number: int) -> None:
    without = cookie.payload(cart.with_coupon(0))
    payload = cookie.payload(cart.with_coupon(number))
    assert len(payload) == len(without) + 5
    value = cookie.sign(payload, KEYS)
    read = cookie.decode(value, KEYS, now=cart.changed_at, max_age_seconds=0)
    assert read == cart.with_coupon(number)
    document = cookie.dissect(value, KEYS).document
    assert (document[0], document[2]) == (3, number)
    assert (*document[1:2], *document[3:]) == cookie.dissect(
        cookie.sign(without, KEYS), KEYS
    ).document[1:]
