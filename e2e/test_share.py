"""Sharing a cart as a link, with another device or person, without an account."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect
from pytest_playwright import CreateContextCallback

from e2e.support import carts
from e2e.support.demo_catalogue import MUG, PENCIL
from e2e.support.pages import CartPage, Shopper


@pytest.fixture
def friend(new_context: CreateContextCallback, shopper: Shopper) -> Shopper:
    """Another shopper, with a separate browser context."""
    return Shopper(new_context().new_page(), shopper.url)


def cart_value(context: BrowserContext) -> str | None:
    kept = carts.cart_cookie(context)
    return kept["value"] if kept else None


def share(shopper: Shopper, lines: dict[int, int]) -> str:
    """Gives the shopper this cart, and returns the path of its link on the page."""
    carts.put(shopper.page.context, shopper.url, carts.value_of(lines))
    cart = shopper.opens_cart()
    shopper.follows(cart.page.get_by_role("link", name="Share by link"), to="Share your cart")
    link = shopper.page.get_by_label("Link to this cart")
    expect(link).to_have_value(re.compile(f"^{re.escape(shopper.url)}/c/[A-Za-z0-9._-]+$"))
    expect(shopper.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    return link.input_value().removeprefix(shopper.url)


def choose(friend: Shopper, choice: str) -> CartPage:
    friend.page.get_by_role("button", name=choice).click()
    expect(friend.page.get_by_role("heading", level=1)).to_have_text("Your cart")
    return CartPage(friend)


def test_a_cart_moves_to_another_browser(shopper: Shopper, friend: Shopper) -> None:
    link = share(shopper, {MUG: 2, PENCIL: 5})

    page = friend.visits(link)
    expect(page.get_by_text("2 × Everyday mug")).to_be_visible()
    assert cart_value(page.context) is None
    choose(friend, "Put this into my cart").holds("Everyday mug", 2).holds("Cedar pencil", 5)
    shopper.opens_cart().holds("Everyday mug", 2)


def test_opening_a_link_changes_nothing(shopper: Shopper, friend: Shopper) -> None:
    link = share(shopper, {MUG: 2})
    friend.adds("cedar-pencil")
    before = cart_value(friend.page.context)

    page = friend.visits(link)
    expect(page.get_by_text("Nothing has changed in your own cart")).to_be_visible()
    page.get_by_role("link", name="Keep mine").click()
    CartPage(friend).holds("Cedar pencil")
    assert cart_value(page.context) == before


def test_merging_keeps_both_and_can_be_undone(shopper: Shopper, friend: Shopper) -> None:
    link = share(shopper, {MUG: 2, PENCIL: 3})
    friend.adds("cedar-pencil", 7)
    friend.visits(link)
    cart = choose(friend, "Merge with mine").holds("Cedar pencil", 7).holds("Everyday mug", 2)
    cart.undoes().holds("Cedar pencil", 7)
    expect(cart.line("Everyday mug")).to_have_count(0)


def test_replacing_can_be_undone(shopper: Shopper, friend: Shopper) -> None:
    link = share(shopper, {MUG: 2})
    friend.adds("cedar-pencil", 7)
    friend.visits(link)
    cart = choose(friend, "Replace mine").holds("Everyday mug", 2)
    expect(cart.line("Cedar pencil")).to_have_count(0)
    cart.undoes().holds("Cedar pencil", 7)
    expect(cart.line("Everyday mug")).to_have_count(0)


def test_a_link_expires_with_its_cart(shopper: Shopper) -> None:
    page = shopper.visits(carts.link_of({MUG: 1}, aged_days=31))
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    expect(page.get_by_text("Your cart is as it was.")).to_be_visible()


def test_a_link_too_long_for_a_qr_code_is_shown_without_one(shopper: Shopper) -> None:
    carts.put(shopper.page.context, shopper.url, carts.full_for_one_more({MUG: 1}))
    page = shopper.visits("/cart/share")
    expect(page.get_by_text("too long for a QR code that a phone could read")).to_be_visible()
    expect(page.get_by_role("img", name="QR code of the link")).to_have_count(0)

    link = page.get_by_label("Link to this cart").input_value()
    shopper.visits(link.removeprefix(shopper.url))
    expect(page.get_by_text("This is the cart you already have.")).to_be_visible()


def test_the_link_can_be_copied(shopper: Shopper) -> None:
    shopper.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    share(shopper, {MUG: 1})
    shopper.page.get_by_role("button", name="Copy the link").click()
    expect(shopper.page.get_by_text("Copied.")).to_be_visible()
    link = shopper.page.get_by_label("Link to this cart").input_value()
    assert shopper.page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize(
    "clipboard",
    [
        pytest.param("{ writeText: () => Promise.reject(new DOMException('no')) }", id="denied"),
        pytest.param("undefined", id="missing"),
    ],
)
def test_a_link_that_cannot_be_copied_is_selected_instead(shopper: Shopper, clipboard: str) -> None:
    shopper.page.add_init_script(
        f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})"
    )
    link = share(shopper, {MUG: 1})
    shopper.page.get_by_role("button", name="Copy the link").click()
    said = shopper.page.get_by_text("It is selected: please copy it yourself.")
    expect(said).to_have_role("status")
    assert shopper.page.evaluate("String(getSelection())") == shopper.url + link
