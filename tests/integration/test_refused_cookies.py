"""Unreadable cookies cause a notice and a log line, never an error. Only a cart past its grace
period is deleted; a cookie that may belong to another program is left alone."""

from __future__ import annotations

import base64
import logging
import random
import zlib
from collections.abc import Callable

import pytest
from _pytest.mark.structures import ParameterSet
from itsdangerous import URLSafeTimedSerializer

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.core.cookie import encode
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import altered
from tests.integration.client import (
    LintingClient,
    cart_deletions,
    cart_headers,
    elements,
    field_value,
    parsed,
    text_of,
)

LIFE = 30 * DAY
GRACE = 3 * DAY
DAMAGED = "The cart in this browser is damaged, or not this shop’s"
UNTRUSTED = "The cart in this browser was not signed by this shop"
UNKNOWN = "Your cart was saved by another version of this shop"
GONE = "has expired and could not be kept"


def signed(text: str | bytes) -> str:
    """A deflated payload with a valid signature."""
    octets = text.encode() if isinstance(text, str) else text
    deflater = zlib.compressobj(level=9, wbits=-zlib.MAX_WBITS)
    deflated = deflater.compress(octets) + deflater.flush()
    return cookie.sign("z" + base64.urlsafe_b64encode(deflated).rstrip(b"=").decode(), [KEY])


def other_purpose(_: OpenShop) -> str:
    token = URLSafeTimedSerializer(KEY, salt="crumb checkout").dumps(["once", "fingerprint"])
    return "j" + token.replace(".", "", 1)[:-27] + "." + token[-22:]


def _case(identity: str, message: str, value: Callable[[OpenShop], str]) -> ParameterSet:
    return pytest.param(message, value, id=identity)


CASES = [
    _case("empty", DAMAGED, lambda _: ""),
    _case("a foreign cookie", DAMAGED, lambda _: "hello"),
    _case("JSON", DAMAGED, lambda _: '[1,2,3]; x="y"'),
    _case("quoted", DAMAGED, lambda shop: '"' + shop.cookie({"MUG": 1}) + ' "'),
    _case("truncated", UNTRUSTED, lambda shop: shop.cookie({"MUG": 1})[:-1]),
    _case("non-ASCII", DAMAGED, lambda _: "\xff\xfej\xe4.\xe4"),
    _case("percent-escaped", DAMAGED, lambda shop: shop.cookie({"MUG": 1}) + "%20"),
    _case("over-long", DAMAGED, lambda _: f"j{'A' * 4090}.{'A' * 22}"),
    _case("far over-long", DAMAGED, lambda _: f"j{'A' * 20_000}.{'A' * 22}"),
    _case("two with the same name", DAMAGED, lambda _: "hello; cart=hello"),
    _case(
        "two different ones", UNTRUSTED, lambda shop: f"x; cart={altered(shop.cookie({'MUG': 1}))}"
    ),
    _case("not numbers", DAMAGED, lambda _: signed("1,2,x,1")),
    _case("not JSON", DAMAGED, lambda _: signed("1,02,3,1")),
    _case("half a line", DAMAGED, lambda _: signed("1,2,3")),
    _case("no time", DAMAGED, lambda _: signed("1")),
    _case("a product twice", DAMAGED, lambda _: signed("1,2,3,1,0,1")),
    _case("quantity zero", DAMAGED, lambda _: signed("1,2,3,0")),
    _case("a huge number", DAMAGED, lambda _: signed("1,2," + "9" * 5000 + ",1")),
    _case("a huge time", DAMAGED, lambda _: signed("1," + "9" * 30 + ",3,1")),
    _case("a time before 1970", DAMAGED, lambda _: signed("1,-9999999999,3,1")),
    _case("a deflate bomb", DAMAGED, lambda _: signed("1" * 1_000_000)),
    _case("not deflated", DAMAGED, lambda _: cookie.sign("z____", [KEY])),
    _case("outside base 12", DAMAGED, lambda _: cookie.sign("j~~~~", [KEY])),
    _case("altered", UNTRUSTED, lambda shop: altered(shop.cookie({"MUG": 1}))),
    _case("another key", UNTRUSTED, lambda shop: shop.cookie({"MUG": 1}, key="x")),
    _case("another purpose", UNTRUSTED, lambda shop: other_purpose(shop)),
    _case("another version", UNKNOWN, lambda _: cookie.sign("yAAAA", [KEY])),
    _case("version zero", UNKNOWN, lambda _: signed("0,2,3,1")),
    _case(
        "past the grace period",
        GONE,
        lambda shop: shop.cookie({"MUG": 1}, age_seconds=LIFE + GRACE + 1),
    ),
]
every_case = pytest.mark.parametrize(("message", "value"), CASES)


@every_case
@pytest.mark.parametrize("address", ["/cart", "/", "/products/salt-pig", "/nope"])
def test_a_refused_cookie_on_a_page_view(
    shop: OpenShop,
    visitor: LintingClient,
    caplog: pytest.LogCaptureFixture,
    message: str,
    value: Callable[[OpenShop], str],
    address: str,
) -> None:
    visitor.raw_cookies = f"cart={value(shop)}"
    with visitor.may_write_cart(), caplog.at_level(logging.INFO, "shop.cart"):
        response = visitor.get(address)
    assert response.status_code == (404 if address == "/nope" else 200)
    assert message in text_of(response.text, "main > .notices")
    is_left_alone = "We have left its cookie alone" in response.text
    assert is_left_alone == (message != GONE)
    assert cart_headers(response) == cart_deletions(response)
    assert len(cart_deletions(response)) == (0 if is_left_alone else 1)
    assert_one_log_line(caplog, visitor.raw_cookies)


def test_other_pages_report_a_refused_cookie_once(visitor: LintingClient) -> None:
    visitor.raw_cookies = "cart=hello"
    for address, is_reported in (("/", True), ("/products", False), ("/cart", True), ("/", False)):
        assert (DAMAGED in visitor.get(address).text) == is_reported, address
    visitor.raw_cookies = "cart=something else"
    assert DAMAGED in visitor.get("/products").text


@pytest.mark.parametrize(
    ("message", "value"), [case for case in CASES if case.values[0] != UNKNOWN]
)
def test_a_refused_cookie_on_a_change(
    shop: OpenShop,
    visitor: LintingClient,
    caplog: pytest.LogCaptureFixture,
    message: str,
    value: Callable[[OpenShop], str],
) -> None:
    assert visitor.token
    visitor.raw_cookies = f"cart={value(shop)}"
    caplog.clear()
    response = visitor.add("PENCIL", 2)
    assert_one_log_line(caplog, visitor.raw_cookies)
    visitor.raw_cookies = ""  # the browser has replaced it
    written = [header for header in cart_headers(response) if "; Path=/;" in header]
    assert (response.status_code, len(written)) == (303, 1)
    assert visitor.cart_value() == shop.cookie({"PENCIL": 2})
    notices = text_of(visitor.get("/cart").text, "main > .notices")
    assert message in notices
    assert ("Your new cart has taken its place." in notices) == (message != GONE)
    assert "Added to your cart: Cedar pencil" in notices


@pytest.mark.parametrize("address", ["/cart/lines/1", "/cart/lines/1/remove"])
def test_a_change_without_effect_leaves_the_refused_cookie_alone(
    visitor: LintingClient, address: str
) -> None:
    assert visitor.token
    visitor.raw_cookies = "cart=hello"
    response = visitor.send(address, quantity=1)
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert DAMAGED in text_of(visitor.get("/cart").text, "main > .notices")


def test_emptying_the_cart_deletes_the_refused_cookie(visitor: LintingClient) -> None:
    assert visitor.token
    visitor.raw_cookies = "cart=hello"
    response = visitor.send("/cart/clear")
    assert (response.status_code, len(cart_deletions(response))) == (303, 1)
    visitor.raw_cookies = ""
    assert "damaged" not in visitor.get("/cart").text


def test_a_cart_from_the_future_is_accepted(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 2}, age_seconds=-DAY))
    assert text_of(visitor.get("/cart").text, ".top-count") == "2 items"


@pytest.mark.parametrize(
    ("age_seconds", "is_cart", "is_offered"),
    [
        pytest.param(LIFE, True, False, id="in its last second"),
        pytest.param(LIFE + 1, False, True, id="one second late"),
        pytest.param(LIFE + GRACE, False, True, id="in the last second of the grace period"),
        pytest.param(LIFE + GRACE + 1, False, False, id="one second after the grace period"),
    ],
)
def test_lifetime_and_grace_period(
    shop: OpenShop, visitor: LintingClient, age_seconds: int, is_cart: bool, is_offered: bool
) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 2}, age_seconds=age_seconds))
    with visitor.may_write_cart():
        response = visitor.get("/cart")
    assert text_of(response.text, ".top-count") == ("2 items" if is_cart else "0 items")
    assert ("has expired. Restore it?" in response.text) == is_offered
    assert len(cart_deletions(response)) == (not is_cart and not is_offered)


def visitor_with_expired_cart(shop: OpenShop, lines: dict[str, int]) -> LintingClient:
    """A browser with an expired cart that the shop offers to restore."""
    visitor = shop.visitor()
    assert visitor.token
    visitor.set_cookie("cart", shop.cookie(lines, age_seconds=LIFE + DAY))
    return visitor


def offer_title(html: str) -> str:
    return text_of(html, "#offer-title")


def quantities(html: str) -> list[str]:
    rows = elements(parsed(html), "table.lines input[name=quantity]")
    return [(row.attrs or {})["value"] or "" for row in rows]


def test_an_expired_cart_is_offered_until_it_is_restored(shop: OpenShop) -> None:
    visitor = visitor_with_expired_cart(shop, {"MUG": 2, "PENCIL": 3})
    for address in ("/", "/cart", "/products", "/nope"):
        page = visitor.get(address).text  # the linter would fail on a deletion
        assert offer_title(page) == "Your cart from 27 April 2026 has expired. Restore it?"
    visitor.send("/cart/restore", cart=field_value(page, "cart"))
    assert visitor.cart_value() == shop.cookie({"MUG": 2, "PENCIL": 3})
    page = visitor.get("/cart").text
    assert quantities(page) == ["2", "3"]
    assert "Your cart is back" in text_of(page, "main > .notices")
    assert "Restore it?" not in page


def test_dismissing_the_offer_deletes_the_expired_cart(shop: OpenShop) -> None:
    visitor = visitor_with_expired_cart(shop, {"MUG": 2})
    assert len(cart_deletions(visitor.send("/cart/dismiss"))) == 1
    assert "Restore it?" not in visitor.get("/cart").text


def test_dismissing_leaves_a_current_cart_alone(visitor: LintingClient) -> None:
    visitor.add("MUG")
    assert cart_headers(visitor.send("/cart/dismiss")) == []


def test_adding_keeps_the_offer_on_the_next_page_and_restoring_merges(shop: OpenShop) -> None:
    visitor = visitor_with_expired_cart(shop, {"MUG": 2, "PENCIL": 3})
    visitor.add("PENCIL", 5)
    page = visitor.get("/cart").text
    assert quantities(page) == ["5"]
    assert offer_title(page).endswith("has expired. Restore it?")
    visitor.send("/cart/restore", cart=field_value(page, "cart"))
    assert visitor.cart_value() == shop.cookie({"MUG": 2, "PENCIL": 5})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda shop: "", id="none"),
        pytest.param(lambda shop: "nonsense", id="nonsense"),
        pytest.param(lambda shop: altered(shop.cookie({"MUG": 1})), id="altered"),
        pytest.param(
            lambda shop: shop.cookie({"MUG": 1}, age_seconds=LIFE + GRACE + 1), id="too old"
        ),
    ],
)
def test_restoring_an_invalid_cart_changes_nothing(
    shop: OpenShop, visitor: LintingClient, value: Callable[[OpenShop], str]
) -> None:
    visitor.add("PENCIL")
    response = visitor.send("/cart/restore", cart=value(shop))
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert "can no longer be restored" in text_of(visitor.get("/cart").text, "main > .notices")


def test_restoring_a_cart_that_does_not_fit_is_refused(open_shop: Opener) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES="64")
    skus = [sku for (sku,) in shop.sql("select sku from products")]
    visitor = shop.visitor()
    visitor.add("MUG")
    response = visitor.send("/cart/restore", cart=shop.cookie(dict.fromkeys(skus, 7)))
    assert (response.status_code, cart_headers(response)) == (409, [])
    assert "“The expired cart” does not fit" in text_of(response.text, "main [role=alert]")


def assert_one_log_line(caplog: pytest.LogCaptureFixture, raw: str) -> None:
    (record,) = [record for record in caplog.records if record.name == "shop.cart"]
    assert record.getMessage() == "cart_cookie_refused"
    assert {"refusal", "reason", "bytes"} <= vars(record).keys()
    value = raw.removeprefix("cart=")
    assert len(value) < 4 or value not in str(vars(record))


def test_an_expired_cart_is_offered_until_answered_after_its_cookie_was_replaced(
    shop: OpenShop, visitor: LintingClient
) -> None:
    assert visitor.token
    visitor.raw_cookies = f"cart={shop.cookie({'MUG': 2}, age_seconds=31 * DAY)}"
    visitor.add("PENCIL")
    visitor.raw_cookies = ""
    for address in ("/cart", "/nope", "/products"):
        assert "has expired. Restore it?" in visitor.get(address).text
    assert visitor.send("/cart/dismiss").status_code == 303
    page = visitor.get("/cart").text
    assert "has expired" not in page
    assert "Cedar pencil" in page


@pytest.mark.parametrize(
    ("budget", "status"),
    [pytest.param("4096", 303, id="carried"), pytest.param("2300", 409, id="too long to carry")],
)
def test_a_lowered_budget_leaves_less_room_to_carry_an_expired_cart(
    open_shop: Opener, budget: str, status: int
) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES=budget)
    visitor = shop.visitor()
    assert visitor.token
    value = encode(
        Cart(
            tuple(Line(n, 3) for n in random.Random(1).sample(range(1, 9999), 199)),
            shop.clock.now - LIFE - DAY,
        ),
        [KEY],
        name="cart",
    )
    assert 2300 // 6 < len(value) < 2048
    visitor.set_cookie("cart", value)
    assert visitor.add("MUG").status_code == status
