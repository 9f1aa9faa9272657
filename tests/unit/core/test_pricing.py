from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shop.core import pricing
from shop.core.cart import Cart
from shop.core.catalogue import Product
from shop.core.money import Money
from shop.core.pricing import Problem, Quote, Rules, VatShare
from tests.unit.core.carts import cart_of
from tests.unit.core.test_catalogue import MUG


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


RULES = Rules(
    currency="GBP",
    shipping=pounds(395),
    free_shipping_from=pounds(4000),
    shipping_vat_basis_points=2000,
    max_quantity=99,
)
BOOK = replace(MUG, number=2, sku="BOOK", slug="book", price=pounds(1050), vat_basis_points=0)
SEED = replace(MUG, number=3, sku="SEED", slug="seed", price=pounds(105), vat_basis_points=500)
PRODUCTS = {product.number: product for product in (MUG, BOOK, SEED)}


def quote(*lines: tuple[int, int], rules: Rules = RULES) -> Quote:
    return pricing.quote(cart_of(*lines), PRODUCTS, rules)


def test_a_quote_is_priced_line_by_line() -> None:
    priced = quote((2, 1), (1, 2), (3, 3))
    assert [line.total for line in priced.lines] == [pounds(1050), pounds(1900), pounds(315)]
    assert (priced.sums.subtotal, priced.sums.shipping, priced.sums.total) == (
        pounds(3265),
        pounds(395),
        pounds(3660),
    )
    # 19.00 and 3.95 hold 3.17 and 0.66 at 20 %; 3.15 holds 0.15 at 5 %
    assert priced.sums.vat == (
        VatShare(0, pounds(0)),
        VatShare(500, pounds(15)),
        VatShare(2000, pounds(317 + 66)),
    )
    assert priced.until_free_shipping == pounds(735)
    assert priced.is_orderable


def test_vat_is_rounded_per_line_and_not_on_the_sum() -> None:
    products = {number: replace(MUG, number=number, price=pounds(3)) for number in (1, 2)}
    rules = replace(RULES, shipping=pounds(0))
    priced = pricing.quote(cart_of((1, 1), (2, 1)), products, rules)
    assert priced.sums.vat == (VatShare(2000, pounds(2)),)  # on the sum it would be 1


def test_a_rate_of_the_catalogue_is_another_where_the_order_goes() -> None:
    rules = replace(RULES, shipping=pounds(0), vat_rates={2000: 1900})
    priced = quote((1, 1), (3, 1), rules=rules)
    assert [line.vat_basis_points for line in priced.lines] == [1900, 500]
    # 9.50 holds 1.52 at 19 %, 1.05 holds 0.05 at 5 %
    assert priced.sums.vat == (VatShare(500, pounds(5)), VatShare(1900, pounds(152)))


def test_the_vat_of_shipping_has_its_own_rate() -> None:
    priced = quote((1, 2), rules=replace(RULES, shipping_vat_basis_points=500))
    # 19.00 holds 3.17 at 20 %, and 3.95 holds 0.19 at 5 %
    assert priced.sums.vat == (VatShare(500, pounds(19)), VatShare(2000, pounds(317)))


def test_an_empty_cart_costs_nothing_and_is_not_orderable() -> None:
    priced = pricing.quote(Cart(), PRODUCTS, RULES)
    assert (priced.sums.subtotal, priced.sums.shipping, priced.sums.total) == (pounds(0),) * 3
    assert (priced.sums.vat, priced.until_free_shipping, priced.is_orderable) == ((), None, False)


@pytest.mark.parametrize(
    ("threshold", "shipping", "charged", "missing"),
    [
        pytest.param(1901, 395, 395, 1, id="a penny below the threshold"),
        pytest.param(1900, 395, 0, None, id="at the threshold"),
        pytest.param(0, 395, 0, None, id="always free"),
        pytest.param(None, 395, 395, None, id="never free"),
        pytest.param(5000, 0, 0, None, id="free anyway"),
    ],
)
def test_shipping_is_free_from_the_threshold_on(
    threshold: int | None, shipping: int, charged: int, missing: int | None
) -> None:
    rules = replace(
        RULES,
        shipping=pounds(shipping),
        free_shipping_from=None if threshold is None else pounds(threshold),
    )
    priced = quote((1, 2), rules=rules)
    assert priced.sums.shipping == pounds(charged)
    assert priced.sums.total == pounds(1900 + charged)
    assert priced.until_free_shipping == (None if missing is None else pounds(missing))


@pytest.mark.parametrize(
    ("product", "quantity", "problem"),
    [
        pytest.param(MUG, 99, None, id="the maximum of an order"),
        pytest.param(replace(MUG, stock=2), 2, None, id="the whole stock"),
        pytest.param(None, 1, Problem.DELETED, id="deleted"),
        pytest.param(replace(MUG, is_active=False), 1, Problem.DISCONTINUED, id="discontinued"),
        pytest.param(replace(MUG, price=Money(1, "EUR")), 1, Problem.FOREIGN, id="in euros"),
        pytest.param(replace(MUG, stock=0), 1, Problem.SOLD_OUT, id="sold out"),
        pytest.param(replace(MUG, stock=2), 3, Problem.TOO_FEW, id="one more than in stock"),
        pytest.param(MUG, 100, Problem.TOO_MANY, id="one more than the maximum of an order"),
        pytest.param(
            replace(MUG, stock=0, is_active=False, price=Money(1, "EUR")),
            100,
            Problem.DISCONTINUED,
            id="the most serious problem first",
        ),
        pytest.param(replace(MUG, stock=5), 100, Problem.TOO_FEW, id="stock before order limit"),
    ],
)
def test_a_line_reports_its_most_serious_problem(
    product: Product | None, quantity: int, problem: Problem | None
) -> None:
    [line] = cart_of((1, quantity)).lines
    assert pricing.problem(line, product, RULES) is problem


@pytest.mark.parametrize(
    "products",
    [
        pytest.param({}, id="deleted"),
        pytest.param({1: replace(MUG, is_active=False)}, id="discontinued"),
        pytest.param({1: replace(MUG, price=Money(1, "EUR"))}, id="foreign"),
        pytest.param({1: replace(MUG, stock=0)}, id="sold out"),
    ],
)
def test_a_line_that_cannot_be_sold_is_shown_and_costs_nothing(
    products: dict[int, Product],
) -> None:
    priced = pricing.quote(cart_of((1, 2), (2, 1)), {**products, 2: BOOK}, RULES)
    alone = pricing.quote(cart_of((2, 1)), {2: BOOK}, RULES)
    assert [line.line.number for line in priced.left_out] == [1]
    assert (priced.lines[0].product, priced.lines[0].total) == (products.get(1), pounds(0))
    assert (priced.sums.total, priced.sums.vat) == (alone.sums.total, alone.sums.vat)
    assert priced.is_orderable
    assert not pricing.quote(cart_of((1, 2)), products, RULES).is_orderable


@pytest.mark.parametrize(
    "stock", [pytest.param(2, id="too few"), pytest.param(None, id="too many")]
)
def test_a_line_with_a_fixable_problem_is_charged_and_blocks_the_order(stock: int | None) -> None:
    priced = pricing.quote(
        cart_of((1, 100), (2, 1)), {1: replace(MUG, stock=stock), 2: BOOK}, RULES
    )
    assert [line.line.number for line in priced.charged] == [1, 2]
    assert priced.sums.subtotal == pounds(100 * 950 + 1050)
    assert not priced.is_orderable


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: quote((1, 3), (2, 1)), id="another quantity"),
        pytest.param(lambda: quote((2, 1)), id="one line fewer"),
        pytest.param(
            lambda: quote((1, 2), (2, 1), rules=replace(RULES, shipping=pounds(394))),
            id="another shipping",
        ),
        pytest.param(
            lambda: quote((1, 2), (2, 1), rules=replace(RULES, shipping_vat_basis_points=500)),
            id="another VAT",
        ),
        pytest.param(
            lambda: pricing.quote(
                cart_of((1, 2), (2, 1)), {**PRODUCTS, 1: replace(MUG, price=pounds(951))}, RULES
            ),
            id="another price",
        ),
    ],
)
def test_a_fingerprint_changes_with_what_is_charged(other: Callable[[], Quote]) -> None:
    assert other().fingerprint != quote((1, 2), (2, 1)).fingerprint


def test_a_fingerprint_ignores_what_does_not_affect_the_charge() -> None:
    renamed = {**PRODUCTS, 1: replace(MUG, name="Cup", stock=50)}
    left_out = pricing.quote(cart_of((1, 2), (2, 1), (4, 1)), renamed, RULES)
    assert left_out.fingerprint == quote((1, 2), (2, 1)).fingerprint
