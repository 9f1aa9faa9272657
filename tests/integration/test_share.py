"""A cart as a link: viewing changes nothing; then it can be taken over, merged or left."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import segno
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from shop.core import cookie
from shop.core.cart import Cart, Line
from shop.web.pages.share import LONGEST_QR_CHARACTERS
from tests.conftest import DAY, KEY, Opener, OpenShop
from tests.integration.carts import altered, held, lines_of, notices, numbered, undo_form
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    field_value,
    pairs,
    parsed,
    text_of,
)
from tests.unit.core.carts import cart_filling

MINE = {"KINDLING": 3, "MUG": 1, "SALT-PIG": 2}
SHARED = {"PENCIL": 9, "MUG": 4, "CUP-EGG": 1}
MERGED = {"KINDLING": 3, "MUG": 4, "SALT-PIG": 2, "PENCIL": 9, "CUP-EGG": 1}
LIFE = 30 * DAY
KEPT = "Your cart is as it was."


def token_of(shop: OpenShop, lines: dict[str, int], *, age_seconds: int = 0, key: str = KEY) -> str:
    packed = tuple(Line(number, quantity) for number, quantity in numbered(shop, lines))
    return cookie.encode_for_link(Cart(packed, shop.clock.now - age_seconds), [key])


def shared_link(visitor: LintingClient) -> str:
    """The address on the page for sharing."""
    (field,) = elements(parsed(visitor.get("/cart/share").text), "#link")
    assert attributes(field)["dir"] == "ltr"  # in Arabic it would begin with its end
    return attributes(field)["value"] or ""


def path_of(link: str, base_url: str = "http://localhost") -> str:
    assert link.startswith(f"{base_url}/c/")
    return link.removeprefix(base_url)


def is_noindex(page: TestResponse) -> bool:
    robots = elements(parsed(page.text), "meta[name=robots]")
    return [attributes(element).get("content") for element in robots] == ["noindex"]


@pytest.fixture
def owner(shop: OpenShop, visitor: LintingClient) -> LintingClient:
    """A shopper with a cart."""
    visitor.set_cookie("cart", shop.cookie(MINE))
    return visitor


def test_a_link_opens_the_same_cart_in_another_browser(
    shop: OpenShop, owner: LintingClient
) -> None:
    other = shop.visitor()
    page = other.get(path_of(shared_link(owner)))
    assert page.status_code == 200
    assert text_of(page.text, "h1") == "A cart, shared with you"
    assert pairs(page.text) == pairs(owner.get("/cart").text)
    other.send("/cart/replace", cart=field_value(page.text, "cart"))
    assert held(other) == held(owner)


def test_a_link_needs_no_escaping_in_an_address(shop: OpenShop, owner: LintingClient) -> None:
    assert re.fullmatch(r"http://localhost/c/[A-Za-z0-9._-]+", shared_link(owner))


@pytest.mark.parametrize(
    ("mine", "message", "choices"),
    [
        pytest.param({}, "which is empty.", {"/cart/replace"}, id="with an empty cart"),
        pytest.param(
            MINE,
            "which holds 6 items.",
            {"/cart/merge", "/cart/replace", "/cart"},
            id="with another cart",
        ),
        pytest.param(SHARED, "which holds 14 items.", {"/cart"}, id="with the same cart"),
    ],
)
def test_opening_a_link_changes_nothing(
    shop: OpenShop, visitor: LintingClient, mine: dict[str, int], message: str, choices: set[str]
) -> None:
    if mine:
        visitor.set_cookie("cart", shop.cookie(mine))
    assert visitor.token
    address, before = f"/c/{token_of(shop, SHARED)}", shop.dump()
    for _ in range(2):
        page = visitor.get(address)
        assert page.headers.getlist("Set-Cookie") == []
    assert shop.dump() == before
    assert message in text_of(page.text, ".share .lead")
    ways = elements(parsed(page.text), ".share form, .share a.button")
    assert {attributes(way).get("action") or attributes(way)["href"] for way in ways} == choices
    assert held(visitor) == numbered(shop, mine)
    assert is_noindex(page)


@pytest.mark.parametrize(
    ("how", "mine", "after", "message"),
    [
        pytest.param("replace", MINE, SHARED, "Your cart is now the shared cart", id="replace"),
        pytest.param(
            "replace", {}, SHARED, "Your cart is now the shared cart", id="replace an empty cart"
        ),
        pytest.param("merge", MINE, MERGED, "The shared cart was added to yours", id="merge"),
        pytest.param(
            "merge", {}, SHARED, "The shared cart was added to yours", id="merge with an empty cart"
        ),
    ],
)
def test_taking_over_a_shared_cart_can_be_undone(
    shop: OpenShop,
    visitor: LintingClient,
    how: str,
    mine: dict[str, int],
    after: dict[str, int],
    message: str,
) -> None:
    if mine:
        visitor.set_cookie("cart", shop.cookie(mine))
    page = visitor.get(f"/c/{token_of(shop, SHARED)}")
    response = visitor.send(f"/cart/{how}", cart=field_value(page.text, "cart"))
    assert (response.status_code, response.location) == (303, "/cart")
    assert held(visitor) == numbered(shop, after)
    assert notices(visitor) == message
    step = undo_form(visitor)
    assert step is not None
    visitor.send("/cart/undo", cart=step["cart"], since=step["since"])
    assert held(visitor) == numbered(shop, mine)


def test_merging_a_cart_that_adds_nothing_says_so(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.set_cookie("cart", shop.cookie({"MUG": 3, "PENCIL": 1}))
    before = held(visitor)
    page = visitor.get(f"/c/{token_of(shop, {'MUG': 1})}")
    assert "gets the larger of the two quantities" in page.text
    response = visitor.send("/cart/merge", cart=field_value(page.text, "cart"))
    assert (response.status_code, cart_headers(response)) == (303, [])
    assert (held(visitor), notices(visitor)) == (
        before,
        "Everything in that cart is already in yours",
    )


def test_keep_mine_is_a_link_to_the_cart(shop: OpenShop, owner: LintingClient) -> None:
    page = owner.get(f"/c/{token_of(shop, SHARED)}").text
    (keep,) = (
        link for link in elements(parsed(page), ".share-choices a") if link.to_text() == "Keep mine"
    )
    assert cart_headers(owner.get(attributes(keep)["href"] or "")) == []
    assert held(owner) == numbered(shop, MINE)


def test_taking_over_a_cart_restarts_its_lifetime(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.send("/cart/replace", cart=token_of(shop, SHARED, age_seconds=LIFE - 1))
    assert visitor.cart_value() == shop.cookie(SHARED)


def test_the_page_warns_when_replacing_the_cart_cannot_be_undone(open_shop: Opener) -> None:
    long = dict.fromkeys(("MUG", "INK-BLUE", "PENCIL", "TAPE-PAPER", "BAG-BREAD", "JUG-MILK"), 37)
    shop = open_shop(SHOP_CART_BUDGET_BYTES="80")
    for mine, is_said in ((long, True), ({"MUG": 1}, False)):
        visitor = shop.visitor()
        visitor.set_cookie("cart", shop.cookie(mine))
        page = visitor.get(f"/c/{token_of(shop, dict(reversed(long.items())))}").text
        assert ("replacing yours could not be undone" in page) == is_said


@pytest.mark.parametrize("how", ["replace", "merge"])
def test_a_shared_cart_that_does_not_fit_changes_nothing(open_shop: Opener, how: str) -> None:
    shop = open_shop(SHOP_CART_BUDGET_BYTES="64")
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 1}))
    skus = [sku for (sku,) in shop.sql("select sku from products")]
    response = visitor.send(f"/cart/{how}", cart=token_of(shop, dict.fromkeys(skus[::-2], 7)))
    assert (response.status_code, response.headers.getlist("Set-Cookie")) == (409, [])
    assert "“The shared cart” does not fit" in text_of(response.text, "main [role=alert]")


@pytest.mark.parametrize("how", ["replace", "merge", "undo"])
def test_taking_over_a_cart_still_offers_an_expired_one(
    shop: OpenShop, visitor: LintingClient, how: str
) -> None:
    visitor.set_cookie("cart", shop.cookie(MINE, age_seconds=LIFE + DAY))
    visitor.send(f"/cart/{how}", cart=token_of(shop, SHARED))
    assert held(visitor) == numbered(shop, SHARED)
    page = visitor.get("/cart").text
    assert text_of(page, "#offer-title").endswith("has expired. Restore it?")
    (expired,) = elements(parsed(page), ".notice-offer input[name=cart]")
    visitor.send("/cart/restore", cart=attributes(expired)["value"])
    assert held(visitor) == numbered(shop, MERGED)


@pytest.mark.parametrize("how", ["replace", "merge", "undo", "lines"])
def test_an_expired_cart_too_long_to_carry_must_be_dealt_with_first(
    shop: OpenShop, visitor: LintingClient, how: str
) -> None:
    long = cart_filling(2100).touched(shop.clock.now - LIFE - DAY)
    visitor.set_cookie("cart", cookie.encode(long, [KEY], name="cart"))
    response = visitor.send(f"/cart/{how}", cart=token_of(shop, SHARED), sku="MUG")
    assert (response.status_code, cart_headers(response)) == (409, [])
    assert "Please restore it or let it go first" in text_of(response.text, "main [role=alert]")


# Links that do not work


def _checkout_token(_: OpenShop) -> str:
    return URLSafeTimedSerializer(KEY, salt="crumb checkout").dumps(["once", "fingerprint"])


def _session(shop: OpenShop) -> str:
    visitor = shop.visitor()
    assert visitor.token
    kept = visitor.get_cookie("session")
    return kept.value if kept else ""


BROKEN = [
    pytest.param(lambda shop: altered(token_of(shop, SHARED)), id="damaged"),
    pytest.param(lambda shop: token_of(shop, SHARED)[:-1], id="without its last character"),
    pytest.param(lambda shop: token_of(shop, SHARED)[:20], id="cut in half"),
    pytest.param(lambda shop: token_of(shop, SHARED) + "x", id="with a suffix"),
    pytest.param(lambda shop: token_of(shop, SHARED, key="x"), id="another key"),
    pytest.param(_checkout_token, id="a checkout token"),
    pytest.param(_session, id="a session"),
    pytest.param(lambda _: "nonsense", id="nonsense"),
    pytest.param(lambda _: "%00", id="NUL"),
    pytest.param(lambda _: "%F0%9F%8D%AA", id="an emoji"),
    pytest.param(lambda _: "u" * 9000, id="over-long"),
    pytest.param(lambda _: cookie.sign("u999", [KEY]), id="signed nonsense"),
]


@pytest.mark.parametrize("token", BROKEN)
def test_an_invalid_link_leaves_the_cart_alone_and_says_so(
    shop: OpenShop, owner: LintingClient, token: Callable[[OpenShop], str]
) -> None:
    address = f"/c/{token(shop)}"
    page = owner.get(address)
    assert (page.status_code, page.headers.getlist("Set-Cookie")) == (404, [])
    if address != "/c/%00":  # no route accepts a NUL
        assert text_of(page.text, "h1") == "This link does not lead to a cart"
        assert KEPT in text_of(page.text, "main")
    assert is_noindex(page)
    for how in ("replace", "merge"):
        response = owner.send(f"/cart/{how}", cart=token(shop))
        assert (response.status_code, cart_headers(response)) == (303, [])
        assert "This link has expired or is damaged. Your cart is as it was" in notices(owner)
    assert held(owner) == numbered(shop, MINE)


@pytest.mark.parametrize(
    ("age_seconds", "status"),
    [
        pytest.param(LIFE, 200, id="in its last second"),
        pytest.param(LIFE + 1, 410, id="one second late"),
        pytest.param(LIFE + 2 * DAY, 410, id="within a cart's grace period"),
        pytest.param(400 * DAY, 410, id="long ago"),
    ],
)
def test_a_link_lives_as_long_as_a_cart(
    shop: OpenShop, owner: LintingClient, age_seconds: int, status: int
) -> None:
    token = token_of(shop, SHARED, age_seconds=age_seconds)
    page = owner.get(f"/c/{token}")
    assert page.status_code == status
    if status == 410:
        assert text_of(page.text, "h1") == "This link has expired"
        assert KEPT in text_of(page.text, "main")
        assert cart_headers(owner.send("/cart/replace", cart=token)) == []
    assert is_noindex(page)


def test_an_expired_link_says_when_its_cart_was_made(
    shop: OpenShop, visitor: LintingClient
) -> None:
    page = visitor.get(f"/c/{token_of(shop, SHARED, age_seconds=LIFE + DAY)}").text
    assert "The cart behind it dates from 27 April 2026" in text_of(page, "main")


def test_the_page_says_when_a_link_expires(shop: OpenShop, owner: LintingClient) -> None:
    assert "The link works until 27\xa0June 2026" in owner.get("/cart/share").text


def test_an_empty_cart_has_no_link(visitor: LintingClient) -> None:
    response = visitor.get("/cart/share")
    assert (response.status_code, response.location) == (303, "/cart")


def test_cookies_and_links_are_interchangeable(shop: OpenShop, visitor: LintingClient) -> None:
    value = shop.cookie(SHARED)
    assert not set(value) & set("/?#%")
    assert visitor.get(f"/c/{value}").status_code == 200
    visitor.set_cookie("cart", token_of(shop, SHARED))
    page = visitor.get("/cart")
    assert text_of(page.text, ".top-count") == "14 items"
    visitor.add("MUG")
    assert visitor.cart_value() == shop.cookie(SHARED | {"MUG": 5})


# The QR code


def modules_of(svg: str) -> list[list[bool]]:
    """The modules of a QR code, read from the strokes of its path."""
    (path,) = elements(parsed(svg), "path[stroke]")
    side = int(re.findall(r'viewBox="0 0 (\d+) \1"', svg)[0])
    modules = [[False] * side for _ in range(side)]
    x, y = 0, 0.0
    for mark, numbers in re.findall(r"([Mmh])([-\d. ]+)", attributes(path)["d"] or ""):
        first, *rest = map(float, numbers.split())
        if mark == "h":
            modules[int(y)][x : x + int(first)] = [True] * int(first)
            x += int(first)
        else:
            x, y = (x + int(first), y + rest[0]) if mark == "m" else (int(first), rest[0])
    return modules


def test_the_qr_code_encodes_the_link(shop: OpenShop, owner: LintingClient) -> None:
    page = owner.get("/cart/share").text
    code = segno.make(shared_link(owner), error="l", micro=False)
    expected = [[bool(module) for module in row] for row in code.matrix_iter(border=4)]
    svg = page[page.index("<svg") : page.index("</svg>") + len("</svg>")]
    assert modules_of(svg) == expected


@pytest.mark.parametrize(
    ("characters", "has_code"),
    [
        pytest.param(LONGEST_QR_CHARACTERS - 1, True, id="one below the limit"),
        pytest.param(LONGEST_QR_CHARACTERS, True, id="at the limit"),
        pytest.param(LONGEST_QR_CHARACTERS + 1, False, id="one above the limit"),
    ],
)
def test_a_long_link_has_no_qr_code(shop: OpenShop, characters: int, has_code: bool) -> None:
    visitor = shop.visitor()
    visitor.set_cookie("cart", cookie_with_link_of(characters - len("http://localhost/c/")))
    page = visitor.get("/cart/share").text
    (field,) = elements(parsed(page), "#link")
    assert len(attributes(field)["value"] or "") == characters
    assert bool(elements(parsed(page), "svg.qr")) == has_code
    assert ("too long for a QR code" in page) == (not has_code)


def test_the_largest_qr_code_can_still_be_scanned_by_a_phone() -> None:
    codes = [
        segno.make("x" * characters, error="l", micro=False, mode="byte")
        for characters in (LONGEST_QR_CHARACTERS, LONGEST_QR_CHARACTERS + 1)
    ]
    assert [code.version for code in codes] == [25, 26]


def cookie_with_link_of(characters: int) -> str:
    """The cookie of a cart whose link has a token of this length."""
    return cookie.encode(cart_filling(characters), [KEY], name="cart")


def test_a_full_cart_works_as_a_link(shop: OpenShop, visitor: LintingClient) -> None:
    value = cookie.encode(cart_filling(4092), [KEY], name="cart")
    assert len(f"cart{value}") == 4096
    visitor.raw_cookies = f"cart={value}"
    page = visitor.get("/cart/share").text
    assert not elements(parsed(page), "svg.qr")
    (field,) = elements(parsed(page), "#link")
    path = path_of(attributes(field)["value"] or "")
    other = shop.visitor()
    assert other.get(path).status_code == 200
    other.send("/cart/replace", cart=path.removeprefix("/c/"))
    assert held(other) == lines_of(value)


# Which host the link leads to


@pytest.mark.parametrize(
    ("base_url", "headers", "proxies"),
    [
        pytest.param("http://localhost", {}, "0", id="http"),
        pytest.param("https://localhost", {}, "0", id="https"),
        pytest.param("http://127.0.0.1:8000", {}, "0", id="with a port"),
        pytest.param(
            "http://localhost",
            {"X-Forwarded-Host": "evil.example"},
            "1",
            id="a forged X-Forwarded-Host",
        ),
        pytest.param(
            "http://localhost", {"Forwarded": "host=evil.example"}, "1", id="a forged Forwarded"
        ),
        pytest.param(
            "http://localhost", {"Origin": "https://evil.example"}, "1", id="a foreign Origin"
        ),
    ],
)
def test_a_link_leads_to_the_host_of_the_request(
    open_shop: Opener, base_url: str, headers: dict[str, str], proxies: str
) -> None:
    shop = open_shop(SHOP_TRUSTED_PROXIES=proxies)
    visitor = shop.visitor(base_url=base_url)
    name = "__Host-cart" if base_url.startswith("https") else "cart"
    visitor.raw_cookies = f"{name}={shop.cookie(MINE)}"
    page = visitor.get("/cart/share", headers=headers)
    (field,) = elements(parsed(page.text), "#link")
    assert (attributes(field)["value"] or "").startswith(f"{base_url}/c/")
    assert "evil" not in page.text


def test_an_untrusted_host_gets_no_link(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="http://evil.example")
    visitor.raw_cookies = f"cart={shop.cookie(MINE)}"
    page = visitor.get("/cart/share")
    assert page.status_code == 400
    assert "/c/" not in page.text


# What a shared cart shows


def test_products_no_longer_sold_are_shown_and_not_charged(
    shop: OpenShop, visitor: LintingClient
) -> None:
    token = token_of(shop, SHARED)
    shop.sql("delete from products where sku = 'PENCIL'")
    shop.sql("update products set is_active = false where sku = 'CUP-EGG'")
    page = visitor.get(f"/c/{token}")
    shown = [
        " ".join(row.to_text().split()) for row in elements(parsed(page.text), ".share .summary li")
    ]
    assert shown == [
        "9 × A product we no longer have No longer sold, so it is not charged. You can remove it. "
        "not charged",
        "4 × Everyday mug £38.00",
        "1 × Ash egg cup No longer sold, so it is not charged. You can remove it. not charged",
    ]
    assert pairs(page.text)["Subtotal"] == "£38.00"
    visitor.send("/cart/replace", cart=token)
    assert len(held(visitor)) == 3


def test_a_cart_of_deleted_products_is_shown(shop: OpenShop, visitor: LintingClient) -> None:
    token = token_of(shop, SHARED)
    shop.sql("delete from products")
    page = visitor.get(f"/c/{token}")
    assert page.status_code == 200
    assert page.text.count("A product we no longer have") == 3


def test_a_shared_cart_shows_current_prices(shop: OpenShop, visitor: LintingClient) -> None:
    token = token_of(shop, SHARED)
    shop.sql("update products set price_minor = 100 where sku = 'MUG'")
    assert "4 × Everyday mug £4.00" in text_of(visitor.get(f"/c/{token}").text, ".share .summary")
