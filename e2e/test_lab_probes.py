"""What the probes find out about the browser that drives these tests, read from their report.

The figures are those of Chromium 156 (and of the sources that the report names beside them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from e2e.support import jar
from e2e.support.pages import Shopper
from e2e.support.playwright_config import context_options
from e2e.support.scripts import script
from e2e.support.server import RunningShop

MINUTE_MS = 60_000
A_MINUTE_SECONDS = 60
LINES = dict.fromkeys(range(1, 21), 2)
OWN = {"cart", "session", "undo"}
"""Cookies of the shop itself."""

FIGURES = {
    "The largest cookie": "4,096 bytes of name and value together are kept, 4,097 are not.",
    "Long attributes": "Attributes do not count. Used: Max-Age of 1024, Path of 1024.",
    "An over-long cookie replacing an old one": "The old cookie is kept.",
    # The tab is allowed by RFC 6265bis (5.6 step 1); Chromium drops the cookie all the same.
    "Characters that no server should send": "Dropped or changed: tab.",
    "Names with a prefix": (
        "Kept: __Host- as it must be; __Secure- as it must be; "
        "__Http- as it must be; __Host-Http- as it must be."
    ),
    "How many cookies a host may have, and which is evicted first": (
        "180 are kept; one more leaves 150. The oldest is evicted; with Priority=High it is kept."
    ),
}
BY_SCRIPT = {
    "Control characters, written by a script": (
        "Cookies with one of them are dropped: 00 to 1F, 7F (in hexadecimal)."
    ),
    "Max-Age beyond 400 days": "Of 800 requested days, 400 are granted.",
    "HttpOnly and scripts": (
        "A script does not see an HttpOnly cookie, cannot write over it and cannot make one; "
        "a header can turn a script’s cookie into one."
    ),
}
UNTOLD = "Not measured: only a script can measure this, and scripts did not run."


def told(page: Page, title: str) -> Any:
    return expect(page.get_by_role("region", name=title).locator(".finding-text"))


def probes(page: Page, url: str) -> None:
    """Starts at the laboratory, and ends at the report."""
    page.goto(f"{url}/limits")
    page.get_by_role("button", name="Probe this browser").click()
    heading = page.get_by_role("heading", level=1, name="What this browser does with cookies")
    expect(heading).to_be_visible(timeout=MINUTE_MS)


def with_cart(context: BrowserContext, url: str) -> dict[str, Any]:
    """Gives this browser a cart, and tells how it is held."""
    jar.put(context, url, jar.value_of(LINES))
    return cart_of(context)


def cart_of(context: BrowserContext) -> dict[str, Any]:
    held = jar.cart_cookie(context)
    assert held is not None, "the cart is gone"
    return {part: held[part] for part in ("name", "value", "path", "httpOnly", "sameSite")}


def left_over(context: BrowserContext) -> set[str]:
    return {str(kept.get("name")) for kept in context.cookies()} - OWN


def test_the_report_has_the_figures_of_this_browser(page: Page, shop: RunningShop) -> None:
    with_cart(page.context, shop.url)
    page.goto(f"{shop.url}/limits")
    for button in ("Add 1 line", "Add 1 line unguarded"):  # cookies that the jar does not see
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("1 line added.")).to_be_visible()
    cart = cart_of(page.context)
    assert left_over(page.context) == {"unguarded"}

    probes(page, shop.url)

    for title, figure in (FIGURES | BY_SCRIPT).items():
        told(page, title).to_have_text(figure)
    told(page, "Without SameSite").to_contain_text(re.compile("treated as Lax", re.IGNORECASE))
    assert cart_of(page.context) == cart
    assert left_over(page.context) == set()


def test_it_goes_without_a_script(
    browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    cart = with_cart(context, shop.url)

    probes(page, shop.url)

    for title, figure in FIGURES.items():
        told(page, title).to_have_text(figure)
    for title in BY_SCRIPT:
        told(page, title).to_have_text(UNTOLD)
    assert cart_of(context) == cart
    assert left_over(context) == set()
    context.close()


def test_the_report_can_be_copied(page: Page, shop: RunningShop) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=shop.url)
    probes(page, shop.url)

    page.get_by_role("button", name="Copy the JSON").click()
    expect(page.get_by_text("It is copied.")).to_be_visible()
    report = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert report["measured"]["largest"]["largest"] == 4096
    seconds = report["measured"]["lifetime"]["seconds"]
    assert 0 <= 400 * 86_400 - seconds <= A_MINUTE_SECONDS  # which pass until a script asks

    page.get_by_role("button", name="Copy the Markdown").click()
    expect(page.get_by_text("It is copied.")).to_have_count(2)
    rows = str(page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert any(row.startswith("| The largest cookie | 4,096 bytes") for row in rows)
    assert len({row.count("|") for row in rows if row.startswith("|")}) == 1


Moment = Callable[[set[str]], bool]


def is_filling(names: set[str]) -> bool:
    return "c099" in names


def is_overflown(names: set[str]) -> bool:
    return "c170" in names and "lab-plain" not in names


def is_filled_again(names: set[str]) -> bool:
    # The second filling ends one by one; in the first, these two never meet.
    return {"lab-plain", "c164"} <= names


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize("moment", [is_filling, is_overflown, is_filled_again])
def test_a_tab_that_is_closed_half_way_loses_no_cart(
    browser: Browser,
    browser_context_args: dict[str, Any],
    shop: RunningShop,
    moment: Moment,
    has_script: bool,
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=has_script)
    page = context.new_page()
    cart = with_cart(context, shop.url)
    came: list[set[str]] = []

    def stop(route: Route) -> None:
        names = {str(kept.get("name")) for kept in context.cookies()}
        if came or moment(names):
            came.append(names)
            route.abort()
        else:
            route.continue_()

    page.goto(f"{shop.url}/limits")
    page.route(re.compile("/limits/probe/(jar|clean)"), stop)
    with page.expect_event("requestfailed", lambda _: bool(came), timeout=MINUTE_MS):
        page.get_by_role("button", name="Probe this browser").click()
    page.close()

    assert moment(came[0])
    assert cart_of(context) == cart
    there = Shopper(context.new_page(), shop.url)
    there.opens_cart().holds("Everyday mug", 2)
    context.close()


def test_an_answer_that_is_too_large_for_a_proxy_ends_its_question_alone(
    page: Page, shop: RunningShop
) -> None:
    """A default nginx answers 502 in place of the very first, which has a cookie of 4,096 bytes."""
    refused: list[str] = []

    def refuse(route: Route) -> None:
        answer = route.fetch()
        if any(len(value) > 4000 for name, value in answer.headers.items()):
            refused.append(route.request.url)
            route.fulfill(status=502, body="Bad Gateway")
        else:
            route.fulfill(response=answer)

    page.route("**/limits/probe/jar/**", refuse)
    probes(page, shop.url)

    assert refused
    told(page, "The largest cookie").to_contain_text("a request got 502")
    told(page, "Names with a prefix").to_have_text(FIGURES["Names with a prefix"])
    assert left_over(page.context) == set()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (429, "Too many requests came from your connection. Continue in a minute."),
        (400, "This run was started too long ago or in another browser."),
        (503, "The shop does not respond."),
    ],
)
def test_a_chain_that_is_refused_says_why(
    page: Page, shop: RunningShop, status: int, said: str
) -> None:
    cart = with_cart(page.context, shop.url)
    page.route(re.compile("/limits/probe/(jar|clean)"), lambda route: route.fulfill(status=status))
    page.goto(f"{shop.url}/limits")
    page.get_by_role("button", name="Probe this browser").click()

    stopped = page.get_by_role("status").filter(has_text="The run has stopped.")
    expect(stopped).to_contain_text(said)
    expect(stopped).to_contain_text("Your cart is as it was.")
    assert cart_of(page.context) == cart


def test_a_change_in_another_tab_waits_for_the_eviction(page: Page, shop: RunningShop) -> None:
    with_cart(page.context, shop.url)
    other = Shopper(page.context.new_page(), shop.url)
    other.visits("/products/hinged-desk-lamp")
    added: list[str] = []

    def add(route: Route) -> None:
        if added or not is_filling({str(kept.get("name")) for kept in page.context.cookies()}):
            route.continue_()
            return
        late = route.fetch()  # it writes the cart as it was, and comes after the other tab's
        added.append("pressed")
        other.page.get_by_role("button", name="Add to cart").click()
        other.page.wait_for_function(script("is-waiting-or-done"))
        route.fulfill(response=late)

    page.goto(f"{shop.url}/limits")
    page.route("**/limits/probe/jar/**", add)
    page.get_by_role("button", name="Probe this browser").click()
    heading = page.get_by_role("heading", level=1, name="What this browser does with cookies")
    expect(heading).to_be_visible(timeout=MINUTE_MS)
    expect(other.page.get_by_text("Added to your cart").first).to_be_visible()
    other.opens_cart().holds("Everyday mug", 2).holds("Hinged desk lamp", 1)


def test_same_site_is_measured_where_other_sites_cookies_are_let_through(
    playwright: Playwright,
    browser_type_launch_args: dict[str, Any],
    shop: RunningShop,
    tmp_path: Path,
) -> None:
    profile = tmp_path / "Default"
    profile.mkdir()
    settings = {"profile": {"cookie_controls_mode": 0}}
    (profile / "Preferences").write_text(json.dumps(settings), "utf-8")
    context = playwright.chromium.launch_persistent_context(
        tmp_path, **browser_type_launch_args, **context_options()
    )
    page = context.new_page()
    probes(page, shop.url)
    told(page, "Without SameSite").to_have_text(
        "Without SameSite a cookie is treated as Lax: when another site’s page requests a picture "
        "it is not sent, a cookie with Lax is not sent, with None it is sent."
    )
    context.close()


def test_firefox_reports_what_its_sources_say(playwright: Playwright, shop: RunningShop) -> None:
    if not Path(playwright.firefox.executable_path).exists():
        pytest.skip("Playwright has no Firefox here: playwright install firefox")
    with playwright.firefox.launch() as browser:
        page = browser.new_page()
        cart = with_cart(page.context, shop.url)
        probes(page, shop.url)
        for title in (
            "The largest cookie",
            "An over-long cookie replacing an old one",
            "Long attributes",
        ):
            told(page, title).to_have_text(FIGURES[title])
        told(page, "How many cookies a host may have, and which is evicted first").to_contain_text(
            "180 are kept; one more leaves 150"
        )
        told(page, "Characters that no server should send").to_have_text(
            "All arrive as they were sent."
        )
        assert cart_of(page.context) == cart
