"""The page that explains the cart cookie, and its button that deletes the cookies."""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.support import carts
from e2e.support.demo_catalogue import MUG, PENCIL
from e2e.support.pages import Shopper


def test_the_cookie_is_explained(shopper: Shopper) -> None:
    value = carts.value_of({MUG: 2, PENCIL: 5})
    carts.put(shopper.page.context, shopper.url, value)

    page = shopper.visits("/")
    page.get_by_role("link", name="What your browser keeps").click()
    expect(page.get_by_role("region", name="Your cart’s cookie")).to_have_text(f"cart={value}")
    expect(page.get_by_role("listitem").filter(has_text="2 × Everyday mug")).to_be_visible()
    expect(page.get_by_text(f"{len('cart') + len(value)} of 4,096 bytes")).to_be_visible()


def test_one_button_deletes_all_cookies(shopper: Shopper) -> None:
    cart = shopper.adds("everyday-mug", 2)
    cart.removes("Everyday mug").is_empty()
    shopper.adds("cedar-pencil")
    names = {kept.get("name") for kept in shopper.page.context.cookies(f"{shopper.url}/cart")}
    assert names == {"cart", "script", "session", "undo"}

    page = shopper.visits("/cart/about")
    page.get_by_role("button", name="Delete my cart").click()
    expect(
        page.get_by_text("Your cart has been deleted. There is no cart in this browser.")
    ).to_be_visible()
    shown_again = {kept.get("name") for kept in page.context.cookies(f"{shopper.url}/cart")}
    assert shown_again <= {"script", "session"}  # set again by this page, and for its form
    shopper.opens_cart().is_empty()
