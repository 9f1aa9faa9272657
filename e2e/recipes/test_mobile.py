"""Use it for what fingers do on a small screen.

A narrow window on a desktop is no phone: it has a mouse, ignores the viewport's meta element, and
never zooms out. A device of Playwright has its size, its density, its touch and its user agent.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright, expect

from e2e.support.pages import MiniCart, Shopper
from e2e.support.server import RunningShop


def test_a_phone_shows_the_shop_in_its_width_and_buys_with_a_finger(
    playwright: Playwright, browser: Browser, shop: RunningShop
) -> None:
    phone = playwright.devices["Pixel 7"]
    with browser.new_context(**phone) as context:
        page = context.new_page()
        page.goto(f"{shop.url}/products/everyday-mug")
        widths = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
        assert widths == [phone["viewport"]["width"]] * 2

        page.get_by_role("button", name="Add to cart").tap()
        MiniCart(Shopper(page, shop.url)).holds("Everyday mug")
        page.get_by_role("link", name="Cart 1 item").tap()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your cart")
