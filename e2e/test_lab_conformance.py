"""The conformance cases in a real browser, and that they leave no cookies behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.support import jar
from e2e.support.firefox import Window
from e2e.support.server import RunningShop, running_shop
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
    "Text without = is taken for the name of a cookie without a value": (
        "0004 0023 0024 0025 0026 0027 0028 CHROMIUM0009 CHROMIUM0010 MOZILLA0012 MOZILLA0014 "
        "MOZILLA0015 MOZILLA0016 MOZILLA0017 NAME0023 NAME0031 NAME0032 NAME0033 value-7 value-8 "
        "value-28 max-age-9"
    ),
    "A cookie without a name is dropped when its value contains =": "NAME0017 NAME0025",
    "A cookie without a name is dropped": "0021 CHROMIUM0012 NAME0028 name-and-value-8 value-10",
    "The prefixes __Http- and __Host-Http-": "__Http.header-1 __Http.document-cookie-1",
}
"""By the reason that the page gives, in its order. Measured in Firefox ESR 153: with the preference
network.cookie.valueless_cookie turned off, only the second and the last are left, and with
network.cookie.block_nameless_with_equal_char turned off as well, only the last."""
ON_HTTPS = WITH_SCRIPT | {
    "__Http.header-2": PREFIX,
    "__Http.document-cookie-2": PREFIX,
    "__Host-Http.header-1": PREFIX,
    "__Host-Http.document-cookie-1": PREFIX,
}
CASES = 431


@pytest.fixture
def named_shop(instance: Path) -> Iterator[RunningShop]:
    """A shop that also accepts a host name with dots."""
    with running_shop(instance, SHOP_TRUSTED_HOSTS=f"127.0.0.1,{HOST}") as served:
        yield served


def test_with_a_script_on_a_named_host(page: Page, named_shop: RunningShop) -> None:
    page = _with_a_cart(page, named_shop.url.replace("127.0.0.1", HOST))
    before = _kept(page.context)
    verdict_by_case = _run_all(page)

    assert _deviations(verdict_by_case) == WITH_SCRIPT.keys()
    assert _untested_count(verdict_by_case) == 59
    assert _kept(page.context) == before


def test_without_a_script_on_an_ip_address(
    browser: Browser, browser_context_args: dict[str, Any], shop: RunningShop
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = _with_a_cart(context.new_page(), shop.url)
    before = _kept(context)
    verdict_by_case = _run_all(page)

    assert _deviations(verdict_by_case) == DEVIATIONS.keys()
    assert _untested_count(verdict_by_case) == 144
    assert _kept(context) == before
    context.close()


def test_on_https_secure_cookies_are_kept(page: Page, https_url: str) -> None:
    page = _with_a_cart(page, https_url)
    before = _kept(page.context)
    verdict_by_case = _run_all(page)

    assert _deviations(verdict_by_case) == ON_HTTPS.keys()
    secure = page.locator(".case-family tr").filter(has_text="ATTRIBUTE0001")
    expect(secure.locator("td").nth(1)).to_have_text("foo=bar")
    assert _kept(page.context) == before


def test_in_firefox(firefox: Window, named_shop: RunningShop) -> None:
    url = named_shop.url.replace("127.0.0.1", HOST)
    firefox.puts(cookie.NAME, jar.value_of({1: 2}), url)
    firefox.opens(f"{url}/limits")
    before = firefox.cookies()
    firefox.presses("Run all cases")
    firefox.sees("How this browser follows the standard", seconds=RUN_MS / 1000)

    names = firefox.texts(".case-family tbody th")
    verdicts = firefox.texts(".case-family tbody td:last-child")
    verdict_by_case = dict(zip(names, verdicts, strict=True))
    assert _deviations(verdict_by_case) == set(" ".join(IN_FIREFOX.values()).split())
    assert _untested_count(verdict_by_case) == 59
    for number, (reason, cases) in enumerate(IN_FIREFOX.items(), start=1):
        within = f"[aria-labelledby=group-{number}]"
        assert firefox.texts(f"{within} tbody th") == cases.split()
        (report,) = firefox.texts(within)
        assert report.startswith(reason)
        assert "Known for Firefox" in report
    assert {one[0] for one in before} == {cookie.NAME, "session"}
    assert firefox.cookies() == before


def _with_a_cart(page: Page, url: str) -> Page:
    page.goto(f"{url}/products/everyday-mug")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_role("heading", name="Your cart", exact=True)).to_be_visible()
    page.goto(f"{url}/limits")
    assert jar.cart_cookie(page.context)
    return page


def _run_all(page: Page) -> dict[str, str]:
    page.get_by_role("button", name="Run all cases").click()
    over = page.get_by_role("heading", level=1, name="How this browser follows the standard")
    expect(over).to_be_visible(timeout=RUN_MS)
    names = page.locator(".case-family tbody th").all_text_contents()
    verdicts = page.locator(".case-family tbody td:last-child").all_text_contents()
    verdict_by_case = dict(zip(names, (verdict.strip() for verdict in verdicts), strict=True))
    assert len(verdict_by_case) == CASES
    expect(page.locator(".lead")).to_contain_text(
        f"{len(_deviations(verdict_by_case))} cases deviate"
    )
    for name in _deviations(verdict_by_case):
        expect(page.locator(".finding").filter(has_text=name)).not_to_contain_text("not known")
    return verdict_by_case


def _deviations(verdict_by_case: dict[str, str]) -> set[str]:
    return {name for name, verdict in verdict_by_case.items() if verdict.startswith("Deviates:")}


def _untested_count(verdict_by_case: dict[str, str]) -> int:
    as_expected = sum(verdict.startswith("As expected") for verdict in verdict_by_case.values())
    return len(verdict_by_case) - as_expected - len(_deviations(verdict_by_case))


def _kept(context: BrowserContext) -> list[tuple[str, str, str]]:
    """Every cookie of the browser, including the cart."""
    return sorted(
        (kept.get("name", ""), kept.get("value", ""), kept.get("path", ""))
        for kept in context.cookies()
    )
