"""What changes between the page of the checkout and the order: told first, and never ordered."""

from __future__ import annotations

from typing import Any

import pytest

from shop.core import orders as orders_of
from tests.conftest import OpenShop
from tests.integration.checkouts import alert, once, orders, place
from tests.integration.client import (
    LintingClient,
    cart_headers,
    elements,
    field_value,
    parsed,
    text_of,
)


@pytest.fixture
def buyer(visitor: LintingClient) -> LintingClient:
    """A shopper with two salt pigs (33 are in stock) in the cart."""
    visitor.add("SALT-PIG", 2)
    return visitor


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("update products set stock = 1", id="sold to somebody else"),
        pytest.param("update products set is_active = false", id="withdrawn from sale"),
        pytest.param(
            "update products set is_active = false, stock = null", id="the same, unlimited"
        ),
        pytest.param("delete from products", id="deleted"),
    ],
)
def test_what_changes_after_the_quote_is_not_sold(
    shop: OpenShop, buyer: LintingClient, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    real_place = orders_of.place

    def place_after_the_change(*args: Any, **named: Any) -> object:
        shop.sql(f"{change} where sku = 'SALT-PIG'")
        return real_place(*args, **named)

    token = once(buyer)
    monkeypatch.setattr(orders_of, "place", place_after_the_change)
    response = place(buyer, token)
    assert (response.status_code, cart_headers(response), orders(shop)) == (409, [], 0)
    assert "has just been sold, or withdrawn from sale" in alert(response)
    assert shop.sql("select count(*) from order_lines") == [(0,)]
    assert (1,) not in shop.sql("select stock < 1 from products where sku = 'SALT-PIG'")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param("price_minor = price_minor + 100", "The total is now £42.95", id="dearer"),
        pytest.param("stock = 1", "Something in your cart cannot be ordered", id="too few left"),
    ],
)
def test_a_change_is_told_before_a_mistake_in_the_form(
    shop: OpenShop, buyer: LintingClient, change: str, message: str
) -> None:
    # Told the other way round, the corrected form would order at a price that nobody was told.
    token = once(buyer)
    shop.sql(f"update products set {change} where sku = 'SALT-PIG'")
    response = place(buyer, token, email="ada")
    assert (response.status_code, orders(shop)) == (409, 0)
    assert message in alert(response)


def test_the_mistake_in_the_form_is_told_with_the_changed_price(
    shop: OpenShop, buyer: LintingClient
) -> None:
    token = once(buyer)
    shop.sql("update products set price_minor = price_minor + 100 where sku = 'SALT-PIG'")
    response = place(buyer, token, email="ada")
    assert "a complete email address" in text_of(response.text, "#email-error")
    assert field_value(response.text, "email") == "ada"
    again = place(buyer, field_value(response.text, "once"), email="ada")
    assert (again.status_code, elements(parsed(again.text), "p[role=alert]")) == (422, [])


def test_a_form_that_was_open_for_too_long_is_told_before_its_mistakes(
    shop: OpenShop, buyer: LintingClient
) -> None:
    response = place(buyer, "nonsense", email="ada")
    assert (response.status_code, orders(shop)) == (409, 0)
    assert "open for too long" in alert(response)
