"""The laboratory shows the browser's cart cookie, to the byte, and fills it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from e2e.support import carts
from e2e.support.pages import Shopper


def octets(page: Page) -> int:
    return carts.octets(carts.cart_cookie(page.context))


def expect_bytes(page: Page, figure: int) -> None:
    row = page.get_by_role("row").filter(has_text="Counted by a browser")
    expect(row.get_by_role("cell")).to_have_text(f"{figure:,}")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_the_page_shows_the_bytes_of_the_browsers_cookie(either: Shopper) -> None:
    page = either.visits("/products/everyday-mug")
    press(page, "Add to cart")
    expect(page.get_by_text("Added to your cart").first).to_be_visible()
    either.visits("/limits")
    held = carts.cart_cookie(page.context)
    assert held is not None
    expect_bytes(page, octets(page))
    parts = page.get_by_role("group", name="Name and value").locator(".part")
    texts = parts.evaluate_all("parts => parts.map((part) => part.lastChild.textContent)")
    assert "".join(texts) == f"{held['name']}={held['value']}"


def test_the_cart_fills_to_the_last_byte_and_one_more_is_refused(either: Shopper) -> None:
    page = either.visits("/limits")
    press(page, "Add 10 lines")
    expect(page.get_by_text("10 lines added")).to_be_visible()
    expect_bytes(page, octets(page))

    press(page, "Fill to the last byte")
    expect_bytes(page, 4096)
    assert octets(page) == 4096
    full = carts.cart_cookie(page.context)

    with page.expect_response(lambda response: response.request.method == "POST") as refused:
        press(page, "One more")
    assert refused.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("does not fit")
    expect_bytes(page, 4096)
    assert carts.cart_cookie(page.context) == full

    press(page, "Empty")
    expect(page.get_by_text("There is no cart in this browser")).to_be_visible()
    assert octets(page) == 0
