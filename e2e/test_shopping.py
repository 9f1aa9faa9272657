"""Browsing, searching, filling a cart, and checking out."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from pytest_playwright import CreateContextCallback

from e2e.support import carts
from e2e.support.pages import CUSTOMER, BankPage, MiniCart, Shopper
from e2e.support.server import RunningShop
from e2e.support.waiting import until


def test_a_shopper_browses_searches_and_adds(shopper: Shopper) -> None:
    page = shopper.visits("/")
    shelves = page.get_by_role("region", name="The shelves")
    shopper.follows(shelves.get_by_role("link", name="Table"), to="Table")

    page.get_by_role("searchbox", name="Search").fill("CREME")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 product", exact=True)).to_be_visible()
    dish = page.get_by_role("link", name="Crème brûlée dish")
    shopper.follows(dish, to="Crème brûlée dish")

    mini = shopper.adds_here().says("Added to your cart: Crème brûlée dish")
    mini.holds("Crème brûlée dish").is_closed_by_escape()
    expect(page.get_by_role("link", name="Cart 1 item")).to_be_visible()
    shopper.opens_cart().holds("Crème brûlée dish")


def test_the_cart_shows_its_sums(shopper: Shopper) -> None:
    cart = shopper.adds("everyday-mug", 2)
    shopper.adds("cedar-pencil", 3)

    expect(cart.line("Everyday mug")).to_contain_text("£19.00")
    expect(cart.line("Cedar pencil")).to_contain_text("£2.55")
    sums = cart.page.get_by_label("Totals")
    expect(sums).to_contain_text("Subtotal£21.55")
    expect(sums).to_contain_text("Shipping£3.95")
    expect(sums).to_contain_text("Total£25.50")
    expect(sums).to_contain_text("including 20% VAT£4.26")


def test_an_invalid_quantity_is_reported_at_its_field(shopper: Shopper) -> None:
    cart = shopper.adds("everyday-mug", 2).sets_quantity("Everyday mug", "100")

    expect(cart.quantity_of("Everyday mug")).to_have_value("100")
    expect(cart.quantity_of("Everyday mug")).to_have_accessible_description(
        "Please enter a whole number from 1 to 99. Your cart is as it was."
    )
    shopper.opens_cart().holds("Everyday mug", 2)


def test_without_javascript_the_page_opens_at_the_error(
    new_context: CreateContextCallback, shop: RunningShop
) -> None:
    context = new_context(java_script_enabled=False)
    shopper = Shopper(context.new_page(), shop.url)
    carts.put(context, shop.url, carts.value_of(dict.fromkeys(range(1, 21), 1)))
    cart = shopper.opens_cart().sets_quantity("Ribbed tumbler", "1000")
    expect(cart.page.get_by_text("Please enter a whole number")).to_be_in_viewport(ratio=1)
    expect(cart.quantity_of("Ribbed tumbler")).to_be_in_viewport(ratio=1)

    checkout = shopper.goes_to_checkout()
    checkout.button.click()
    expect(checkout.page.get_by_text("Please check what you typed")).to_be_in_viewport()
    checkout.page.keyboard.press("Tab")
    expect(
        checkout.page.get_by_role("link", name="Full name: please enter the name")
    ).to_be_focused()


def _tab_to(page: Page, role: str, name: str) -> None:
    target = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(target.first).to_be_visible()
    page.wait_for_load_state()
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.first.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {role} {name}")


def test_a_purchase_using_only_the_keyboard(shopper: Shopper, shop: RunningShop) -> None:
    page = shopper.visits("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()

    _tab_to(page, "searchbox", "Search")
    page.keyboard.type("cedar pencil")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("cedar"))
    _tab_to(page, "link", "Skip to content")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    _tab_to(page, "link", "Cedar pencil")
    page.keyboard.press("Enter")
    _tab_to(page, "button", "Add to cart")
    page.keyboard.press("Enter")
    MiniCart(shopper).holds("Cedar pencil")
    expect(page.get_by_role("button", name="Add to cart")).to_be_focused()
    _tab_to(page, "link", "Check out")
    page.keyboard.press("Enter")
    for label, text in CUSTOMER.items():
        _tab_to(page, "textbox", label)
        page.keyboard.type(text)
    _tab_to(page, "button", "Place the order")
    page.keyboard.press("Enter")
    _tab_to(page, "button", "Pay £")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your order is paid.")
    until(lambda: any(page.url in text for text in shop.mail("confirmation")))


def test_a_payment_that_fails_is_tried_again(own_shopper: Shopper) -> None:
    own_shopper.adds("everyday-mug")
    page = own_shopper.goes_to_checkout().fills_in().pays_at_the_bank().lets_it_fail()
    expect(page.get_by_text("no money was taken")).to_be_visible()
    page.get_by_role("button", name="Pay £").click()
    page = BankPage(own_shopper).pays()
    expect(page.get_by_role("button", name="Pay £")).to_have_count(0)
