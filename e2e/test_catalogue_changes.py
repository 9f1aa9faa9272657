"""What changed behind a shopper's back is told at its line, and never charged unseen."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from e2e.support import jar
from e2e.support.demo_catalogue import MUG, PENCIL
from e2e.support.pages import Shopper
from e2e.support.server import RunningShop

HALF_A_DAY = 0.5
AN_HOUR = 3600


@pytest.fixture
def there(own_shop: RunningShop, page: Page) -> Shopper:
    return Shopper(page, own_shop.url)


def new_price(shop: RunningShop, number: int, minor: int) -> None:
    """A price from an hour ago on; before, the product cost what it costs in the catalogue."""
    shop.change("UPDATE prices SET since = 1 WHERE product_number = ?", number)
    shop.change(
        "INSERT INTO prices (product_number, price_minor, currency, since) VALUES (?, ?, 'GBP', ?)",
        number,
        minor,
        int(time.time()) - AN_HOUR,
    )
    shop.change("UPDATE products SET price_minor = ? WHERE number = ?", minor, number)


def test_a_changed_price_is_told_at_its_line(there: Shopper, own_shop: RunningShop) -> None:
    new_price(own_shop, PENCIL, 95)
    value = jar.value_of({MUG: 1, PENCIL: 2}, aged_days=HALF_A_DAY)
    jar.put(there.page.context, there.url, value)

    cart = there.opens_cart()
    expect(cart.line("Cedar pencil")).to_contain_text("Now £0.95, was £0.85 when you last looked.")
    expect(cart.line("Everyday mug")).not_to_contain_text("when you last looked")
    kept = jar.cart_cookie(there.page.context)
    assert kept is not None
    assert kept["value"] == value


def test_a_changed_price_is_told_to_whoever_adds_first(
    there: Shopper, own_shop: RunningShop
) -> None:
    new_price(own_shop, PENCIL, 75)
    jar.put(there.page.context, there.url, jar.value_of({PENCIL: 2}, aged_days=HALF_A_DAY))

    there.visits("/products/everyday-mug")
    there.adds_here().says("Cedar pencil is now £0.75, was £0.85 when you last looked.")


def test_what_is_sold_out_or_no_longer_sold_is_told_and_not_charged(
    there: Shopper, own_shop: RunningShop
) -> None:
    there.adds("everyday-mug")
    cart = there.adds("cedar-pencil")
    own_shop.change("UPDATE products SET stock = 0 WHERE number = ?", MUG)
    own_shop.change("UPDATE products SET is_active = 0 WHERE number = ?", PENCIL)

    cart.page.reload()
    expect(cart.line("Everyday mug")).to_contain_text("Sold out, so it is not charged")
    expect(cart.line("Cedar pencil")).to_contain_text("No longer sold, so it is not charged")
    expect(cart.page.get_by_label("Sums")).to_contain_text("Total£0.00")
    expect(cart.page.get_by_text("Nothing here can be ordered at the moment.")).to_be_visible()


def test_a_cart_refused_for_size_is_told_beside_the_page(shopper: Shopper) -> None:
    full = jar.full_for_one_more({MUG: 1})
    jar.put(shopper.page.context, shopper.url, full)

    shopper.visits("/products/everyday-mug")
    shopper.adds_here().says("“Everyday mug” does not fit into your cart.").is_closed_by_escape()
    kept = jar.cart_cookie(shopper.page.context)
    assert kept is not None
    assert kept["value"] == full
