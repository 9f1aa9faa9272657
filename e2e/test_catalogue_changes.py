"""Changes of the catalogue are shown at the line in the cart, and never charged unseen."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from e2e.support import carts
from e2e.support.demo_catalogue import MUG, PENCIL
from e2e.support.pages import Shopper
from e2e.support.server import World

HALF_A_DAY = 0.5
AN_HOUR = 3600


def new_price(world: World, number: int, minor: int) -> None:
    """Sets a new price as of an hour ago; before, the catalogue's price applied."""
    world.change("UPDATE prices SET since = 1 WHERE product_number = ?", number)
    world.change(
        "INSERT INTO prices (product_number, price_minor, currency, since) VALUES (?, ?, 'GBP', ?)",
        number,
        minor,
        int(time.time()) - AN_HOUR,
    )
    world.change("UPDATE products SET price_minor = ? WHERE number = ?", minor, number)


def test_a_changed_price_is_shown_at_its_line(own_shopper: Shopper, world: World) -> None:
    new_price(world, PENCIL, 95)
    value = carts.value_of({MUG: 1, PENCIL: 2}, aged_days=HALF_A_DAY)
    carts.put(own_shopper.page.context, own_shopper.url, value)

    cart = own_shopper.opens_cart()
    expect(cart.line("Cedar pencil")).to_contain_text("Now £0.95, was £0.85 when you last looked.")
    expect(cart.line("Everyday mug")).not_to_contain_text("when you last looked")
    kept = carts.cart_cookie(own_shopper.page.context)
    assert kept is not None
    assert kept["value"] == value


def test_a_changed_price_is_shown_when_something_is_added(
    own_shopper: Shopper, world: World
) -> None:
    new_price(world, PENCIL, 75)
    carts.put(
        own_shopper.page.context, own_shopper.url, carts.value_of({PENCIL: 2}, aged_days=HALF_A_DAY)
    )

    own_shopper.visits("/products/everyday-mug")
    own_shopper.adds_here().says("Cedar pencil is now £0.75, was £0.85 when you last looked.")


def test_unavailable_products_are_marked_and_not_charged(
    own_shopper: Shopper, world: World
) -> None:
    own_shopper.adds("everyday-mug")
    cart = own_shopper.adds("cedar-pencil")
    world.change("UPDATE products SET stock = 0 WHERE number = ?", MUG)
    world.change("UPDATE products SET is_active = 0 WHERE number = ?", PENCIL)

    cart.page.reload()
    expect(cart.line("Everyday mug")).to_contain_text("Sold out, so it is not charged")
    expect(cart.line("Cedar pencil")).to_contain_text("No longer sold, so it is not charged")
    expect(cart.page.get_by_label("Totals")).to_contain_text("Total£0.00")
    expect(cart.page.get_by_text("Nothing here can be ordered at the moment.")).to_be_visible()


def test_a_refused_add_to_a_full_cart_is_reported_in_the_mini_cart(shopper: Shopper) -> None:
    full = carts.full_for_one_more({MUG: 1})
    carts.put(shopper.page.context, shopper.url, full)

    shopper.visits("/products/everyday-mug")
    shopper.adds_here().says("“Everyday mug” does not fit into your cart.").is_closed_by_escape()
    kept = carts.cart_cookie(shopper.page.context)
    assert kept is not None
    assert kept["value"] == full
