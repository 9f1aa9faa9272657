"""A page that is lent has nothing of the test before: it is as a new one, or it is a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from e2e.support.lending import Lender
from e2e.support.scripts import script
from e2e.support.server import RunningShop, World


@pytest.fixture
def lender(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Lender]:
    lending = Lender(lambda: browser.new_context(**browser_context_args))
    yield lending
    lending.close()


def found(page: Page, url: str) -> dict[str, Any]:
    """What a page finds, and what the shop finds in its request."""
    answer = page.goto(f"{url}/cart/about")
    assert answer is not None
    return {
        **page.evaluate(script("what-is-there")),
        "world": answer.request.all_headers().get("shop-world"),
        "cookies": [one.get("name") for one in page.context.cookies(f"{url}/cart/about")],
        "tabs": len(page.context.pages),
    }


def _adds(page: Page) -> None:
    page.get_by_role("link", name="Products", exact=True).click()
    page.get_by_role("button", name="Add Everyday mug", exact=True).click()
    page.get_by_role("button", name="Remove Everyday mug").wait_for()


def _opens_a_tab(page: Page) -> None:
    page.context.new_page().goto(page.url)


def _stops_the_clock(page: Page) -> None:
    page.clock.set_fixed_time(0)


def _evaluates(statement: str) -> Callable[[Page], object]:
    return lambda page: page.evaluate(statement)


UNDONE: dict[str, Callable[[Page], object]] = {
    "a cart": _adds,
    "a tab": _opens_a_tab,
    "headers": lambda page: page.context.set_extra_http_headers({"Shop-World": "left"}),
    "a size": lambda page: page.set_viewport_size({"width": 360, "height": 640}),
    "a permission": lambda page: page.context.grant_permissions(["geolocation"]),
    "a route": lambda page: page.route("**/about", lambda route: route.fulfill(body="routed")),
    "a route of all pages": lambda page: page.context.route(
        "**/about", lambda route: route.fulfill(body="routed")
    ),
}
FINAL: dict[str, Callable[[Page], object]] = {
    "storage": _evaluates("localStorage.setItem('left', 'behind')"),
    "storage of the tab": _evaluates("sessionStorage.setItem('left', 'behind')"),
    "a database": _evaluates(
        "new Promise((done) => { indexedDB.open('left').onsuccess = done; }).then(() => {})"
    ),
    "a cache": _evaluates("caches.open('left').then(() => {})"),
    "a name": _evaluates("window.name = 'left'"),
    "a script": lambda page: page.add_init_script("window.left = 'behind'"),
    "a script of all pages": lambda page: page.context.add_init_script("window.left = 'behind'"),
    "a clock": _stops_the_clock,
    "a scheme": lambda page: page.emulate_media(color_scheme="dark"),
}


@pytest.mark.parametrize("name", [*UNDONE, *FINAL])
def test_what_a_test_leaves_behind_is_not_found_by_the_next(
    lender: Lender, shop: RunningShop, name: str
) -> None:
    page = lender.lend()
    before = found(page, shop.url)
    (UNDONE | FINAL)[name](page)
    assert found(page, shop.url) != before
    lender.take_back()

    following = lender.lend()

    assert found(following, shop.url) == before
    assert (following == page) is (name in UNDONE)


def test_a_page_that_was_offline_is_lent_again(lender: Lender, shop: RunningShop) -> None:
    page = lender.lend()
    page.goto(shop.url)
    page.context.set_offline(True)
    lender.take_back()

    assert lender.lend() == page
    assert page.evaluate("navigator.onLine")


def test_a_test_that_has_ended_hears_nothing_of_the_next(lender: Lender, shop: RunningShop) -> None:
    heard: list[object] = []
    page = lender.lend()
    page.on("request", lambda request: heard.append(request))
    page.goto(shop.url)
    lender.take_back()
    assert heard
    heard.clear()

    lender.lend().goto(shop.url)

    assert not heard


def test_a_response_that_comes_late_reaches_no_next_test(lender: Lender, world: World) -> None:
    page = lender.lend()
    page.goto(f"{world.url}/products/everyday-mug")
    slow = {**world.headers, "Shop-Fault": "slow=2000"}
    page.context.set_extra_http_headers(slow)
    with page.expect_request(lambda request: request.method == "POST"):
        page.get_by_role("button", name="Add to cart").click()
    lender.take_back()

    assert lender.lend() != page


def test_a_page_that_was_at_two_addresses_is_not_lent_again(
    lender: Lender, shop: RunningShop, many_worlds: RunningShop
) -> None:
    """Only the storage of one is looked at."""
    page = lender.lend()
    page.goto(many_worlds.url)
    page.goto(shop.url)
    lender.take_back()

    assert lender.lend() != page
