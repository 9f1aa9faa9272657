"""The laboratory shows the cookie that the browser holds, to the byte, and fills it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e import jar
from e2e.pages import Shopper
from e2e.server import RunningShop


def octets(page: Page) -> int:
    """What the browser's own jar holds of the cart: name and value."""
    held = jar.cart_cookie(page.context)
    return len(held["name"]) + len(held["value"]) if held else 0


def says_bytes(page: Page, figure: int) -> None:
    row = page.get_by_role("row").filter(has_text="Counted by a browser")
    expect(row.get_by_role("cell")).to_have_text(f"{figure:,}")


def presses(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def visitor(
    request: pytest.FixtureRequest, browser: Browser, shop: RunningShop
) -> Iterator[Shopper]:
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    yield Shopper(context.new_page(), shop.url)
    context.close()


def test_its_bytes_are_those_that_the_browser_holds(visitor: Shopper) -> None:
    page = visitor.visits("/products/everyday-mug")
    presses(page, "Add to cart")
    expect(page.get_by_text("Added to your cart").first).to_be_visible()
    visitor.visits("/limits")
    held = jar.cart_cookie(page.context)
    assert held is not None
    says_bytes(page, octets(page))
    shown = page.get_by_role("group", name="Name and value")
    marks = shown.locator(".part-mark").all_inner_texts()
    text = "".join(shown.locator(".part").all_inner_texts())
    for mark in marks:
        text = text.replace(mark, "", 1) if text.startswith(mark) else text
    assert held["value"].rpartition(".")[2] in text


def test_it_is_filled_to_the_last_byte_and_one_more_changes_nothing(visitor: Shopper) -> None:
    page = visitor.visits("/limits")
    presses(page, "Add 10 lines")
    expect(page.get_by_text("10 lines added")).to_be_visible()
    says_bytes(page, octets(page))

    presses(page, "Fill to the last byte")
    says_bytes(page, 4096)
    assert octets(page) == 4096
    full = jar.cart_cookie(page.context)

    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        presses(page, "One more")
    assert refused.value.status == 409
    expect(page.get_by_role("alert")).to_contain_text("does not fit")
    says_bytes(page, 4096)
    assert jar.cart_cookie(page.context) == full

    presses(page, "Empty")
    expect(page.get_by_text("There is no cart in this browser")).to_be_visible()
    assert octets(page) == 0
