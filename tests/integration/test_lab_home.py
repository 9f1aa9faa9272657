"""The laboratory's first page: the visitor's own cookie, byte by byte, and buttons to fill it."""

from __future__ import annotations

import pytest

from shop.config import SettingsError
from shop.core.cookie import BROWSER_LIMIT_BYTES
from tests.conftest import DAY, Opener, OpenShop
from tests.integration.carts import altered, held, numbered, undo_form
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    parsed,
    text_of,
)

PAGE = "/limits"
HELD = {"MUG": 2, "PENCIL": 5, "SALT-PIG": 1}


def rows(html: str, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, row by row."""
    (table,) = [
        table
        for table in elements(parsed(html), "table")
        if elements(table, "caption")[0].to_text().startswith(caption)
    ]
    return [
        [" ".join(cell.to_text().split()) for cell in elements(row, "th, td")]
        for row in elements(table, "tbody tr")
    ]


def octets(visitor: LintingClient, name: str = "cart") -> int:
    """Octets of the name and value of this browser's cart cookie."""
    return len(name) + len(visitor.cart_value(name) or "")


@pytest.fixture
def shopper(shop: OpenShop) -> LintingClient:
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie(HELD))
    return visitor


def test_the_page_is_indexed_but_exhibits_are_not(visitor: LintingClient) -> None:
    assert 'rel="canonical" href="http://localhost/limits"' in visitor.get(PAGE).text
    assert "noindex" not in visitor.get(PAGE).text
    assert "noindex" in visitor.get("/limits/museum/full").text


def test_without_a_cart_the_page_says_so(visitor: LintingClient) -> None:
    page = visitor.get(PAGE).text
    assert "There is no cart in this browser" in page
    assert not elements(parsed(page), ".cookie-line")


def test_the_parts_and_their_bytes_add_up_to_the_cookie(shopper: LintingClient) -> None:
    page = shopper.get(PAGE).text
    parts = [part.to_text() for part in elements(parsed(page), ".cookie-line .part")]
    marks = [mark.to_text() for mark in elements(parsed(page), ".cookie-line .part-mark")]
    bare = "".join(part.removeprefix(mark).strip() for part, mark in zip(parts, marks, strict=True))
    assert bare == f"cart={shopper.cart_value()}"
    counted = [int(row[-1]) for row in rows(page, "Its parts and their bytes")]
    assert sum(counted) == octets(shopper)
    assert f"{octets(shopper)} of 4,096 bytes" in page


def test_each_line_costs_the_bytes_that_it_adds(shop: OpenShop, shopper: LintingClient) -> None:
    costs = rows(shopper.get(PAGE).text, "What each line costs")
    assert [row[0] for row in costs] == ["2 × Everyday mug", "5 × Cedar pencil", "1 × Salt pig"]
    texts = [row[1] for row in costs]
    numbers = [number for number, _ in numbered(shop, HELD)]
    assert texts == [f"{number},{n}" for number, n in zip(numbers, HELD.values(), strict=True)]
    bits = 28 + sum(int(row[2]) for row in costs)  # the time takes 28
    assert octets(shopper) == len("cart" + "F") + -(-bits // 6) + 22


def test_the_time_in_the_cookie_is_shown_as_a_date(shop: OpenShop, shopper: LintingClient) -> None:
    shop.clock.now += 90
    page = " ".join(shopper.get(PAGE).text.split())
    # 1,780,000,000 is 12,774,400 seconds after 2026 began.
    assert "The time in it, 12,774,400, counts seconds since 1 January 2026" in page
    assert '<time datetime="2026-05-28T20:26:40Z">2026-05-28 20:26:40 UTC</time>' in page
    assert "90 seconds before this page" in page
    assert "lasts 30 days from then, and can be restored for 3 days more" in page


def test_the_page_shows_the_last_exchange_of_headers(shop: OpenShop) -> None:
    visitor = shop.visitor()
    (header,) = cart_headers(visitor.add("MUG"))
    visitor.set_cookie("secret", "of-another-program")
    page = visitor.get(PAGE).text
    sent, brought = (
        elements(parsed(page), f"pre[aria-label='{name} header']")[0].to_text()
        for name in ("Set-Cookie", "Cookie")
    )
    assert sent == f"Set-Cookie: {header}"
    assert f"cart={visitor.cart_value()}" in brought
    assert "secret=(18 bytes)" in brought
    assert "of-another-program" not in page
    named = [row[0] for row in rows(page, "Its attributes")]
    assert named == header.split("; ")[1:]


@pytest.mark.parametrize("count", [1, 10, 100])
def test_buttons_add_lines(shopper: LintingClient, count: int) -> None:
    response = shopper.send("/limits/cart/lines", count=count)
    assert (response.status_code, response.location) == (303, PAGE)
    assert len(held(shopper)) == len(HELD) + count
    assert undo_form(shopper) is not None


@pytest.mark.parametrize("count", ["", "2", "-1", "1e9", "a"])
def test_an_unsupported_count_adds_one_line(shopper: LintingClient, count: str) -> None:
    shopper.send("/limits/cart/lines", count=count)
    assert len(held(shopper)) == len(HELD) + 1


@pytest.mark.parametrize("is_https", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("budget", [4096, 2300])
def test_fill_uses_every_byte_and_no_further_line_fits(
    open_shop: Opener, budget: int, is_https: bool
) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES=str(budget))
    visitor = shop.visitor(base_url="https://localhost" if is_https else "http://localhost")
    name = "__Host-cart" if is_https else "cart"
    visitor.send("/limits/cart/fill")
    assert octets(visitor, name) == budget
    full = visitor.cart_value(name)
    response = visitor.send("/limits/cart/lines", count=1)
    assert response.status_code == 409
    assert "does not fit" in text_of(response.text, "[role=alert]")
    assert visitor.cart_value(name) == full
    assert "0 more lines fit" in response.text
    assert visitor.send("/limits/cart/fill").status_code == 303
    assert visitor.cart_value(name) == full


def test_as_many_lines_fit_as_announced(shopper: LintingClient) -> None:
    shopper.send("/limits/cart/lines", count=100)
    more = int(text_of(shopper.get(PAGE).text, ".more-lines").split()[0].replace(",", ""))
    before = len(held(shopper))
    while shopper.send("/limits/cart/lines", count=100).status_code == 303:
        pass
    assert len(held(shopper)) == before + more


def test_emptying_the_cart_can_be_undone(shopper: LintingClient) -> None:
    shopper.send("/limits/cart/empty")
    assert held(shopper) == []
    assert undo_form(shopper) is not None


@pytest.mark.parametrize("button", ["lines", "fill", "empty"])
def test_an_expired_cart_on_offer_is_not_replaced(shop: OpenShop, button: str) -> None:
    visitor = shop.visitor()
    expired = shop.cookie(HELD, age_seconds=31 * DAY)
    visitor.set_cookie("cart", expired)
    assert visitor.send(f"/limits/cart/{button}").status_code == 303
    assert visitor.cart_value() == expired
    page = visitor.get(PAGE).text
    assert "Please restore it or let it go first" in page
    assert "Restore it or let it go first; then you can add lines" in page
    assert "There is no cart in this browser" not in page


def test_no_older_step_is_offered_after_filling_the_cart(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.add("MUG")
    visitor.add("PENCIL")
    assert undo_form(visitor) is not None
    visitor.send("/limits/cart/lines", count=100)
    before = visitor.cart_value()
    visitor.send("/limits/cart/fill")
    assert visitor.cart_value() != before
    assert undo_form(visitor) is None


def test_a_refused_cookie_counts_as_no_cart(shop: OpenShop) -> None:
    for value in (altered(shop.cookie(HELD)), shop.cookie(HELD, age_seconds=60 * DAY), "x"):
        visitor = shop.visitor()
        visitor.set_cookie("cart", value)
        with visitor.may_write_cart():
            assert "There is no cart in this browser" in visitor.get(PAGE).text


def test_fill_works_without_products(shop: OpenShop) -> None:
    visitor = shop.visitor()
    assert visitor.token
    shop.sql("update products set is_active = false")
    visitor.send("/limits/cart/fill")
    assert octets(visitor) == BROWSER_LIMIT_BYTES


def test_the_laboratory_never_writes_to_the_database(
    shop: OpenShop, shopper: LintingClient
) -> None:
    before = shop.dump()
    shopper.get(PAGE)
    shopper.send("/limits/cart/fill")
    assert shop.dump() == before


def test_the_laboratory_can_be_switched_off(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_LIMITS_LAB="off").visitor()
    assert "/limits" not in visitor.get("/").text
    below = ("", "/probe", "/probe/jar/", "/probe/clean", "/museum/full", "/way/next")
    for address in (*(f"{PAGE}{place}" for place in below), "/cart/limits/probe"):
        assert visitor.get(address).status_code == 404
    assert visitor.send("/limits/cart/fill").status_code == 404
    assert "/limits" in open_shop().visitor().get("/").text


def test_the_laboratory_is_rate_limited(open_shop: Opener) -> None:
    visitor = open_shop(SHOP_LIMITS_RATELIMIT="63 per minute").visitor()
    assert [visitor.get(PAGE).status_code for _ in range(3)] == [200, 200, 200]
    probe = [visitor.get("/limits/probe").status_code for _ in range(4)]
    assert probe == [303, 303, 303, 429]
    assert visitor.get(PAGE).status_code == 429
    assert visitor.get("/cart").status_code == 200


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/limits/probe", 100),
        ("/limits/museum/full", 5),
        ("/limits/way/echo?back=99999", 100),
        ("/limits/way/echo?back=100000", 10),
        ("/limits/way/echo?back=1048576", 1),
    ],
)
def test_expensive_requests_count_for_more(open_shop: Opener, address: str, most: int) -> None:
    visitor = open_shop(SHOP_LIMITS_RATELIMIT="100 per minute").visitor()
    statuses = [visitor.get(address).status_code for _ in range(most + 1)]
    assert [status == 429 for status in statuses] == [False] * most + [True]


def test_filling_the_cart_can_be_undone(shopper: LintingClient) -> None:
    before = held(shopper)
    page = shopper.get(shopper.send("/limits/cart/fill").location)
    assert octets(shopper) == BROWSER_LIMIT_BYTES
    form = elements(parsed(page.text), "form[action='/cart/undo'] input")
    fields = {field["name"]: field["value"] for field in map(attributes, form)}
    shopper.send("/cart/undo", cart=fields["cart"], since=fields["since"])
    assert held(shopper) == before


@pytest.mark.parametrize("lines", [3, 100, 300])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_responses_under_a_smaller_budget_pass_a_default_nginx(
    open_shop: Opener, lines: int, scheme: str
) -> None:
    visitor = open_shop(SHOP_CART_BUDGET_BYTES="2300").visitor(base_url=f"{scheme}://localhost")
    for count in (1, 1, 1) if lines == 3 else (100,) * (lines // 100):
        visitor.send("/limits/cart/lines", count=count)
    response = visitor.send("/limits/cart/fill")
    fields = "".join(f"{name}: {text}\r\n" for name, text in response.headers)
    assert len(f"HTTP/1.1 303 SEE OTHER\r\n{fields}\r\n") < 4000
    is_offered = "Put my own cart back" in visitor.get(response.location).text
    assert is_offered == (lines < 300)


def test_an_invalid_rate_limit_is_reported(open_shop: Opener) -> None:
    with pytest.raises(SettingsError, match="SHOP_LIMITS_RATELIMIT=many"):
        open_shop(SHOP_LIMITS_RATELIMIT="many")
