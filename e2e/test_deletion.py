"""However the cart is emptied, the browser keeps no cart cookie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.jar import Crumb, Jar
from e2e.support.pages import Shopper


def remove_the_last_line(shopper: Shopper) -> None:
    shopper.opens_cart().removes("Everyday mug").is_empty()


def set_the_last_line_to_zero(shopper: Shopper) -> None:
    shopper.opens_cart().sets_quantity("Everyday mug", "0").is_empty()


def clear(shopper: Shopper) -> None:
    shopper.opens_cart().empties().is_empty()


def check_out(shopper: Shopper) -> None:
    shopper.goes_to_checkout().fills_in().places_the_order()


WAYS = [
    pytest.param(remove_the_last_line, id="removing the last line"),
    pytest.param(set_the_last_line_to_zero, id="quantity 0"),
    pytest.param(clear, id="emptying the cart"),
    pytest.param(check_out, id="checking out"),
]


@pytest.mark.parametrize("empty", WAYS[1:])  # recipes/ has the first
def test_the_cookie_is_deleted_on_http(
    jar: Jar, own_shopper: Shopper, empty: Callable[[Shopper], None]
) -> None:
    jar.arrange("MUG")
    jar["cart"].to_have_attributes(secure=False, path="/")

    empty(own_shopper)

    warnings = own_shopper.page.locator(".notice-warning")
    expect(warnings).to_have_count(0)  # the deletion is no refusal
    jar["cart"].to_be_absent()


@pytest.mark.parametrize("empty", WAYS)
def test_the_prefixed_cookie_is_deleted_on_https(
    page: Page, https_url: str, empty: Callable[[Shopper], None]
) -> None:
    cart = Jar(page.context, Crumb(https_url))["__Host-cart"]
    shopper = Shopper(page, https_url)
    shopper.adds("everyday-mug")
    cart.to_have_attributes(secure=True, path="/", http_only=True, same_site="Lax", priority="High")

    empty(shopper)

    expect(page.locator(".notice-warning")).to_have_count(0)
    cart.to_be_absent()


def test_after_clearing_all_cookies_a_new_cart_can_be_filled(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")
    shopper.page.context.clear_cookies()

    shopper.opens_cart().is_empty()
    expect(shopper.page.get_by_role("status").first).to_have_text("")
    shopper.adds("cedar-pencil").holds("Cedar pencil")
