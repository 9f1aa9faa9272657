"""The lecture's five steps in a real browser, which is what they are about."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from e2e.support.pages import Shopper
from e2e.support.subjects import LECTURE
from shop.core.cookie import BROWSER_LIMIT_BYTES


def _next(page: Page, button: str) -> tuple[Locator, Locator]:
    """Presses a button, and returns the two shops of the next step."""
    page.get_by_role("button", name=button).click()
    step = button.partition(": ")[2]
    expect(page.get_by_role("heading", level=1, name=step)).to_be_visible()
    careless = page.get_by_role("region", name="A shop that does not count")
    return careless, page.get_by_role("region", name="This shop")


def test_the_browser_loses_a_line_of_the_shop_that_does_not_count(shopper: Shopper) -> None:
    page = shopper.visits("/limits/lecture")
    *harmless, one_more, with_guard = LECTURE
    for button in harmless:
        for shop in _next(page, button):
            expect(shop.get_by_text("Kept", exact=True)).to_be_visible()

    careless, careful = _next(page, one_more)
    expect(careless.get_by_text("1 line added")).to_be_visible()
    expect(careless.get_by_text("Lost", exact=True)).to_be_visible()
    expect(careful.get_by_text("1 line added")).to_be_visible()
    expect(careful.get_by_text("Kept", exact=True)).to_be_visible()

    _, careful = _next(page, with_guard)
    figures = careful.get_by_text(f"in {BROWSER_LIMIT_BYTES:,} bytes")
    expect(figures).to_have_count(2)  # what the server wrote, and what the browser sent
    expect(careful.get_by_text("does not fit into your cart")).to_be_visible()
    expect(careful.get_by_text("Kept", exact=True)).to_be_visible()
