from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from shop.core import pricing
from shop.core.cart import Cart
from shop.core.catalogue import Product
from shop.core.money import Money
from shop.core.pricing import Rules
from tests.properties.test_cart import SMALL_CARTS

AMOUNTS = st.integers(0, 10**7)
RATES = st.sampled_from((0, 1, 500, 550, 2000, 9999))


def product(
    number: int, price: int, rate: int, stock: int | None, is_active: bool, currency: str
) -> Product:
    return Product(
        number=number,
        sku=f"P{number}",
        slug=f"p{number}",
        name="P",
        description="",
        category="C",
        price=Money(price, currency),
        vat_basis_points=rate,
        stock=stock,
        image=None,
        is_active=is_active,
    )


PRODUCTS = st.lists(
    st.builds(
        product,
        st.integers(1, 8),
        AMOUNTS,
        RATES,
        st.none() | st.none() | st.integers(0, 99),
        st.sampled_from((True, True, True, False)),
        st.sampled_from(("GBP", "GBP", "GBP", "EUR")),
    ),
    max_size=16,
).map(lambda products: {product.number: product for product in products})
RULES = st.builds(
    lambda shipping, threshold, rate: Rules(
        currency="GBP",
        shipping=Money(shipping, "GBP"),
        free_shipping_from=None if threshold is None else Money(threshold, "GBP"),
        shipping_vat_basis_points=rate,
        max_quantity=50,
    ),
    AMOUNTS,
    st.none() | AMOUNTS,
    RATES,
)


def contained(gross: int, basis_points: int) -> int:
    exact = Decimal(gross) * basis_points / (10_000 + basis_points)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(SMALL_CARTS, PRODUCTS, RULES)
def test_a_total_is_the_sum_of_its_lines_and_shipping(
    cart: Cart, products: dict[int, Product], rules: Rules
) -> None:
    quote = pricing.quote(cart, products, rules)
    lines = sum(line.total.minor for line in quote.lines)
    assert quote.sums.subtotal.minor == lines
    assert quote.sums.total.minor == lines + quote.sums.shipping.minor
    assert [line.line for line in quote.lines] == list(cart.lines)
    assert quote.sums.shipping in (rules.shipping, Money(0, "GBP"))


@given(SMALL_CARTS, PRODUCTS, RULES)
def test_the_vat_at_each_rate_is_the_sum_over_its_lines(
    cart: Cart, products: dict[int, Product], rules: Rules
) -> None:
    quote = pricing.quote(cart, products, rules)
    shares: dict[int, int] = {}
    for line in quote.charged:
        assert line.product is not None
        rate = line.product.vat_basis_points
        shares[rate] = shares.get(rate, 0) + contained(line.total.minor, rate)
    if quote.sums.shipping.minor:
        rate = rules.shipping_vat_basis_points
        shares[rate] = shares.get(rate, 0) + contained(quote.sums.shipping.minor, rate)
    assert {share.basis_points: share.amount.minor for share in quote.sums.vat} == shares


@given(SMALL_CARTS, PRODUCTS, RULES)
def test_reaching_the_threshold_makes_shipping_free(
    cart: Cart, products: dict[int, Product], rules: Rules
) -> None:
    quote = pricing.quote(cart, products, rules)
    reached = replace(rules, free_shipping_from=quote.sums.subtotal)
    assert pricing.quote(cart, products, reached).sums.shipping.minor == 0
    threshold = rules.free_shipping_from
    if quote.until_free_shipping is not None:
        assert quote.until_free_shipping.minor > 0
        assert quote.sums.shipping == rules.shipping
        assert quote.sums.subtotal + quote.until_free_shipping == threshold
    elif threshold is not None and quote.charged:
        assert quote.sums.shipping.minor == 0
