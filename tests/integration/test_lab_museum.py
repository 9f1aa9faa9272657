"""The museum of carts: exhibits behave as described, and the visitor's own cart is left alone."""

from __future__ import annotations

import dataclasses
import logging
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, request, request_started

from shop.core import cookie
from shop.lab.carts import previous_cart
from shop.lab.museum import exhibits
from shop.lab.museum import page as museum_page
from shop.lab.museum.demo_shop import FORMER_KEY
from shop.lab.museum.exhibits import EXHIBITS
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import held, notices, numbered, undo_form
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    field_value,
    parsed,
    text_of,
)

EXPECTED = {
    "nearly-full": 4,
    "full": 4,
    "expired-in-grace": 5,
    "expired": 5,
    "forged": 5,
    "rotated-away": 5,
    "rotated-accepted": 4,
    "unknown-version": 5,
    "version-1": 3,
    "version-2": 3,
    "version-3": 4,
    "deleted-product": 5,
    "discontinued-product": 5,
    "changed-price": 5,
    "sold-out": 5,
    "two-of-one-name": 4,
    "foreign": 5,
}
"""The number of expectations on each exhibit's page, in the order of the rooms."""
NAMES = list(EXPECTED)
LOADABLE = ("nearly-full", "full", "expired-in-grace", "version-2", "deleted-product")
SETTINGS = [
    pytest.param({}, "http://localhost", id="default settings"),
    pytest.param({}, "https://localhost", id="https"),
    pytest.param({"SHOP_CART_BUDGET_BYTES": "64"}, "https://localhost", id="the smallest budget"),
    pytest.param(
        {
            "SHOP_CURRENCY": "JPY",
            "SHOP_LOCALE": "de_DE",
            "SHOP_SHIPPING": "300",
            "SHOP_FREE_SHIPPING_FROM": "never",
            "SHOP_MAX_QUANTITY": "1",
            "SHOP_CART_BUDGET_BYTES": "1000",
        },
        "http://localhost",
        id="another country",
    ),
    pytest.param(
        {"SHOP_CART_MAX_AGE_DAYS": "0.00003"}, "http://localhost", id="carts that expire after 2 s"
    ),
]


def address(name: str) -> str:
    return f"/limits/museum/{name}"


def results(html: str) -> list[str]:
    """The result of each expectation in the exhibit's table."""
    return [cell.to_text() for cell in elements(parsed(html), ".museum-expected tbody td")]


def all_results(visitor: LintingClient) -> dict[str, list[str]]:
    """The results of every exhibit, by name."""
    return {name: results(visitor.get(address(name)).text) for name in NAMES}


ALL_AS_EXPECTED = {name: ["✓ does"] * count for name, count in EXPECTED.items()}


@pytest.mark.parametrize(("settings", "base_url"), SETTINGS)
def test_every_exhibit_behaves_as_described(
    open_shop: Opener, settings: dict[str, str], base_url: str
) -> None:
    assert all_results(open_shop(**settings).visitor(base_url=base_url)) == ALL_AS_EXPECTED


def test_exhibits_work_with_an_empty_catalogue(shop: OpenShop, visitor: LintingClient) -> None:
    shop.sql("delete from products")
    assert all_results(visitor) == ALL_AS_EXPECTED


def test_viewing_an_exhibit_changes_neither_the_visitor_nor_the_shop(
    shop: OpenShop, visitor: LintingClient, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.add("MUG", 2)
    before, statements = shop.dump(), shop.statements()
    for name in NAMES:
        visitor.send("/limits/cart/lines", count=1)
        kept = visitor.cart_value()
        statements.clear()
        with caplog.at_level(logging.INFO, "shop"):
            page = visitor.get(address(name))
        assert cart_headers(page) == []
        assert visitor.cart_value() == kept
        assert "1 line added" in text_of(page.text, "main > .notices")
        assert (statements, caplog.records) == ([], [])
    assert shop.dump() == before


def test_exhibits_never_see_the_visitors_cookies(shop: OpenShop, visitor: LintingClient) -> None:
    mine = shop.cookie({"PENCIL": 7})
    visitor.set_cookie("cart", mine)
    visitor.set_cookie("theme", "night")
    sent: dict[str, str] = {}

    def keep(_: Flask, **__: object) -> None:
        sent[request.path] = request.headers.get("Cookie", "")

    with request_started.connected_to(keep):
        visitor.get(address("version-1"))
    assert set(sent) == {address("version-1"), "/cart", "/cart/lines"}
    assert mine in sent[address("version-1")]
    assert not any(mine in sent[path] or "theme" in sent[path] for path in ("/cart", "/cart/lines"))


@pytest.mark.parametrize("key", [KEY, FORMER_KEY, exhibits.GONE_KEY])
def test_pages_reveal_no_key(visitor: LintingClient, key: str) -> None:
    assert not any(key in visitor.get(address(name)).text for name in NAMES)


def test_exhibits_do_not_use_up_the_visitors_rate_limit(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_RATELIMIT="2 per minute").visitor()
    assert all_results(visitor) == ALL_AS_EXPECTED
    assert visitor.add("MUG").status_code == 303


def test_exhibits_can_be_viewed_concurrently(shop: OpenShop) -> None:
    with ThreadPoolExecutor(4) as pool:
        pages = pool.map(lambda name: shop.visitor().get(address(name)).text, NAMES)
        assert [results(page) for page in pages] == list(ALL_AS_EXPECTED.values())


def test_a_failed_expectation_is_reported(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = next(exhibit for exhibit in EXHIBITS if exhibit.name == "full")
    broken = dataclasses.replace(full, made=exhibits._filled(5))
    monkeypatch.setattr(museum_page, "EXHIBITS", (broken,))
    page = visitor.get(address("full")).text
    assert results(page)[0] == "✗ does not"
    assert results(page)[1:3] == ["✓ does", "✓ does"]


@pytest.mark.parametrize(
    ("budget", "source"),
    [
        ("4096", "may take 4,096 (RFC 6265bis, section 5.6, step 5)"),
        ("4095", "may take 4,095 (SHOP_CART_BUDGET_BYTES)"),
    ],
)
def test_the_page_names_the_source_of_the_limit(
    open_shop: Opener, budget: str, source: str
) -> None:
    page = open_shop(SHOP_CART_BUDGET_BYTES=budget).visitor().get(address("full")).text
    assert source in text_of(page, "section[aria-labelledby=cookie] > p")


def test_a_bug_in_the_shop_shows_as_a_failed_expectation(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.web.site.wording.refusal", lambda *_, **__: "Hm")
    assert results(visitor.get(address("forged")).text).count("✗ does not") == 1


def test_without_a_grace_period_the_page_says_so(open_shop: Opener) -> None:
    page = open_shop(SHOP_CART_GRACE_DAYS="0").visitor().get(address("expired-in-grace")).text
    assert "This shop does not offer to restore expired carts" in text_of(page, ".lab .notice")
    assert results(page) == []


def test_exhibits_link_to_their_neighbours(visitor: LintingClient) -> None:
    section = parsed(visitor.get("/limits").text)
    assert [attributes(link)["href"] for link in elements(section, ".museum a")] == list(
        map(address, NAMES)
    )
    page = parsed(visitor.get(address(NAMES[1])).text)
    links = {attributes(a).get("rel"): attributes(a)["href"] for a in elements(page, "nav a")}
    assert (links["prev"], links["next"]) == (address(NAMES[0]), address(NAMES[2]))


@pytest.mark.parametrize("name", ["nothing", "Full", "version-4"])
def test_an_unknown_exhibit_is_404(visitor: LintingClient, name: str) -> None:
    assert visitor.get(address(name)).status_code == 404
    assert visitor.send(address(name), cart="x").status_code == 404


def test_without_the_laboratory_there_is_no_museum(open_shop: Opener) -> None:
    assert open_shop(SHOP_LIMITS_LAB="off").visitor().get(address("full")).status_code == 404


def test_only_carts_that_the_shop_accepts_can_be_loaded(visitor: LintingClient) -> None:
    pages = {name: visitor.get(address(name)).text for name in NAMES}
    forms = {
        name: elements(parsed(pages[name]), f"form[action='{address(name)}']") for name in NAMES
    }
    assert tuple(name for name in NAMES if forms[name]) == LOADABLE
    assert all("curl -sSi -b 'cart=" in page for page in pages.values())


def load(visitor: LintingClient, name: str) -> tuple[str, str]:
    """Puts an exhibit into the browser; returns its value and the next page."""
    value = field_value(visitor.get(address(name)).text, "cart")
    response = visitor.send(address(name), cart=value)
    assert response.status_code == 303
    return value, visitor.get(response.headers["Location"]).text


@pytest.mark.parametrize("name", LOADABLE)
def test_a_loaded_exhibit_is_kept_byte_for_byte_and_can_be_undone(
    shop: OpenShop, visitor: LintingClient, name: str
) -> None:
    visitor.add("PENCIL", 3)
    value, page = load(visitor, name)
    assert visitor.cart_value() == value
    assert "In your browser now, byte for byte" in text_of(page, "main > .notices")
    form = {
        attributes(field)["name"] or "": attributes(field)["value"]
        for field in elements(parsed(page), "form[action='/cart/undo'] input")
    }
    visitor.send("/cart/undo", cart=form["cart"], since=form["since"])
    assert held(visitor) == numbered(shop, {"PENCIL": 3})
    assert "Undone. Your cart is as it was before" in notices(visitor)


def test_after_loading_a_full_cart_no_older_step_is_offered(visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    load(visitor, "full")
    assert undo_form(visitor) is None


def test_the_cart_page_offers_undo_where_there_is_room(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("PENCIL")
    load(visitor, "version-2")
    step = undo_form(visitor)
    assert step is not None
    assert step["cart"] == shop.cookie({"PENCIL": 1})


def test_undo_after_loading_restores_an_empty_cart(visitor: LintingClient) -> None:
    _, page = load(visitor, "full")
    form = parsed(page)
    fields = map(attributes, elements(form, "form[action='/cart/undo'] input"))
    sent = {field["name"] or "": field["value"] for field in fields}
    visitor.send("/cart/undo", cart=sent["cart"], since=sent["since"])
    assert held(visitor) == []


def test_putting_the_cart_back_is_limited_to_one_browser_and_an_hour(
    shop: OpenShop, visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.add("MUG")
    page = visitor.get(address("full")).text
    response = visitor.send(address("full"), cart=field_value(page, "cart"))
    next_page = response.headers["Location"]
    stranger = shop.visitor()
    assert stranger.token
    assert "Put my own cart back" not in stranger.get(next_page).text
    assert "Put my own cart back" in visitor.get(next_page).text
    monkeypatch.setattr(previous_cart, "LIFE_SECONDS", -1)
    assert "Put my own cart back" not in visitor.get(next_page).text


def test_carts_that_the_shop_refuses_are_not_loaded(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    kept = visitor.cart_value()
    old = shop.cookie({"PENCIL": 1}, age_seconds=34 * DAY)
    for value in ("", "x", old, shop.cookie({"PENCIL": 1}, key="other")):
        assert cart_headers(visitor.send(address("full"), cart=value)) == []
    assert visitor.cart_value() == kept
    assert "Nothing was changed" in notices(visitor)


def test_loading_does_not_replace_an_expired_cart_on_offer(
    shop: OpenShop, visitor: LintingClient
) -> None:
    assert visitor.token
    old = shop.cookie({"MUG": 1}, age_seconds=31 * DAY)
    visitor.set_cookie("cart", old)
    response = visitor.send(address("full"), cart=shop.cookie({"PENCIL": 1}))
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert "Please restore it or let it go first" in notices(visitor)


def test_nothing_fits_into_a_loaded_full_cart(visitor: LintingClient) -> None:
    value, _ = load(visitor, "full")
    assert len("cart") + len(value) == cookie.BROWSER_LIMIT_BYTES
    assert visitor.add("PENCIL").status_code == 409
    assert visitor.cart_value() == value
