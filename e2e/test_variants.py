"""Choosing a variant, with and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from pytest_playwright import CreateContextCallback

from e2e.support.pages import Shopper
from e2e.support.server import RunningShop

POUCH = "/products/waxed-pouch"
LARGE = f"{POUCH}-large-ochre"


def choice(page: Page, option: str, value: str) -> Locator:
    """The link to a value of an option."""
    return page.get_by_role("group", name=option).get_by_role("link", name=value)


def shows(page: Page, *, size: str, colour: str, price: str, path: str) -> None:
    """Waits until a variant is chosen, at its own address, with its price."""
    for option, value in (("Size", size), ("Colour", colour)):
        chosen = page.get_by_role("group", name=option).locator("[aria-current=true] bdi")
        expect(chosen).to_have_text(value)
    expect(page.locator(".product-price")).to_contain_text(price)
    expect(page).to_have_url(re.compile(f"{path}(#choice)?$"))


@pytest.mark.parametrize("has_script", [True, False], ids=["in place", "without JavaScript"])
def test_a_shopper_chooses_adds_and_finds_what_they_chose_in_the_cart(
    new_context: CreateContextCallback, shop: RunningShop, has_script: bool
) -> None:
    shopper = Shopper(new_context(java_script_enabled=has_script).new_page(), shop.url)
    page = shopper.visits("/products?q=pouch")
    expect(page.get_by_text("from £14.00")).to_be_visible()
    shopper.follows(page.get_by_role("link", name="Choose Waxed pouch"), to="Waxed pouch")
    shows(page, size="Small", colour="Ochre", price="£14.00", path=POUCH)

    choice(page, "Size", "Large").click()
    shows(page, size="Large", colour="Ochre", price="£19.50", path=LARGE)
    choice(page, "Colour", "Rust").click()
    shows(page, size="Large", colour="Rust", price="£19.50", path=f"{POUCH}-large-rust")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("Added to your cart: Waxed pouch, Large, Rust")).to_be_visible()

    cart = shopper.opens_cart().holds("Waxed pouch, Large, Rust")
    cart.page.get_by_role("link", name="Waxed pouch, Large, Rust").click()
    shows(page, size="Large", colour="Rust", price="£19.50", path=f"{POUCH}-large-rust")


@pytest.mark.parametrize("has_script", [True, False], ids=["in place", "without JavaScript"])
def test_what_cannot_be_had_says_so_and_has_no_button(
    new_context: CreateContextCallback, shop: RunningShop, has_script: bool
) -> None:
    page = new_context(java_script_enabled=has_script).new_page()
    page.goto(shop.url + POUCH)
    slate = choice(page, "Colour", "Slate")
    expect(slate).to_have_accessible_name("Slate sold out")
    expect(choice(page, "Colour", "Rust")).to_have_accessible_name("Rust in Large, £19.50")
    slate.click()
    shows(page, size="Small", colour="Slate", price="£14.00", path=f"{POUCH}-small-slate")
    expect(page.get_by_text("Sold out", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Add to cart")).to_have_count(0)


def test_a_choice_by_keyboard_keeps_the_focus_and_what_was_typed(shopper: Shopper) -> None:
    page = shopper.visits(POUCH)
    page.get_by_label("Quantity", exact=True).fill("3")
    choice(page, "Size", "Small").focus()
    page.keyboard.press("Tab")
    expect(choice(page, "Size", "Large")).to_be_focused()
    page.keyboard.press("Enter")
    shows(page, size="Large", colour="Ochre", price="£19.50", path=LARGE)
    expect(choice(page, "Size", "Large")).to_be_focused()
    expect(page.get_by_label("Quantity", exact=True)).to_have_value("3")
    expect(page.get_by_role("status").filter(has_text="£19.50")).to_contain_text("Only 4 left")


def test_the_last_choice_wins_however_slow_the_one_before_was(shopper: Shopper) -> None:
    page = shopper.visits(POUCH)
    held: list[Route] = []
    page.route(f"**{LARGE}", lambda route: held.append(route))
    with page.expect_request(f"**{LARGE}"):
        choice(page, "Size", "Large").click()
    choice(page, "Colour", "Slate").click()
    shows(page, size="Small", colour="Slate", price="£14.00", path=f"{POUCH}-small-slate")
    with page.expect_event("requestfinished", lambda request: request.url.endswith(LARGE)):
        held[0].continue_()
    page.get_by_role("link", name="Cart").focus()  # after whatever the answer would have done
    shows(page, size="Small", colour="Slate", price="£14.00", path=f"{POUCH}-small-slate")


def test_a_variant_that_cannot_be_fetched_is_opened_as_a_page(shopper: Shopper) -> None:
    page = shopper.visits(POUCH)

    def only_pages(route: Route) -> None:
        route.abort() if route.request.resource_type == "fetch" else route.continue_()

    page.route(f"**{LARGE}", only_pages)
    choice(page, "Size", "Large").click()
    shows(page, size="Large", colour="Ochre", price="£19.50", path=LARGE)
