"""The probes' findings about the browser that runs these tests, as shown in the report.

The figures are those of Chromium 156 (and of the sources that the report names beside them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from e2e.support import carts, layout
from e2e.support.demo_shop import Stage, numbers_of
from e2e.support.firefox import Window
from e2e.support.pages import Shopper
from e2e.support.playwright_config import context_options
from e2e.support.scripts import script
from e2e.support.server import RunningShop
from e2e.support.subjects import reported
from shop.core import cookie

MINUTE_MS = 60_000
A_MINUTE_SECONDS = 60
LINES = dict.fromkeys(range(1, 21), 2)
OWN = {"cart", "script", "session", "undo"}
"""Cookies of the shop itself."""

FIGURES = {
    "The largest cookie": "4,096 bytes of name and value together are kept, 4,097 are not.",
    "Long attributes": "Attributes do not count. Used: Max-Age of 1024, Path of 1024.",
    "An over-long cookie replacing an old one": "The old cookie is kept.",
    # RFC 6265bis (5.6 step 1) allows the tab; Chromium still drops the cookie.
    "Characters that no server should send": "Dropped or changed: tab.",
    "Names with a prefix": (
        "Kept: __Host- as it must be; __Secure- as it must be; "
        "__Http- as it must be; __Host-Http- as it must be."
    ),
    "Partitioned cookies": (
        "Kept apart from a cookie of the same name without it, and refused without Secure; of 16 "
        "cookies of 1,024 bytes, 10 are left."
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
BY_LINK = (
    "When such a page leads to the shop, a cookie with Strict is not sent, with Lax it is sent, "
    "without SameSite it is sent."
)
NEEDS_SCRIPT = "Not measured: only a script can measure this, and scripts did not run."


def expect_finding(page: Page, title: str) -> Any:
    return expect(page.get_by_role("region", name=title).locator(".finding-text"))


def run_probes(page: Page, url: str) -> None:
    """Starts a run in the laboratory, and waits for its report."""
    page.goto(f"{url}/limits")
    page.get_by_role("button", name="Probe this browser").click()
    heading = page.get_by_role("heading", level=1, name="What this browser does with cookies")
    expect(heading).to_be_visible(timeout=MINUTE_MS)


def with_cart(context: BrowserContext, url: str) -> dict[str, Any]:
    """Gives the browser a cart, and returns its cookie."""
    carts.put(context, url, carts.value_of(LINES))
    return cart_of(context)


def cart_of(context: BrowserContext) -> dict[str, Any]:
    held = carts.cart_cookie(context)
    assert held is not None, "the cart is gone"
    return {part: held[part] for part in ("name", "value", "path", "httpOnly", "sameSite")}


def leftover_names(context: BrowserContext) -> set[str]:
    return {str(kept.get("name")) for kept in context.cookies()} - OWN


@dataclass(frozen=True, slots=True)
class Probed:
    """The page of a report, and the cart before the run."""

    page: Page
    cart: dict[str, Any]


@pytest.fixture(scope="module")
def probed(
    whole_browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> Iterator[Probed]:
    """A run takes seconds, so several tests look at the report of this one."""
    with whole_browser.new_context(**browser_context_args) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=shop.url)
        page = context.new_page()
        with_cart(context, shop.url)
        page.goto(f"{shop.url}/limits")
        for button in ("Add 1 line", "Add 1 line unguarded"):  # outside the path of the probes
            page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text("1 line added.")).to_be_visible()
        cart = cart_of(context)
        assert leftover_names(context) == {"unguarded"}
        run_probes(page, shop.url)
        yield Probed(page, cart)


def test_the_report_matches_this_browser(probed: Probed) -> None:
    for title, figure in (FIGURES | BY_SCRIPT).items():
        expect_finding(probed.page, title).to_have_text(figure)
    same_site = expect_finding(probed.page, "SameSite, and cookies without it")
    same_site.to_contain_text(re.compile("treated as Lax", re.IGNORECASE))
    same_site.to_contain_text(BY_LINK)
    assert cart_of(probed.page.context) == probed.cart
    assert leftover_names(probed.page.context) == set()


def test_the_report_has_no_layout_faults(
    browser: Browser, shop: RunningShop, probed: Probed
) -> None:
    stage = Stage(browser, shop, numbers_of(shop))
    faults = stage.faults(reported("limits-probe", probed.page.url), layout.REPORT_WIDTHS)
    assert not faults, "\n".join(faults)


def test_the_probes_run_without_a_script(
    browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    cart = with_cart(context, shop.url)

    run_probes(page, shop.url)

    for title, figure in FIGURES.items():
        expect_finding(page, title).to_have_text(figure)
    for title in BY_SCRIPT:
        expect_finding(page, title).to_have_text(NEEDS_SCRIPT)
    expect_finding(page, "SameSite, and cookies without it").to_contain_text(BY_LINK)
    assert cart_of(context) == cart
    assert leftover_names(context) == set()
    context.close()


def test_the_report_can_be_copied(probed: Probed) -> None:
    page = probed.page
    page.get_by_role("button", name="Copy the JSON").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    report = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert report["measured"]["largest"]["largest"] == 4096
    seconds = report["measured"]["lifetime"]["seconds"]
    assert 0 <= 400 * 86_400 - seconds <= A_MINUTE_SECONDS  # the time until the script reads it

    page.get_by_role("button", name="Copy the Markdown").click()
    expect(page.get_by_text("Copied.")).to_have_count(2)
    rows = str(page.evaluate("navigator.clipboard.readText()")).splitlines()
    assert any(row.startswith("| The largest cookie | 4,096 bytes") for row in rows)
    assert len({row.count("|") for row in rows if row.startswith("|")}) == 1


Moment = Callable[[set[str]], bool]


def is_filling(names: set[str]) -> bool:
    return "c099" in names


def has_overflowed(names: set[str]) -> bool:
    return "c170" in names and "lab-plain" not in names


def is_filled_again(names: set[str]) -> bool:
    # The second filling ends one by one; in the first, these two never coexist.
    return {"lab-plain", "c164"} <= names


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_closing_the_tab_during_a_run_loses_no_cart(
    browser: Browser,
    browser_context_args: dict[str, Any],
    shop: RunningShop,
    has_script: bool,
) -> None:
    """What the browser keeps while a request waits is left when the tab is closed then. The run
    goes on after the first two moments, and its tab is closed at the third."""
    context = browser.new_context(**browser_context_args, java_script_enabled=has_script)
    page = context.new_page()
    cart = with_cart(context, shop.url)
    moments: list[Moment] = [is_filling, has_overflowed, is_filled_again]
    left: list[list[Any]] = []

    def look(route: Route) -> None:
        names = {str(kept.get("name")) for kept in context.cookies()}
        if len(left) < len(moments) and moments[len(left)](names):
            left.append(context.cookies(f"{shop.url}/cart"))
        if len(left) < len(moments):
            route.continue_()
        else:
            route.abort()

    page.goto(f"{shop.url}/limits")
    page.route(re.compile("/limits/probe/(jar|clean)"), look)
    with page.expect_event("requestfailed", lambda _: len(left) == len(moments), timeout=MINUTE_MS):
        page.get_by_role("button", name="Probe this browser").click()
    page.close()

    assert cart_of(context) == cart
    for kept in left:
        context.clear_cookies()
        context.add_cookies(kept)
        assert cart_of(context) == cart
        next_shopper = Shopper(context.new_page(), shop.url)
        next_shopper.opens_cart().holds("Everyday mug", 2)
    context.close()


def test_a_response_too_large_for_a_proxy_only_ends_its_own_probe(
    page: Page, shop: RunningShop
) -> None:
    """Something replaces the first response, with a cookie of 4,096 bytes, by a 502, although it
    let the pictures pass that measured the route."""
    refused: list[str] = []

    def refuse(route: Route) -> None:
        response = route.fetch()
        if any(len(value) > 4000 for name, value in response.headers.items()):
            refused.append(route.request.url)
            route.fulfill(status=502, body="Bad Gateway")
        else:
            route.fulfill(response=response)

    page.route("**/limits/probe/jar/**", refuse)
    run_probes(page, shop.url)

    assert refused
    expect_finding(page, "The largest cookie").to_contain_text("a request got 502")
    expect_finding(page, "Names with a prefix").to_have_text(FIGURES["Names with a prefix"])
    assert leftover_names(page.context) == set()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "Too many requests came from your connection. Continue in a minute."),
        (410, "This run was started too long ago or in another browser."),
        (503, "The shop does not respond."),
    ],
)
def test_a_stopped_run_says_why(page: Page, shop: RunningShop, status: int, message: str) -> None:
    cart = with_cart(page.context, shop.url)
    page.route(re.compile("/limits/probe/(jar|clean)"), lambda route: route.fulfill(status=status))
    page.goto(f"{shop.url}/limits")
    page.get_by_role("button", name="Probe this browser").click()

    stopped = page.get_by_role("status").filter(has_text="The run has stopped.")
    expect(stopped).to_contain_text(message)
    expect(stopped).to_contain_text("Your cart is as it was.")
    assert cart_of(page.context) == cart


def test_a_change_in_another_tab_waits_for_the_eviction_probe(
    page: Page, shop: RunningShop
) -> None:
    with_cart(page.context, shop.url)
    other = Shopper(page.context.new_page(), shop.url)
    other.visits("/products/hinged-desk-lamp")
    added: list[str] = []

    def add(route: Route) -> None:
        if added or not is_filling({str(kept.get("name")) for kept in page.context.cookies()}):
            route.continue_()
            return
        late = route.fetch()  # it writes the old cart, and arrives after the other tab's response
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


def test_same_site_is_measured_if_third_party_cookies_are_allowed(
    playwright: Playwright,
    whole_browser_launch_args: dict[str, Any],
    shop: RunningShop,
    tmp_path: Path,
) -> None:
    profile = tmp_path / "Default"
    profile.mkdir()
    settings = {"profile": {"cookie_controls_mode": 0}}
    (profile / "Preferences").write_text(json.dumps(settings), "utf-8")
    context = playwright.chromium.launch_persistent_context(
        tmp_path, **whole_browser_launch_args, **context_options()
    )
    page = context.new_page()
    run_probes(page, shop.url)
    expect_finding(page, "SameSite, and cookies without it").to_have_text(
        "Without SameSite a cookie is treated as Lax: when another site’s page requests a picture "
        "it is not sent, a cookie with Lax is not sent, with Strict it is not sent, with None it "
        f"is sent. {BY_LINK}"
    )
    context.close()


IN_FIREFOX = {
    "The largest cookie": FIGURES["The largest cookie"],
    "Long attributes": FIGURES["Long attributes"],
    "An over-long cookie replacing an old one": "The old cookie is kept.",
    "Characters that no server should send": "All arrive as they were sent.",
    "Control characters, written by a script": (
        "Cookies with one of them are kept: 09; dropped: 00 to 08, 0A to 1F, 7F (in hexadecimal)."
    ),
    "Max-Age beyond 400 days": (
        "Not measured: this browser does not let scripts see when a cookie expires."
    ),
    "Names with a prefix": FIGURES["Names with a prefix"],
    "HttpOnly and scripts": BY_SCRIPT["HttpOnly and scripts"],
    "How many cookies a host may have, and which is evicted first": (
        "180 are kept; one more leaves 150. The oldest is evicted; with Priority=High it is "
        "evicted."
    ),
}
"""Measured in Firefox ESR 153. SameSite is left out: whether it can be measured depends on the
settings for cookies of other sites."""


def test_the_report_in_firefox(firefox: Window, shop: RunningShop) -> None:
    cart = (cookie.NAME, carts.value_of(LINES), "/")
    firefox.puts(cart[0], cart[1], shop.url)
    firefox.opens(f"{shop.url}/limits")
    firefox.presses("Probe this browser")
    firefox.sees("What this browser does with cookies", seconds=MINUTE_MS / 1000)

    titles = firefox.texts(".finding h2")
    figures = dict(zip(titles, firefox.texts(".finding-text"), strict=True))
    assert {title: figures[title] for title in IN_FIREFOX} == IN_FIREFOX
    assert cart in firefox.cookies()
    # Firefox keeps what another site's page sets apart from the site's own cookies.
    assert {kept[0] for kept in firefox.cookies()} - OWN <= {"lab-p"}
