"""A foreign cart cookie is reported and left alone, and the shop works regardless."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from e2e.support import carts
from e2e.support.demo_catalogue import MUG
from e2e.support.pages import Shopper


def _tampered() -> str:
    return carts.altered(carts.value_of({MUG: 2}))


@pytest.mark.parametrize(
    ("value", "notice"),
    [
        pytest.param(_tampered(), "was not signed by this shop", id="tampered"),
        pytest.param("s%3Aabc.def", "is damaged, or not this shop’s", id="from another shop"),
        pytest.param('{"items":[]}', "is damaged, or not this shop’s", id="raw JSON"),
        pytest.param("x" * 4000, "was not signed by this shop", id="long"),
    ],
)
def test_a_bad_cookie_is_reported_and_left_alone(shopper: Shopper, value: str, notice: str) -> None:
    carts.put(shopper.page.context, shopper.url, value)

    page = shopper.visits("/products")
    expect(page.get_by_role("status").first).to_contain_text(notice)

    shopper.opens_cart().is_empty()
    expect(page.get_by_text(notice)).to_be_visible()
    held = carts.cart_cookie(page.context)
    assert held is not None
    assert held["value"] == value

    shopper.adds("everyday-mug").holds("Everyday mug")
    expect(page.get_by_text(notice)).to_have_count(0)


def test_adding_replaces_a_bad_cookie_and_says_so(shopper: Shopper) -> None:
    page = shopper.visits("/products/everyday-mug")
    carts.put(shopper.page.context, shopper.url, _tampered())
    page.get_by_role("button", name="Add to cart").click()

    expect(page.get_by_text("was not signed by this shop")).to_be_visible()
    expect(page.get_by_label("Quantity of Everyday mug", exact=True)).to_have_value("1")


def test_a_second_cookie_on_a_deeper_path_does_not_hide_the_cart(shopper: Shopper) -> None:
    shopper.adds("everyday-mug")
    shopper.page.context.add_cookies(
        [{"name": "cart", "value": "foreign", "domain": "127.0.0.1", "path": "/cart"}]
    )

    shopper.opens_cart().holds("Everyday mug")
    shopper.adds("cedar-pencil").holds("Cedar pencil").holds("Everyday mug")


@pytest.mark.parametrize(
    "foreign",
    [
        "theme=é",
        "ñ=1",
        'prefs={"a":1,"b":"x y"}',
        "flag",
        'half="quoted',
        "back=\\",
        pytest.param("cart", id="nameless, like an empty cart"),
        pytest.param("session", id="nameless, like an empty session"),
        pytest.param("prefs=a,cart=b,session=c", id="commas"),
    ],
)
def test_a_cookie_of_another_program_does_not_affect_the_cart(
    shopper: Shopper, foreign: str
) -> None:
    shopper.adds("everyday-mug")
    shopper.page.evaluate("(cookie) => { document.cookie = `${cookie}; path=/` }", foreign)

    shopper.opens_cart().holds("Everyday mug")
    shopper.adds("cedar-pencil").holds("Cedar pencil").holds("Everyday mug")
