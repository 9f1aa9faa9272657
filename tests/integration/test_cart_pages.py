"""The cart page, and every change to a cart."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from shop.core.cart import Cart, Line
from shop.core.cookie import encode
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_deletions,
    cart_headers,
    elements,
    field_value,
    pairs,
    parsed,
    text_of,
)

HTTPS = "https://localhost"
MANY = (
    "MUG", "PENCIL", "KINDLING", "BAG-BREAD", "NOTE-A6", "SALT-PIG", "JUG-MILK", "CUP-EGG",
    "PLATE-SIDE", "LIST-PAD", "BULB-GLOBE", "MATCH-BOX", "INK-BLUE", "TAPE-PAPER",
)  # fmt: skip


def lines(page: TestResponse) -> dict[str, list[str]]:
    """Price, quantity, total and message of each line, by name."""
    shown = {}
    for row in elements(parsed(page.text), "table.lines tbody tr"):
        name = elements(row, "th a, th .line-what > span")[-1].to_text().split("\n")[0].strip()
        message = "".join(element.to_text() for element in elements(row, ".line-message"))
        field = elements(row, "input[name=quantity]")
        quantity = attributes(field[0])["value"] if field else text_in(row, ".line-quantity .fine")
        shown[name.removesuffix(message).strip()] = [
            text_in(row, ".line-price"),
            quantity or "",
            text_in(row, ".line-total"),
            message,
        ]
    return shown


def text_in(row: object, selector: str) -> str:
    return elements(row, selector)[0].to_text().strip()  # type: ignore[arg-type]


def line_address(shop: OpenShop, sku: str) -> str:
    return f"/cart/lines/{shop.number(sku)}"


def test_add_update_remove_and_clear(shop: OpenShop, visitor: LintingClient) -> None:
    assert visitor.add("MUG", 2).location == "/cart"
    assert "Added to your cart: Everyday mug" in visitor.get("/cart").text
    visitor.add("PENCIL")
    visitor.add("MUG", 3)
    page = visitor.get("/cart")
    assert lines(page) == {
        "Everyday mug": ["£9.50", "5", "£47.50", ""],
        "Cedar pencil": ["£0.85", "1", "£0.85", ""],
    }
    assert text_of(page.text, ".top-count") == "6 items"
    visitor.send(line_address(shop, "MUG"), quantity=1)
    assert lines(visitor.get("/cart"))["Everyday mug"][1] == "1"
    visitor.send(f"{line_address(shop, 'MUG')}/remove")
    assert list(lines(visitor.get("/cart"))) == ["Cedar pencil"]
    response = visitor.send("/cart/clear")
    assert len(cart_deletions(response)) == 1
    assert "There is nothing in your cart." in visitor.get("/cart").text


def test_removing_the_last_line_deletes_the_cookie(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    assert len(cart_deletions(visitor.send(f"{line_address(shop, 'MUG')}/remove"))) == 1


def test_totals_vat_and_shipping(visitor: LintingClient) -> None:
    for sku, quantity in (("MUG", 2), ("KINDLING", 1), ("BOOK-BREAD", 1)):
        visitor.add(sku, quantity)
    page = visitor.get("/cart").text
    assert pairs(page) == {
        "Subtotal": "£31.45",
        "Shipping": "£3.95",
        "Total": "£35.40",
        "including 5% VAT": "£0.28",
        "including 20% VAT": "£3.83",
    }
    assert "£8.55 more for free shipping." in page


def test_the_rounding_of_vat_is_explained_only_where_there_is_vat(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rounding = "VAT is rounded separately for each line."
    visitor.add("MUG")
    assert rounding in visitor.get("/cart").text
    shop.sql("update products set is_active = false where sku = 'MUG'")
    page = visitor.get("/cart").text
    assert pairs(page) == {"Subtotal": "£0.00", "Shipping": "Free", "Total": "£0.00"}
    assert rounding not in page


@pytest.mark.parametrize(
    ("minor", "shipping", "total"),
    [
        pytest.param(3999, "£3.95", "£43.94", id="a penny below the threshold"),
        pytest.param(4000, "Free", "£40.00", id="at the threshold"),
    ],
)
def test_shipping_threshold(
    shop: OpenShop, visitor: LintingClient, minor: int, shipping: str, total: str
) -> None:
    shop.sql("update products set price_minor = ? where sku = 'MUG'", minor)
    visitor.add("MUG")
    page = visitor.get("/cart").text
    assert (pairs(page)["Shipping"], pairs(page)["Total"]) == (shipping, total)
    assert ("more for free shipping" in page) == (shipping != "Free")


@pytest.mark.parametrize(
    ("base_url", "name"), [("http://localhost", "cart"), (HTTPS, "__Host-cart")]
)
def test_the_byte_meter_shows_the_length_of_the_cookie(
    shop: OpenShop, base_url: str, name: str
) -> None:
    visitor = shop.visitor(base_url=base_url)
    for sku in MANY:
        visitor.add(sku, 7)
        used = len(name) + len(visitor.cart_value(name) or "")
        page = visitor.get("/cart").text
        assert text_of(page, ".biscuit-words").startswith(f"{used} of 4,096 bytes; about ")
        (bitten,) = elements(parsed(page), ".biscuit mask g")
        free = (4096 - used) * 1000 // 4096
        assert attributes(bitten)["transform"] == f"translate({free} 0)"


BAD = ["100", "-1", "abc", "", " ", "１", "²", "1e3", "1.5", "+1", "0x1", "1000000", "9" * 5000]


@pytest.mark.parametrize("typed", ["0", *BAD])
def test_a_bad_quantity_is_not_added(visitor: LintingClient, typed: str) -> None:
    visitor.add("PENCIL")
    response = visitor.add("MUG", typed)
    assert (response.status_code, cart_headers(response)) == (422, [])
    assert "Please enter" in text_of(response.text, "#quantity-error")
    assert field_value(response.text, "quantity") == typed.strip()
    assert list(lines(visitor.get("/cart"))) == ["Cedar pencil"]


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_quantity_leaves_the_line_alone(
    shop: OpenShop, visitor: LintingClient, typed: str
) -> None:
    visitor.add("MUG", 2)
    response = visitor.send(line_address(shop, "MUG"), quantity=typed)
    assert (response.status_code, cart_headers(response)) == (422, [])
    assert "Please enter" in text_of(response.text, ".line-quantity .field-error")
    assert field_value(response.text, "quantity") == typed.strip()
    assert lines(visitor.get("/cart"))["Everyday mug"][1] == "2"


def test_zero_removes_the_line(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    visitor.send(line_address(shop, "MUG"), quantity=0)
    assert list(lines(visitor.get("/cart"))) == ["Cedar pencil"]


def test_the_maximum_quantity_includes_what_is_in_the_cart(visitor: LintingClient) -> None:
    visitor.add("MUG", 98)
    assert visitor.add("MUG", 1).status_code == 303
    response = visitor.add("MUG", 1)
    assert (response.status_code, cart_headers(response)) == (422, [])
    assert "You already have 99" in response.text


@pytest.mark.parametrize(
    ("base_url", "name"), [("http://localhost", "cart"), (HTTPS, "__Host-cart")]
)
def test_the_budget_is_exact_to_the_byte(open_shop: Opener, base_url: str, name: str) -> None:
    before = {sku: 37 + 3 * at for at, sku in enumerate(MANY)}
    shop = open_shop()
    needed = len(name) + len(shop.cookie(before | {"SPOON-OLIVE": 9}, name=name))
    for budget, status in ((needed, 303), (needed - 1, 409)):
        visitor = open_shop(SHOP_CART_BUDGET_BYTES=str(budget)).visitor(base_url=base_url)
        visitor.set_cookie(name, shop.cookie(before, name=name), secure=True)
        response = visitor.add("SPOON-OLIVE", 9)
        assert (budget, response.status_code) == (budget, status)
    assert cart_headers(response) == []
    alert = text_of(response.text, "main [role=alert]")
    assert (
        "“Olive wood spoon” does not fit into your cart. With it the cart would need "
        f"{needed} bytes, and only {needed - 1} can be kept."
    ) in alert
    assert len(lines(visitor.get("/cart"))) == len(MANY)


def test_a_larger_quantity_that_does_not_fit_is_refused(open_shop: Opener) -> None:
    shop = open_shop()
    before = {sku: 10 + at for at, sku in enumerate(MANY)}
    needed = 4 + len(shop.cookie(before))
    visitor = open_shop(SHOP_CART_BUDGET_BYTES=str(needed)).visitor()
    visitor.set_cookie("cart", shop.cookie(before))
    refused = [
        response
        for sku in MANY
        if (response := visitor.send(line_address(shop, sku), quantity=99)).status_code == 409
    ]
    assert refused
    assert all(not cart_headers(response) for response in refused)
    assert "does not fit" in text_of(refused[0].text, ".field-error")


def test_a_stale_form_of_a_removed_line_is_harmless(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    visitor.add("PENCIL")
    visitor.send(f"{line_address(shop, 'MUG')}/remove")
    for address in (line_address(shop, "MUG"), f"{line_address(shop, 'MUG')}/remove"):
        response = visitor.send(address, quantity=5)
        assert (response.status_code, cart_headers(response)) == (303, [])
    assert list(lines(visitor.get("/cart"))) == ["Cedar pencil"]


@pytest.mark.parametrize("sku", ["NOPE", "", "mug", "\0", "x" * 20_000, "MUG' --"])
def test_an_unknown_sku_is_404(visitor: LintingClient, sku: str) -> None:
    response = visitor.add(sku)
    assert (response.status_code, cart_headers(response)) == (404, [])


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 400, "9" * 5000, "-1", "x"])
def test_an_odd_line_number_never_causes_a_server_error(
    visitor: LintingClient, number: str
) -> None:
    visitor.add("MUG")
    for address in (f"/cart/lines/{number}", f"/cart/lines/{number}/remove"):
        response = visitor.send(address, quantity=1)
        assert response.status_code in (303, 404, 405)
        assert cart_headers(response) == []


@pytest.mark.parametrize(
    ("sku", "held", "quantity", "message"),
    [
        pytest.param("STATE-SOLD-OUT", 0, 1, "This is sold out", id="sold out"),
        pytest.param("STATE-DISCONTINUED", 0, 1, "This is no longer sold", id="discontinued"),
        pytest.param("STATE-ONE-LEFT", 0, 2, "Only 1 left. ", id="more than in stock"),
        pytest.param(
            "SALT-PIG",
            30,
            4,
            "Only 33 left, and you have 30 in your cart already",
            id="with some in the cart",
        ),
    ],
)
def test_unavailable_products_are_not_added(
    visitor: LintingClient, sku: str, held: int, quantity: int, message: str
) -> None:
    if held:
        visitor.add(sku, held)
    response = visitor.add(sku, quantity)
    assert (response.status_code, cart_headers(response)) == (409, [])
    assert message in text_of(response.text, "article [role=alert]")


UPDATE = "update products set {} where sku = 'SALT-PIG'"


@pytest.mark.parametrize(
    ("change", "line", "total", "is_orderable"),
    [
        pytest.param(
            UPDATE.format("stock = 2"),
            ["£18.50", "3", "£55.50", "Only 2 left. Please lower the quantity to order."],
            "£56.35",
            False,
            id="too few",
        ),
        pytest.param(
            UPDATE.format("stock = 0"),
            [
                "£18.50",
                "3",
                "not charged",
                "Sold out, so it is not charged. We keep it in case we get more.",
            ],
            "£4.80",
            True,
            id="sold out",
        ),
        pytest.param(
            UPDATE.format("is_active = false"),
            [
                "£18.50",
                "3",
                "not charged",
                "No longer sold, so it is not charged. You can remove it.",
            ],
            "£4.80",
            True,
            id="deactivated",
        ),
        pytest.param(
            UPDATE.format("currency = 'EUR'"),
            [
                "€18.50",
                "3",
                "not charged",
                "Not sold in this shop’s currency, so it is not charged.",
            ],
            "£4.80",
            True,
            id="another currency",
        ),
        pytest.param(
            "delete from products where sku = 'SALT-PIG'",
            ["", "3", "not charged", "No longer sold, so it is not charged. You can remove it."],
            "£4.80",
            True,
            id="deleted",
        ),
        pytest.param(
            UPDATE.format("price_minor = 1"), ["£0.01", "3", "£0.03", ""], "£4.83", True, id="price"
        ),
    ],
)
def test_a_change_of_the_catalogue_is_shown_at_the_line(
    shop: OpenShop,
    visitor: LintingClient,
    change: str,
    line: list[str],
    total: str,
    is_orderable: bool,
) -> None:
    visitor.add("SALT-PIG", 3)
    visitor.add("PENCIL")
    visitor.get("/cart")
    address = line_address(shop, "SALT-PIG")
    shop.sql(change)
    page = visitor.get("/cart")
    name = "A product we no longer have" if "delete" in change else "Salt pig"
    assert lines(page) == {name: line, "Cedar pencil": ["£0.85", "1", "£0.85", ""]}
    assert pairs(page.text)["Total"] == total
    assert ("Check out" in text_of(page.text, ".cart-sums")) == is_orderable
    visitor.send(f"{address}/remove")
    assert list(lines(visitor.get("/cart"))) == ["Cedar pencil"]


def test_only_the_cart_page_renews_the_cookie_and_only_after_a_day(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG", 2)
    shop.clock.now += DAY - 1
    visitor.get("/cart")  # the linter would fail on a cookie here
    shop.clock.now += 1
    for address in ("/", "/products", "/products/salt-pig", "/checkout", "/nope", "/healthz"):
        visitor.get(address)
    with visitor.may_write_cart():
        (header,) = cart_headers(visitor.get("/cart"))
    assert f"Max-Age={33 * DAY}" in header
    assert visitor.cart_value() == shop.cookie({"MUG": 2})
    visitor.get("/cart")


def test_a_cart_that_is_used_outlives_its_first_month(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    with visitor.may_write_cart():
        for _ in range(4):
            shop.clock.now += 29 * DAY
            assert list(lines(visitor.get("/cart"))) == ["Everyday mug"]


@pytest.mark.parametrize("former", [KEY[::-1], "short"], ids=["a strong key", "a short key"])
def test_rotating_keys_loses_no_cart(open_shop: Opener, former: str) -> None:
    old = open_shop().cookie({"MUG": 2}, key=former)
    rotated = open_shop(SHOP_SECRET_KEYS=f"{KEY},{former}").visitor()
    rotated.set_cookie("cart", old)
    assert list(lines(rotated.get("/cart"))) == ["Everyday mug"]
    rotated.add("PENCIL")
    retired = open_shop(SHOP_SECRET_KEYS=KEY).visitor()
    retired.set_cookie("cart", rotated.cart_value() or "")
    assert list(lines(retired.get("/cart"))) == ["Everyday mug", "Cedar pencil"]
    retired.set_cookie("cart", old)
    with retired.may_write_cart():
        assert "not signed by this shop" in retired.get("/cart").text


def test_https_uses_the_host_prefix_to_set_and_delete_the_cookie(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url=HTTPS)
    (header,) = cart_headers(visitor.add("MUG"))
    assert header.startswith("__Host-cart=")
    assert "Secure" in header  # the linter checks the other attributes
    (deletion,) = cart_headers(visitor.send("/cart/clear"))
    assert deletion.startswith("__Host-cart=; Max-Age=0;")
    value = shop.cookie({"MUG": 1}, age_seconds=34 * DAY, name="__Host-cart")
    visitor.raw_cookies = f"__Host-cart={value}"
    with visitor.may_write_cart():
        (deletion,) = cart_headers(visitor.get("/cart"))
    assert deletion.startswith("__Host-cart=; Max-Age=0;")


def test_https_ignores_the_plain_cookie_and_http_the_secure_one(shop: OpenShop) -> None:
    for base_url, other in (("http://localhost", "__Host-cart"), (HTTPS, "cart")):
        visitor = shop.visitor(base_url=base_url)
        visitor.raw_cookies = f"{other}={shop.cookie({'MUG': 1})}"
        assert lines(visitor.get("/cart")) == {}


@pytest.mark.parametrize(
    ("proxies", "name"),
    [
        pytest.param("0", "cart", id="no proxy is trusted"),
        pytest.param("1", "__Host-cart", id="one proxy is trusted"),
    ],
)
def test_x_forwarded_proto(open_shop: Opener, proxies: str, name: str) -> None:
    visitor = open_shop(SHOP_TRUSTED_PROXIES=proxies).visitor()
    visitor.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    sent = {"csrf_token": visitor.token, "sku": "MUG"}
    response = visitor.post("/cart/lines", data=sent, headers={"Referer": f"{HTTPS}/"})
    (header,) = cart_headers(response)
    assert re.match(r"[^=]*", header)[0] == name  # type: ignore[index]
    assert ("Strict-Transport-Security" in response.headers) == (name == "__Host-cart")


@pytest.mark.parametrize("budget", ["64", "1000"])
@pytest.mark.parametrize("removed", [1, 150, 298, 299])
def test_a_lowered_budget_never_prevents_removals(
    open_shop: Opener, budget: str, removed: int
) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES=budget)
    many = tuple(Line(number, 1 + number % 3) for number in range(1, 300))
    visitor = shop.visitor()
    assert visitor.token
    for second in range(9):  # the length of a deflated cart depends on the time
        cart = Cart(many, shop.clock.now - 1000 * second)
        for address, quantity in ((f"{removed}/remove", ""), (removed, 0), (removed, 1)):
            visitor.set_cookie("cart", encode(cart, [KEY], name="cart"))
            response = visitor.send(f"/cart/lines/{address}", quantity=quantity)
            assert response.status_code == 303
