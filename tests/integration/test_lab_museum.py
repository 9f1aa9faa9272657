"""The museum of carts: what it says should happen does, and a visitor's own cart is left alone."""

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
from tests.integration.carts import held, notices, numbered, offered
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    parsed,
    text_of,
    value_of,
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
    "deleted-product": 5,
    "discontinued-product": 5,
    "changed-price": 5,
    "sold-out": 5,
    "two-of-one-name": 4,
    "foreign": 5,
}
"""Of how many things each exhibit says that they should happen, in the order of the rooms."""
NAMES = list(EXPECTED)
TAKEN = ("nearly-full", "full", "expired-in-grace", "version-2", "deleted-product")
SETTINGS = [
    pytest.param({}, "http://localhost", id="as it comes"),
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
    pytest.param({"SHOP_CART_MAX_AGE_DAYS": "0.00003"}, "http://localhost", id="a life of 2 s"),
]


def address(name: str) -> str:
    return f"/limits/museum/{name}"


def results(html: str) -> list[str]:
    """What the table of a placard says of each expectation."""
    return [cell.to_text() for cell in elements(parsed(html), ".museum-expected tbody td")]


def opened(visitor: LintingClient) -> dict[str, list[str]]:
    """What every placard says, by name."""
    return {name: results(visitor.get(address(name)).text) for name in NAMES}


ALL_DO = {name: ["✓ does"] * count for name, count in EXPECTED.items()}


@pytest.mark.parametrize(("settings", "base_url"), SETTINGS)
def test_each_exhibit_does_what_it_should(
    open_shop: Opener, settings: dict[str, str], base_url: str
) -> None:
    assert opened(open_shop(**settings).visitor(base_url=base_url)) == ALL_DO


def test_an_empty_catalogue_shows_the_same(shop: OpenShop, visitor: LintingClient) -> None:
    shop.sql("delete from products")
    assert opened(visitor) == ALL_DO


def test_opening_leaves_the_visitor_and_the_shop_alone(
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


def test_no_cookie_of_the_visitor_comes_onto_the_stage(
    shop: OpenShop, visitor: LintingClient
) -> None:
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
def test_no_key_stands_on_a_page(visitor: LintingClient, key: str) -> None:
    assert not any(key in visitor.get(address(name)).text for name in NAMES)


def test_what_is_shown_does_not_count_as_a_change(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_RATELIMIT="2 per minute").visitor()
    assert opened(visitor) == ALL_DO
    assert visitor.add("MUG").status_code == 303


def test_threads_do_not_meet_on_the_stage(shop: OpenShop) -> None:
    with ThreadPoolExecutor(4) as pool:
        pages = pool.map(lambda name: shop.visitor().get(address(name)).text, NAMES)
        assert [results(page) for page in pages] == list(ALL_DO.values())


def test_what_does_not_come_true_is_said(
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
def test_what_limits_a_cart_is_named(open_shop: Opener, budget: str, source: str) -> None:
    page = open_shop(SHOP_CART_BUDGET_BYTES=budget).visitor().get(address("full")).text
    assert source in text_of(page, "section[aria-labelledby=cookie] > p")


def test_a_shop_that_is_broken_is_told_of(
    visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shop.web.site.wording.refusal", lambda *_, **__: "Hm")
    assert results(visitor.get(address("forged")).text).count("✗ does not") == 1


def test_without_a_grace_that_is_said(open_shop: Opener) -> None:
    page = open_shop(SHOP_CART_GRACE_DAYS="0").visitor().get(address("expired-in-grace")).text
    assert "This shop offers no expired cart back" in text_of(page, ".lab .notice")
    assert results(page) == []


def test_the_rooms_follow_each_other(visitor: LintingClient) -> None:
    section = parsed(visitor.get("/limits").text)
    assert [attributes(link)["href"] for link in elements(section, ".museum a")] == list(
        map(address, NAMES)
    )
    page = parsed(visitor.get(address(NAMES[1])).text)
    links = {attributes(a).get("rel"): attributes(a)["href"] for a in elements(page, "nav a")}
    assert (links["prev"], links["next"]) == (address(NAMES[0]), address(NAMES[2]))


@pytest.mark.parametrize("name", ["nothing", "Full", "version-3"])
def test_an_unknown_exhibit_is_not_there(visitor: LintingClient, name: str) -> None:
    assert visitor.get(address(name)).status_code == 404
    assert visitor.send(address(name), cart="x").status_code == 404


def test_without_the_laboratory_there_is_no_museum(open_shop: Opener) -> None:
    assert open_shop(SHOP_LIMITS_LAB="off").visitor().get(address("full")).status_code == 404


def test_only_what_the_shop_keeps_can_be_put_in_browser(visitor: LintingClient) -> None:
    pages = {name: visitor.get(address(name)).text for name in NAMES}
    forms = {
        name: elements(parsed(pages[name]), f"form[action='{address(name)}']") for name in NAMES
    }
    assert tuple(name for name in NAMES if forms[name]) == TAKEN
    assert all("curl -sSi -b 'cart=" in page for page in pages.values())


def take(visitor: LintingClient, name: str) -> tuple[str, str]:
    """Puts an exhibit into the browser: its value, and the page that comes then."""
    value = value_of(visitor.get(address(name)).text, "cart")
    answer = visitor.send(address(name), cart=value)
    assert answer.status_code == 303
    return value, visitor.get(answer.headers["Location"]).text


@pytest.mark.parametrize("name", TAKEN)
def test_one_that_is_taken_is_there_byte_for_byte_and_undone(
    shop: OpenShop, visitor: LintingClient, name: str
) -> None:
    visitor.add("PENCIL", 3)
    value, page = take(visitor, name)
    assert visitor.cart_value() == value
    assert "In your browser now, byte for byte" in text_of(page, "main > .notices")
    form = {
        attributes(field)["name"] or "": attributes(field)["value"]
        for field in elements(parsed(page), "form[action='/cart/undo'] input")
    }
    visitor.send("/cart/undo", cart=form["cart"], since=form["since"])
    assert held(visitor) == numbered(shop, {"PENCIL": 3})
    assert "Undone. Your cart is as it was before" in notices(visitor)


def test_a_full_one_that_is_taken_offers_no_older_step_as_the_last(visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    take(visitor, "full")
    assert offered(visitor) is None


def test_the_cart_page_offers_the_step_back_too_where_there_is_room(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("PENCIL")
    take(visitor, "version-2")
    step = offered(visitor)
    assert step is not None
    assert step["cart"] == shop.cookie({"PENCIL": 1})


def test_an_empty_cart_comes_back_too(visitor: LintingClient) -> None:
    _, page = take(visitor, "full")
    form = parsed(page)
    fields = map(attributes, elements(form, "form[action='/cart/undo'] input"))
    sent = {field["name"] or "": field["value"] for field in fields}
    visitor.send("/cart/undo", cart=sent["cart"], since=sent["since"])
    assert held(visitor) == []


def test_the_way_back_is_of_one_browser_and_an_hour(
    shop: OpenShop, visitor: LintingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.add("MUG")
    page = visitor.get(address("full")).text
    answer = visitor.send(address("full"), cart=value_of(page, "cart"))
    way = answer.headers["Location"]
    stranger = shop.visitor()
    assert stranger.token
    assert "Put my own cart back" not in stranger.get(way).text
    assert "Put my own cart back" in visitor.get(way).text
    monkeypatch.setattr(previous_cart, "LIFE_SECONDS", -1)
    assert "Put my own cart back" not in visitor.get(way).text


def test_what_the_shop_would_not_read_is_not_taken(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    kept = visitor.cart_value()
    old = shop.cookie({"PENCIL": 1}, age_seconds=34 * DAY)
    for value in ("", "x", old, shop.cookie({"PENCIL": 1}, key="other")):
        assert cart_headers(visitor.send(address("full"), cart=value)) == []
    assert visitor.cart_value() == kept
    assert "Nothing was changed" in notices(visitor)


def test_an_expired_cart_that_is_offered_is_not_replaced(
    shop: OpenShop, visitor: LintingClient
) -> None:
    assert visitor.token
    old = shop.cookie({"MUG": 1}, age_seconds=31 * DAY)
    visitor.set_cookie("cart", old)
    answer = visitor.send(address("full"), cart=shop.cookie({"PENCIL": 1}))
    assert (answer.status_code, cart_headers(answer)) == (303, [])
    assert "Please restore it or let it go first" in notices(visitor)


def test_a_full_cart_that_is_taken_takes_no_more(visitor: LintingClient) -> None:
    value, _ = take(visitor, "full")
    assert len("cart") + len(value) == cookie.BROWSER_LIMIT_BYTES
    assert visitor.add("PENCIL").status_code == 409
    assert visitor.cart_value() == value
