"""Use it for the journey that earns the money, walked once with scripts and once without.

A script that fails to load is not rare: a bad connection, a blocker, an old browser. Unless the
same journey is walked without scripts, it breaks unnoticed.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from pytest_playwright import CreateContextCallback

from e2e.support.pages import Shopper
from e2e.support.server import RunningShop


@pytest.mark.parametrize(
    "with_javascript",
    [pytest.param(True, id="with JavaScript"), pytest.param(False, id="without JavaScript")],
)
def test_a_purchase_from_product_to_order(
    new_context: CreateContextCallback, shop: RunningShop, with_javascript: bool
) -> None:
    context = new_context(java_script_enabled=with_javascript)
    shopper = Shopper(context.new_page(), shop.url)
    shopper.adds("everyday-mug", 2)
    cart = shopper.adds("cedar-pencil")
    change = cart.sets_quantity if with_javascript else cart.updates
    change("Cedar pencil", "4")
    expect(cart.line("Cedar pencil")).to_contain_text("£3.40")

    page = cart.checks_out().fills_in().places_the_order()

    expect(page.get_by_text("2 × Everyday mug")).to_be_visible()
    expect(page.get_by_text("4 × Cedar pencil")).to_be_visible()
    expect(page.get_by_text("Ada Baker")).to_be_visible()
    shopper.opens_cart().is_empty()
