"""The laboratory behind a default nginx, which lets 4,096 bytes of response headers through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from e2e.support import carts, nginx
from e2e.support.debian import NGINX, needed
from e2e.support.server import KEY, RunningShop
from shop.core import cookie
from shop.core.cart import Line

RUN_MS = 180_000
FULL_HERE = 2_200
"""A cart that such an nginx lets through, as the README advises."""


@pytest.fixture
def behind_nginx(shop: RunningShop, tmp_path: Path) -> Iterator[str]:
    needed(NGINX)
    with nginx.default_nginx(shop.url, tmp_path) as url:
        yield url


@pytest.mark.parametrize(
    ("button", "heading", "has_script", "sentences"),
    [
        pytest.param(
            "Probe this browser",
            "What this browser does with cookies",
            False,
            (
                "This could not be tested here: the route to this browser lets headers of 3,900",
                "Whether attributes count could not be tested here",
                "180 are kept; one more leaves 150.",
            ),
            id="probes without a script",
        ),
        pytest.param(
            "Run all cases",
            "How this browser follows the standard",
            True,
            ("17 cases: the route to this browser lets headers of 3,900 bytes through",),
            id="cases with a script",
        ),
    ],
)
def test_a_run_ends_with_a_report_and_sends_nothing_that_does_not_pass(
    browser: Browser,
    browser_context_args: dict[str, Any],
    behind_nginx: str,
    tmp_path: Path,
    button: str,
    heading: str,
    has_script: bool,
    sentences: tuple[str, ...],
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=has_script)
    page = context.new_page()
    cart = carts.cart_that_fills(FULL_HERE, Line(1, 1))
    carts.put(context, behind_nginx, cookie.encode(cart, [KEY], name=cookie.NAME))
    refused = _refusals(page)

    page.goto(f"{behind_nginx}/limits")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible(timeout=RUN_MS)

    for sentence in sentences:
        expect(page.get_by_role("main")).to_contain_text(sentence)
    names = sorted(url.rpartition("lab-back")[2].partition("?")[0] for url in refused)
    assert names == ["10000", "18000", "6000", "7900"]
    assert len(nginx.refused_headers(tmp_path)) == len(refused)
    assert carts.held_cart(context) == cart
    own = {"cart", "session", "script"} if has_script else {"cart", "session"}
    assert {kept.get("name") for kept in context.cookies()} == own
    context.close()


def _refusals(page: Page) -> list[str]:
    refused: list[str] = []

    def look(response: Response) -> None:
        if response.status >= 400:
            refused.append(response.url)

    page.on("response", look)
    return refused
