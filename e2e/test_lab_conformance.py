"""The conformance cases in a real browser, and that they leave no cookies behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.support import carts, layout
from e2e.support.demo_shop import Stage, numbers_of
from e2e.support.firefox import Window
from e2e.support.server import RunningShop, running_shop
from e2e.support.subjects import reported
from shop.core import cookie

HOST = "home.shop.localhost"
"""A name with a parent domain, which Chromium resolves to this machine without DNS."""
RUN_MS = 120_000
TAB = "a tab counts as a control character (net/cookies/parsed_cookie.cc); the RFC keeps it"
EQUALS_SIGN = (
    "a nameless cookie with a = in its value is refused since version 148 (crrev.com/c/7698176); "
    "earlier ones keep it, as the RFC does"
)
PREFIX = "rules of draft-ietf-httpbis-layered-cookies, which RFC 6265bis does not know"
DEVIATIONS = {
    "NAME0017": EQUALS_SIGN,
    "NAME0025": EQUALS_SIGN,
    "value-ctl-http-09": TAB,
    "__Http.header-1": PREFIX,
}
"""Measured in Chromium 156. If another version differs, add the version and the reason here and
in shop/lab/conformance/deviations.py."""
WITH_SCRIPT = DEVIATIONS | {"value-ctl-dom-09": TAB, "__Http.document-cookie-1": PREFIX}
IN_FIREFOX = {
    "dropped-1": (
        "A cookie without a name is dropped when its value contains =",
        "NAME0017 NAME0025",
    ),
    "dropped-2": (
        "A cookie without a name is dropped",
        "0021 CHROMIUM0012 NAME0028 name-and-value-8 value-10",
    ),
    "dropped-3": (
        "The prefixes __Http- and __Host-Http- follow rules",
        "__Http.header-1 __Http.document-cookie-1",
    ),
    "changed-1": (
        "Text without = is taken for the name of a cookie without a value",
        "0004 0023 0024 0025 0026 0027 0028 CHROMIUM0009 CHROMIUM0010 MOZILLA0012 MOZILLA0014 "
        "MOZILLA0015 MOZILLA0016 MOZILLA0017 NAME0023 NAME0031 NAME0032 NAME0033 value-7 value-8 "
        "value-28 max-age-9",
    ),
}
"""The reasons that the page gives, and their cases. Measured in Firefox ESR 153: with the option
network.cookie.valueless_cookie turned off, only the first and the third are left, and with
network.cookie.block_nameless_with_equal_char turned off as well, only the third."""
ON_HTTPS = WITH_SCRIPT | {
    "__Http.header-2": PREFIX,
    "__Http.document-cookie-2": PREFIX,
    "__Host-Http.header-1": PREFIX,
    "__Host-Http.document-cookie-1": PREFIX,
}
CASES = 431
EVERY_CASE = ".case-table tbody th"
DEVIATING = f".finding {EVERY_CASE}"
UNTESTED = f"[aria-labelledby=untested] {EVERY_CASE}"


@pytest.fixture(scope="module")
def named_shop(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    """A shop that also accepts a host name with dots."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("named") / "instance"))
    with running_shop(folder, SHOP_TRUSTED_HOSTS=f"127.0.0.1,{HOST}") as served:
        yield served


@dataclass(frozen=True, slots=True)
class Reported:
    """The page of a report, what it says as `_run_all` reads it, and the cookies before the run."""

    page: Page
    said: tuple[set[str], int]
    before: list[tuple[str, str, str]]


@pytest.fixture(scope="module")
def named_report(
    browser: Browser, browser_context_args: dict[str, Any], named_shop: RunningShop
) -> Iterator[Reported]:
    """A run takes many seconds, so several tests look at the report of this one."""
    with browser.new_context(**browser_context_args) as context:
        page = _with_a_cart(context.new_page(), named_shop.url.replace("127.0.0.1", HOST))
        before = _kept(context)
        yield Reported(page, _run_all(page), before)


def test_with_a_script_on_a_named_host(named_report: Reported) -> None:
    assert named_report.said == (set(WITH_SCRIPT), 59)
    assert _kept(named_report.page.context) == named_report.before


def test_the_report_has_no_layout_faults(
    browser: Browser, named_shop: RunningShop, named_report: Reported
) -> None:
    stage = Stage(browser, named_shop, numbers_of(named_shop))
    faults = stage.faults(
        reported("limits-conformance", named_report.page.url), layout.REPORT_WIDTHS
    )
    assert not faults, "\n".join(faults)


def test_without_a_script_on_an_ip_address(
    browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = _with_a_cart(context.new_page(), shop.url)
    before = _kept(context)

    assert _run_all(page) == (set(DEVIATIONS), 144)
    assert _kept(context) == before
    context.close()


def test_on_https_secure_cookies_are_kept(page: Page, https_url: str) -> None:
    page = _with_a_cart(page, https_url)
    before = _kept(page.context)
    deviating, _ = _run_all(page)

    assert deviating == ON_HTTPS.keys()
    secure = page.locator(".case-group tr").filter(has_text="ATTRIBUTE0001")
    expect(secure.locator("td").nth(1)).to_have_text("foo=bar")
    assert _kept(page.context) == before


def test_in_firefox(firefox: Window, named_shop: RunningShop) -> None:
    url = named_shop.url.replace("127.0.0.1", HOST)
    firefox.puts(cookie.NAME, carts.value_of({1: 2}), url)
    firefox.opens(f"{url}/limits")
    before = firefox.cookies()
    firefox.presses("Run all cases")
    firefox.sees("How this browser follows the standard", seconds=RUN_MS / 1000)

    for section, (reason, cases) in IN_FIREFOX.items():
        within = f"[aria-labelledby={section}]"
        assert firefox.texts(f"{within} tbody th") == cases.split()
        (report,) = firefox.texts(within)
        assert report.startswith(reason)
        assert "Known for Firefox" in report
    assert len(firefox.texts(DEVIATING)) == 31
    assert len(firefox.texts(UNTESTED)) == 59
    assert len(firefox.texts(EVERY_CASE)) == CASES
    assert {one[0] for one in before} == {cookie.NAME, "script", "session"}
    assert firefox.cookies() == before


def _with_a_cart(page: Page, url: str) -> Page:
    page.goto(f"{url}/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart", exact=True)).to_be_visible()
    page.goto(f"{url}/limits")
    assert carts.cart_cookie(page.context)
    return page


def _run_all(page: Page) -> tuple[set[str], int]:
    """The names of the cases that deviate, each for a known reason, and how many are not tested."""
    page.get_by_role("button", name="Run all cases").click()
    over = page.get_by_role("heading", level=1, name="How this browser follows the standard")
    expect(over).to_be_visible(timeout=RUN_MS)
    expect(page.locator(EVERY_CASE)).to_have_count(CASES)
    deviating = page.locator(DEVIATING).all_text_contents()
    expect(page.locator(".lead")).to_contain_text(f"{len(deviating)} cases deviate")
    expect(page.locator(".finding").filter(has_text="not known")).to_have_count(0)
    return set(deviating), page.locator(UNTESTED).count()


def _kept(context: BrowserContext) -> list[tuple[str, str, str]]:
    """Every cookie of the browser, including the cart."""
    return sorted(
        (kept.get("name", ""), kept.get("value", ""), kept.get("path", ""))
        for kept in context.cookies()
    )
