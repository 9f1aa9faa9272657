"""The museum of carts: viewing changes nothing; loaded carts are exact and can be undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from e2e.support import carts
from e2e.support.pages import Shopper
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.museum.exhibits import EXHIBITS

PENCIL = 32
OWN_CART = {PENCIL: 3}


def load(shopper: Shopper, name: str) -> Page:
    page = shopper.visits(f"/limits/museum/{name}")
    page.get_by_role("button", name="Put this cart into my browser").click()
    expect(page.get_by_text("In your browser now, byte for byte")).to_be_visible()
    return page


def test_every_exhibit_behaves_as_described_and_leaves_the_cart_alone(either: Shopper) -> None:
    page = either.page
    carts.put(page.context, either.url, carts.value_of(OWN_CART))
    before = carts.cart_cookie(page.context)
    either.visits("/limits")
    for at, exhibit in enumerate(EXHIBITS):
        room = page.get_by_role("navigation", name="Exhibits") if at else page.locator("main")
        either.follows(room.get_by_role("link", name=exhibit.title).last, to=exhibit.title)
        table = page.get_by_role("table", name="What should happen")
        expect(table.get_by_role("cell", name="✓ does", exact=True)).to_have_count(
            len(exhibit.expected)
        )
        assert carts.cart_cookie(page.context) == before
    either.opens_cart().holds("Cedar pencil", 3)


def test_a_full_cart_can_be_loaded_takes_no_more_and_can_be_undone(either: Shopper) -> None:
    carts.put(either.page.context, either.url, carts.value_of(OWN_CART))
    page = load(either, "full")
    loaded_url = page.url
    loaded = carts.cart_cookie(page.context)
    assert carts.octets(carts.cart_cookie(page.context)) == BROWSER_LIMIT_BYTES

    either.visits("/products/beech-bread-board")
    page.get_by_role("button", name="Add to cart").click()
    expect(
        page.get_by_text("“Beech bread board” does not fit into your cart").first
    ).to_be_visible()
    assert carts.cart_cookie(page.context) == loaded

    page.goto(loaded_url)
    page.get_by_role("button", name="Put my own cart back").click()
    expect(page.get_by_text("Undone. Your cart is as it was before")).to_be_visible()
    either.opens_cart().holds("Cedar pencil", 3)
    cart = carts.held_cart(page.context)
    assert cart is not None
    assert {line.number: line.quantity for line in cart.lines} == OWN_CART


def test_a_cart_in_its_grace_period_can_be_loaded_and_restored(either: Shopper) -> None:
    page = load(either, "expired-in-grace")
    expect(page.get_by_role("heading", name="has expired. Restore it?")).to_be_visible()
    page.get_by_role("button", name="Restore it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")
    expect(page.get_by_text("Your cart is back")).to_be_visible()
    either.opens_cart().holds("Everyday mug")


@pytest.mark.parametrize("name", ["full", "two-of-one-name"])
def test_on_https_exhibits_use_the_prefixed_cookie(
    shopper: Shopper, https_url: str, name: str
) -> None:
    page = Shopper(shopper.page, https_url).visits(f"/limits/museum/{name}")
    expect(page.get_by_label("Cookie header", exact=True)).to_contain_text("Cookie: __Host-cart=")
    expect(page.get_by_role("cell", name="✗ does not")).to_have_count(0)
    expect(page.get_by_role("cell", name="✓ does", exact=True)).not_to_have_count(0)
    assert carts.cart_cookie(page.context) is None
