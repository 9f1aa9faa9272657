"""The page about the shop's cookies, and its button that deletes them all."""

from __future__ import annotations

import json

import pytest

from shop.core import cookie
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import held, numbered, undo_form
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    parsed,
    text_of,
)

HELD = {"MUG": 2, "PENCIL": 1, "SALT-PIG": 3}
ADDRESS = "/cart/about"


@pytest.mark.parametrize(
    ("base_url", "name"),
    [("http://localhost", "cart"), ("https://localhost", "__Host-cart")],
)
def test_the_page_shows_the_exact_cookie(shop: OpenShop, base_url: str, name: str) -> None:
    visitor = shop.visitor(base_url=base_url)
    value = shop.cookie(HELD, name=name)
    visitor.raw_cookies = f"{name}={value}"
    page = visitor.get(ADDRESS).text
    assert text_of(page, ".code-block") == f"{name}={value}"
    assert text_of(page, ".biscuit-words").startswith(f"{len(name + value)} of 4,096 bytes;")


def test_the_page_shows_the_json_in_the_cookie(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    shown = text_of(visitor.get(ADDRESS).text, ".code-small")
    assert shown == cookie.dissect(shop.cookie(HELD), [KEY]).json
    version, seconds, *pairs = json.loads(shown)
    assert (version, seconds) == (2, shop.clock.now - cookie.EPOCH)
    assert pairs[1::2] == list(HELD.values())


def test_the_page_lists_lines_and_dates(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD, age_seconds=10 * DAY))
    shop.sql("delete from products where sku = 'SALT-PIG'")
    page = visitor.get(ADDRESS).text
    lines = [line.to_text().strip() for line in elements(parsed(page), ".prose li")]
    assert lines == ["2 × Everyday mug", "1 × Cedar pencil", "3 × a product we no longer have"]
    text = text_of(page, ".prose")
    assert "the day of its last change, 18 May 2026" in text
    assert "17 June 2026; for 3 days after that you can still restore it" in text
    assert "Each change restarts the 30 days" in text


@pytest.mark.parametrize(
    ("life", "grace", "text"),
    [
        pytest.param("7", "1", "lasts 7 days from its last change", id="a week"),
        pytest.param("7", "1", "For 1 day after that", id="a day of grace period"),
        pytest.param("1", "2", "lasts 1 day from its last change", id="a day"),
    ],
)
def test_without_a_cart_the_page_explains_how_carts_are_kept(
    open_shop: Opener, life: str, grace: str, text: str
) -> None:
    visitor = open_shop(SHOP_CART_MAX_AGE_DAYS=life, SHOP_CART_GRACE_DAYS=grace).visitor()
    page = visitor.get(ADDRESS).text
    assert "There is no cart in this browser." in page
    assert text in text_of(page, ".prose")
    assert not elements(parsed(page), ".code-block")


def test_the_page_states_the_budget(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_CART_BUDGET_BYTES="2048").visitor()
    assert "It can hold 2,048 bytes." in visitor.get(ADDRESS).text


def test_viewing_the_page_changes_nothing(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD, age_seconds=10 * DAY))
    assert visitor.token
    assert visitor.get(ADDRESS).headers.getlist("Set-Cookie") == []


def test_every_page_links_to_it(visitor: LintingClient) -> None:
    for address in ("/", "/products", "/cart", "/nope"):
        links = elements(parsed(visitor.get(address).text), "footer a")
        assert ADDRESS in [attributes(link)["href"] for link in links]


@pytest.mark.parametrize(
    ("base_url", "prefix"), [("http://localhost", ""), ("https://localhost", "__Host-")]
)
def test_one_button_deletes_every_cookie(shop: OpenShop, base_url: str, prefix: str) -> None:
    visitor = shop.visitor(base_url=base_url)
    visitor.set_cookie("script", "1")
    visitor.add("MUG")
    visitor.add("PENCIL")
    (form,) = elements(parsed(visitor.get(ADDRESS).text), ".prose form")
    assert attributes(form)["action"] == "/cart/about/delete"
    response = visitor.send(attributes(form)["action"] or "")
    assert (response.status_code, response.location) == (303, f"{ADDRESS}?gone")
    every = {f"{prefix}cart": "/", f"{prefix}session": "/", "undo": "/cart", "script": "/"}
    seen = {header.partition("=")[0]: header for header in response.headers.getlist("Set-Cookie")}
    assert seen.keys() == every.keys()
    for name, path in every.items():
        assert seen[name].startswith(f"{name}=; ")
        assert f"Path={path}" in seen[name].split("; ")
        is_secure = bool(prefix) and name != "script"  # a script set that one
        assert ("Secure" in seen[name].split("; ")) == is_secure
        assert visitor.get_cookie(name, path=path) is None
    page = visitor.get(ADDRESS).text
    assert "There is no cart in this browser." in page


def test_deleting_the_cookies_cannot_be_undone(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    visitor.send("/cart/about/delete")
    assert (undo_form(visitor), held(visitor)) == (None, [])


def test_deleting_the_cookies_deletes_an_expired_cart_too(
    shop: OpenShop, visitor: LintingClient
) -> None:
    assert visitor.token
    visitor.set_cookie("cart", shop.cookie(HELD, age_seconds=31 * DAY))
    visitor.add("MUG")
    assert "Restore it?" in visitor.get("/cart").text
    visitor.send("/cart/about/delete")
    assert "Restore it?" not in visitor.get("/cart").text


def test_deleting_needs_a_csrf_token(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie(HELD))
    for response in (visitor.post("/cart/about/delete"), visitor.get("/cart/about/delete")):
        assert response.status_code in (400, 405)
        assert cart_headers(response) == []
    assert held(visitor) == numbered(shop, HELD)


def test_deleting_without_cookies_is_harmless(visitor: LintingClient) -> None:
    response = visitor.send("/cart/about/delete")
    assert (response.status_code, response.location) == (303, f"{ADDRESS}?gone")
