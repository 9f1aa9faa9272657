"""The laboratory's figures, held against the jar of a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from e2e.support import jar
from e2e.support.pages import Shopper
from shop.core.cookie import BROWSER_LIMIT_BYTES

PLACE = "/limits/unguarded"
A_SECOND_LATER = 2
"""Lines more or fewer that fit into a cart that is changed in another second."""


def _presses(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def _row(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


def _octets(held: dict[str, Any] | None) -> str:
    assert held is not None
    return f"{jar.octets(held):,}"


def _unguarded(context: BrowserContext, url: str, path: str = PLACE) -> dict[str, Any] | None:
    held = [dict(kept) for kept in context.cookies(url + path) if kept.get("name") == "unguarded"]
    return held[0] if held else None


@pytest.mark.parametrize("button", ["Add 10 lines", "Add 100 lines", "Fill to the last byte"])
def test_the_bytes_on_the_page_are_those_in_the_jar(shopper: Shopper, button: str) -> None:
    page = shopper.visits("/limits")
    _presses(page, button)

    row = _row(page, "Bytes of your cart", "This shop")
    expect(row.get_by_role("cell")).to_contain_text(
        [_octets(jar.cart_cookie(page.context)), "keeps it"]
    )


def test_as_many_lines_fit_as_the_page_says(shopper: Shopper) -> None:
    page = shopper.visits("/limits")
    _presses(page, "Add 10 lines")
    row = _row(page, "Bytes of your cart", "This shop")
    told = row.get_by_role("cell").last.inner_text()
    while page.get_by_role("alert").count() == 0:
        _presses(page, "Add 100 lines")

    held = jar.held_cart(page.context)
    assert held is not None
    # The second of the last change is part of the text, and another packs a little differently.
    assert abs(len(held) - int(told.replace(",", ""))) <= A_SECOND_LATER


def test_the_browser_drops_what_the_server_says_is_added(shopper: Shopper) -> None:
    page = shopper.visits(PLACE)
    refusals: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.responseReceivedExtraInfo",
        lambda event: refusals.extend(
            reason for blocked in event["blockedCookies"] for reason in blocked["blockedReasons"]
        ),
    )
    for lines in (40, 80, 120):
        _presses(page, "Add 40 lines unguarded")
        held = _octets(_unguarded(page.context, shopper.url))
        cells = _row(page, "What the server wrote", "Lines").get_by_role("cell")
        expect(cells).to_have_text([str(lines), str(lines)])
        cells = _row(page, "What the server wrote", "Bytes").get_by_role("cell")
        expect(cells).to_have_text([held, held])
    before = _unguarded(page.context, shopper.url)

    _presses(page, "Add 40 lines unguarded")

    expect(page.get_by_text("40 lines added.")).to_be_visible()
    expect(page.get_by_text("The browser kept the old cookie.")).to_be_visible()
    cells = _row(page, "What the server wrote", "Lines").get_by_role("cell")
    expect(cells).to_have_text(["160", "120"])
    wrote = _row(page, "What the server wrote", "Bytes").get_by_role("cell").first.inner_text()
    assert int(wrote.replace(",", "")) > BROWSER_LIMIT_BYTES
    assert _unguarded(page.context, shopper.url) == before
    assert refusals == ["NameValuePairExceedsMaxSize"]


def test_it_is_kept_apart_and_deleted_unseen(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")
    before = jar.cart_cookie(shopper.page.context)
    page = shopper.visits("/limits")
    _presses(page, "Add 10 lines unguarded")
    assert _unguarded(page.context, shopper.url) is not None
    for path in ("/", "/cart", "/limits", "/limits/probe"):
        assert _unguarded(page.context, shopper.url, path) is None

    with page.expect_request("**/limits/unguarded-reset") as asked:
        _presses(page, "Delete the unguarded cart")

    assert "unguarded=" not in asked.value.all_headers().get("cookie", "")
    assert _unguarded(page.context, shopper.url) is None
    assert jar.cart_cookie(page.context) == before
