"""The laboratory's figures, compared with the cookies of a real browser."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from e2e.support import carts
from e2e.support.demo_shop import numbers_of
from e2e.support.pages import Shopper
from e2e.support.server import KEY, RunningShop
from shop.core import cookie
from shop.core.cookie import BROWSER_LIMIT_BYTES
from shop.lab.carts.filling import Filling

UNGUARDED = "/limits/unguarded"
LINES_LEFT = 60
"""How many lines are left to be added by the page itself."""
TOLERANCE_LINES = 2
"""How many lines more or fewer may fit into a cart that is changed in another second."""


def _press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def _row(page: Page, table: str, name: str) -> Locator:
    return page.get_by_role("table", name=table).get_by_role("row").filter(has_text=name)


def _octets(held: dict[str, Any] | None) -> str:
    assert held is not None
    return f"{carts.octets(held):,}"


def _unguarded(context: BrowserContext, url: str, path: str = UNGUARDED) -> dict[str, Any] | None:
    held = [dict(kept) for kept in context.cookies(url + path) if kept.get("name") == "unguarded"]
    return held[0] if held else None


@pytest.mark.parametrize("button", ["Add 10 lines", "Add 100 lines", "Fill to the last byte"])
def test_the_page_shows_the_bytes_of_the_browsers_cookie(shopper: Shopper, button: str) -> None:
    page = shopper.visits("/limits")
    _press(page, button)

    row = _row(page, "Bytes of your cart", "This shop")
    expect(row.get_by_role("cell")).to_contain_text(
        [_octets(carts.cart_cookie(page.context)), "keeps it"]
    )


def test_as_many_lines_fit_as_the_page_announces(shopper: Shopper, shop: RunningShop) -> None:
    page = shopper.visits("/limits")
    _press(page, "Add 10 lines")
    row = _row(page, "Bytes of your cart", "This shop")
    announced = int(row.get_by_role("cell").last.inner_text().replace(",", ""))
    ten = carts.held_cart(page.context)
    assert ten is not None
    # The button would take a page for each hundred lines; here it adds the last of them.
    filling = Filling.of(ten, numbers_of(shop).values(), now=int(time.time()))
    nearly = filling.longer_by(announced - len(ten) - LINES_LEFT)
    carts.put(page.context, shopper.url, cookie.encode(nearly, [KEY], name=cookie.NAME))
    while page.get_by_role("alert").count() == 0:
        _press(page, "Add 100 lines")

    held = carts.held_cart(page.context)
    assert held is not None
    assert len(held) > len(nearly)
    # The time of the last change is part of the text, so its packed length varies a little.
    assert abs(len(held) - announced) <= TOLERANCE_LINES


def test_the_browser_drops_a_cookie_that_the_server_reports_as_added(shopper: Shopper) -> None:
    page = shopper.visits(UNGUARDED)
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
        _press(page, "Add 40 lines unguarded")
        held = _octets(_unguarded(page.context, shopper.url))
        cells = _row(page, "What the server wrote", "Lines").get_by_role("cell")
        expect(cells).to_have_text([str(lines), str(lines)])
        cells = _row(page, "What the server wrote", "Bytes").get_by_role("cell")
        expect(cells).to_have_text([held, held])
    before = _unguarded(page.context, shopper.url)

    _press(page, "Add 40 lines unguarded")

    expect(page.get_by_text("40 lines added.")).to_be_visible()
    expect(page.get_by_text("The browser kept the old cookie.")).to_be_visible()
    cells = _row(page, "What the server wrote", "Lines").get_by_role("cell")
    expect(cells).to_have_text(["160", "120"])
    wrote = _row(page, "What the server wrote", "Bytes").get_by_role("cell").first.inner_text()
    assert int(wrote.replace(",", "")) > BROWSER_LIMIT_BYTES
    assert _unguarded(page.context, shopper.url) == before
    assert refusals == ["NameValuePairExceedsMaxSize"]


def test_the_unguarded_cookie_is_only_sent_to_its_own_path(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")
    before = carts.cart_cookie(shopper.page.context)
    page = shopper.visits("/limits")
    _press(page, "Add 10 lines unguarded")
    assert _unguarded(page.context, shopper.url) is not None
    for path in ("/", "/cart", "/limits", "/limits/probe"):
        assert _unguarded(page.context, shopper.url, path) is None

    with page.expect_request("**/limits/unguarded-reset") as request:
        _press(page, "Delete the unguarded cart")

    assert "unguarded=" not in request.value.all_headers().get("cookie", "")
    assert _unguarded(page.context, shopper.url) is None
    assert carts.cart_cookie(page.context) == before
