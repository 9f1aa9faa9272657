"""Pages that are the same for everybody: what caches may keep, and what they never get."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import session, template_rendered
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shop.web.frame import public_pages
from tests.conftest import DAY, Clock, Opener, OpenShop
from tests.integration.client import (
    LintingClient,
    cart_headers,
    elements,
    is_public,
    parsed,
    text_of,
)

SHOP_FILE = """
languages = ["en-GB", "de"]
[pages]
privacy = "privacy.md"
"""
PAGES = (
    "/",
    "/products",
    "/products?q=mug&sort=name",
    "/products?page=2",
    "/products/everyday-mug",
    "/products/waxed-pouch",
    "/privacy",
    "/de/products",
)
MARK = {"script": "1"}
ASKS = "public, no-cache"


@pytest.fixture
def shop(open_shop: Opener, tmp_path: Path) -> OpenShop:
    """A shop with a legal page, in two languages."""
    (tmp_path / "privacy.md").write_text("# Privacy\n\nNothing is kept.\n", "utf-8")
    (tmp_path / "shop.toml").write_text(SHOP_FILE, "utf-8")
    return open_shop()


def cookies_of(shop: OpenShop) -> list[Mapping[str, str]]:
    """Every combination of what a browser may bring."""
    visitor = shop.visitor()
    visitor.add("MUG")
    with_messages = visitor.get_cookie("session")
    visitor.get("/cart")
    without = visitor.get_cookie("session")
    assert with_messages
    assert without
    fresh = shop.cookie({"MUG": 3})
    choices: dict[str, tuple[str | None, ...]] = {
        "cart": (
            None,
            fresh,
            shop.cookie({"MUG": 3}, age_seconds=31 * DAY),
            shop.cookie({"MUG": 3}, age_seconds=90 * DAY),
            fresh[:-1],
            shop.cookie({"MUG": 3}, key="another key, of somebody else"),
            "",
        ),
        "session": (None, without.value, with_messages.value, "of another program"),
        "script": (None, "1"),
    }
    every = [
        {name: value for name, value in zip(choices, values, strict=True) if value is not None}
        for values in itertools.product(*choices.values())
    ]
    # Those that no page shows anything of, beside every third of the rest.
    others = {"orders": f"x; undo={fresh}; undo-anywhere={fresh}; admin=a keeper's session"}
    return [others, *(some if place % 3 else some | others for place, some in enumerate(every))]


def get(shop: OpenShop, address: str, cookies: Mapping[str, str], **headers: str) -> TestResponse:
    """The response to a browser with these cookies, in its very order."""
    visitor = shop.visitor()
    visitor.raw_cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())
    with visitor.may_write_cart():  # a private page deletes an expired cart
        return visitor.get(address, headers=headers)


def headers(response: TestResponse) -> set[tuple[str, str]]:
    return {(name, value) for name, value in response.headers if name != "Date"}


def test_a_public_page_has_nothing_personal(shop: OpenShop) -> None:
    response = get(shop, "/products/everyday-mug", {})
    assert text_of(response.text, "cart-count") == "0 items"
    assert elements(parsed(response.text), ".notice") == []
    assert "csrf" not in response.text
    assert {name for name, _ in response.headers} & {"Set-Cookie", "Expires"} == set()
    assert response.headers["Cache-Control"] == ASKS
    assert response.headers["Vary"] == "Accept-Encoding, Accept-Language"


@pytest.mark.parametrize(
    ("name", "base_url"), [("cart", "http://localhost"), ("__Host-cart", "https://localhost")]
)
def test_without_scripts_a_cart_is_counted_by_the_shop(
    shop: OpenShop, name: str, base_url: str
) -> None:
    visitor = shop.visitor(base_url=base_url)
    visitor.raw_cookies = f"{name}={shop.cookie({'MUG': 3}, name=name)}"
    response = visitor.get("/products")
    assert text_of(response.text, "cart-count") == "3 items"
    assert "csrf_token" in response.text


def test_only_a_language_in_the_address_does_not_vary(shop: OpenShop) -> None:
    german = get(shop, "/de/products", {})
    assert german.headers["Vary"] == "Accept-Encoding"
    preferred = get(shop, "/products", {}, accept_language="de")
    assert preferred.headers["Content-Language"] == "de"
    assert preferred.headers["ETag"] != get(shop, "/products", {}).headers["ETag"]


@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_each_encoding_has_its_own_etag(shop: OpenShop, encoding: str) -> None:
    plain = get(shop, "/products", {})
    for _ in range(2):  # compressed, and compressed before
        response = get(shop, "/products", {}, accept_encoding=encoding)
        assert response.headers.get("Content-Encoding", "") == encoding
        if encoding == "gzip":
            assert gzip.decompress(response.data) == plain.data
        assert (response.headers["ETag"] == plain.headers["ETag"]) == (not encoding)
        again = get(
            shop,
            "/products",
            {},
            accept_encoding=encoding,
            if_none_match=response.headers["ETag"],
        )
        assert (again.status_code, again.data) == (HTTPStatus.NOT_MODIFIED, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == response.headers[name]


def test_a_private_page_is_never_compressed_as_another_was(shop: OpenShop) -> None:
    sizes = [3, 4]
    carts = [{"cart": shop.cookie({"MUG": count})} for count in sizes]
    pages = [get(shop, "/products", cart, accept_encoding="gzip") for cart in carts]
    counts = [text_of(gzip.decompress(page.data).decode(), "cart-count") for page in pages]
    assert counts == ["3 items", "4 items"]


def test_shared_caches_keep_pages_only_as_long_as_the_shop_says(open_shop: Opener) -> None:
    page = open_shop(SHOP_CACHE_SECONDS="90").visitor().get("/products")
    assert page.headers["Cache-Control"] == "public, max-age=0, must-revalidate, s-maxage=90"


@pytest.mark.sqlite
def test_a_target_of_tests_is_kept_by_no_shared_cache(open_shop: Opener) -> None:
    target = open_shop(SHOP_CACHE_SECONDS="90", SHOP_TEST_MODE="on").visitor()
    assert target.get("/products").headers["Cache-Control"] == ASKS


@pytest.mark.parametrize("address", ["/products/nope", "/products/OLD", "/terms", "/cart"])
def test_other_responses_are_private(shop: OpenShop, address: str) -> None:
    shop.sql("insert into former_slugs select 'OLD', number from products where sku = 'MUG'")
    assert get(shop, address, MARK).headers["Cache-Control"] == "private, no-cache"


def rendered(shop: OpenShop) -> list[str]:
    """A list that records the template of every page that is rendered from now on."""
    names: list[str] = []
    # Connected with a strong reference, for as long as the app lives.
    template_rendered.connect(
        lambda _, template, **__: names.append(template.name), shop.app, weak=False
    )
    return names


def test_a_page_is_rendered_once_until_the_database_changes(shop: OpenShop) -> None:
    seen = rendered(shop)
    pages = [get(shop, "/products/everyday-mug", MARK) for _ in range(3)]
    assert seen == ["product/show.html"]
    shop.sql("update products set price_minor = 4242 where sku = 'MUG'")
    changed = get(shop, "/products/everyday-mug", MARK)
    assert "£42.42" in changed.text
    assert changed.headers["ETag"] != pages[0].headers["ETag"]
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("address", "base_url", "language"),
    [
        pytest.param("/products?page=2", "http://localhost", "en", id="query"),
        pytest.param("/products", "https://localhost", "en", id="scheme"),
        pytest.param("/products", "http://127.0.0.1", "en", id="host"),
        pytest.param("/products", "http://localhost", "de", id="language"),
        pytest.param("/de/products", "http://localhost", "de", id="prefix"),
    ],
)
def test_another_page_is_another_page(
    shop: OpenShop, address: str, base_url: str, language: str
) -> None:
    usual = shop.visitor().get("/products", headers={"Accept-Language": "en"})
    visitor = shop.visitor(base_url=base_url)
    other = visitor.get(address, headers={"Accept-Language": language})
    assert other.data != usual.data


def test_no_page_depends_on_the_clock(shop: OpenShop, clock: Clock) -> None:
    shop.sql("update products set compare_at_minor = price_minor + 100 where sku = 'MUG'")
    pages = [get(shop, address, {}).data for address in PAGES]
    clock.now += 400 * DAY
    assert [get(shop, address, {}).data for address in PAGES] == pages


def test_however_many_addresses_are_asked_for_few_pages_are_kept(
    shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_pages, "MOST_KEPT", 3)
    seen = rendered(shop)
    for number in range(3):
        get(shop, f"/products/everyday-mug?{number}", MARK)
    get(shop, "/products/everyday-mug?0", MARK)  # still kept
    get(shop, "/products/everyday-mug?more", MARK)
    get(shop, "/products/everyday-mug?0", MARK)
    long = f"/products/everyday-mug?{'x' * 300}"
    for _ in range(2):
        get(shop, long, MARK)
    assert len(seen) == 3 + 4


def test_a_page_that_sets_a_cookie_after_all_is_private(
    open_shop: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shop().app
    monkeypatch.setattr(app, "test_client_class", FlaskClient)
    assert app.test_client().get("/").headers["Cache-Control"] == ASKS

    def spoil(response: TestResponse) -> TestResponse:
        session["seen"] = True
        return response

    monkeypatch.setitem(app.after_request_funcs, None, [*app.after_request_funcs[None], spoil])
    spoilt = app.test_client().get("/products")  # which is not kept yet
    assert "Set-Cookie" in spoilt.headers
    assert spoilt.headers["Cache-Control"] == "private, no-cache"


OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param(OWN, 303, id="our page"),
        pytest.param({"Origin": "http://localhost"}, 303, id="our origin"),
        pytest.param(OWN | {"Origin": "http://evil.example"}, 303, id="fetch metadata win"),
        pytest.param({"Origin": "https://localhost"}, 303, id="behind a proxy, on https"),
        pytest.param({}, 400, id="neither"),
        pytest.param({"Origin": "null"}, 400, id="no origin"),
        pytest.param({"Origin": "http://["}, 400, id="no address"),
        pytest.param({"Origin": "http://localhost:1"}, 400, id="another port"),
        pytest.param({"Origin": "http://evil.example"}, 400, id="another site"),
        pytest.param({"Origin": "http://localhost@evil.example"}, 400, id="another with our name"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 400, id="another page"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 400, id="another subdomain"),
        pytest.param(
            {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400, id="a lie"
        ),
        pytest.param({"Sec-Fetch-Site": "none", "Origin": "http://localhost"}, 400, id="no page"),
    ],
)
def test_a_form_without_a_token_has_to_come_from_our_own_pages(
    shop: OpenShop, headers: dict[str, str], status: int
) -> None:
    response = shop.visitor().post("/cart/lines", data={"sku": "MUG"}, headers=headers)
    assert (response.status_code, len(cart_headers(response))) == (status, int(status == 303))


@pytest.mark.parametrize("address", ["/cart/clear", "/cart/lines/1", "/checkout", "/cart/personal"])
def test_every_other_form_needs_its_token(shop: OpenShop, address: str) -> None:
    visitor = shop.visitor()
    visitor.raw_cookies = f"cart={shop.cookie({'MUG': 3})}"
    response = visitor.post(address, data={"quantity": "1"}, headers=OWN)
    assert (response.status_code, cart_headers(response)) == (400, [])


def test_a_wrong_token_is_refused_wherever_it_comes_from(visitor: LintingClient) -> None:
    sent = {"sku": "MUG", "csrf_token": "x"}
    assert visitor.post("/cart/lines", data=sent, headers=OWN).status_code == 400


def test_the_first_add_of_a_browser_checks_that_it_keeps_cookies(shop: OpenShop) -> None:
    keeps = shop.visitor()
    added = keeps.post("/cart/lines", data={"sku": "MUG"}, headers=OWN)
    assert added.location == "/cart?cookies"
    checked = keeps.get(added.location)
    assert (checked.status_code, checked.location) == (303, "/cart")
    assert "Added to your cart: Everyday mug" in keeps.get("/cart").text
    assert keeps.post("/cart/lines", data={"sku": "MUG"}, headers=OWN).location == "/cart"

    refused = shop.visitor().get("/cart?cookies")
    assert refused.status_code == 400
    assert text_of(refused.text, "h1") == "Your browser sent no cookie"


PERSONAL = "/cart/personal"


def test_a_script_gets_the_count_and_nothing_else(shop: OpenShop) -> None:
    response = get(shop, PERSONAL, MARK | {"cart": shop.cookie({"MUG": 3})})
    assert text_of(response.text, "cart-count") == "3 items"
    assert "Set-Cookie" not in response.headers
    assert "<form" not in response.text
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert len(response.data) < 700


def test_a_message_stays_until_it_was_shown(visitor: LintingClient) -> None:
    visitor.set_cookie("script", "1")
    visitor.add("MUG")
    visitor.get("/products")
    assert shown(visitor) == shown(visitor) == ["Added to your cart: Everyday mug"]
    visitor.send(PERSONAL, shown="of something else")
    page = visitor.get(PERSONAL).text
    visitor.add("PENCIL")
    assert take(visitor, page).status_code == HTTPStatus.NO_CONTENT
    assert shown(visitor) == ["Added to your cart: Cedar pencil"]
    take(visitor, visitor.get(PERSONAL).text)
    assert shown(visitor) == []
    assert "Added" not in visitor.get("/cart").text


def test_a_refused_cookie_is_reported_until_it_was_shown(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.set_cookie("script", "1")
    visitor.set_cookie("cart", "damaged")
    (said,) = shown(visitor)
    assert "cart" in said
    assert shown(visitor) == [said]
    take(visitor, visitor.get(PERSONAL).text)
    assert shown(visitor) == []
    assert visitor.cart_value() == "damaged"


def test_a_cart_that_expired_for_good_is_deleted_once_that_was_said(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 3}, age_seconds=90 * DAY))
    page = visitor.get(PERSONAL).text
    assert "expired" in text_of(page, ".notice")
    assert visitor.cart_value()
    take(visitor, page)
    assert visitor.cart_value() is None


def test_an_expired_cart_is_offered(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 3}, age_seconds=31 * DAY))
    page = visitor.get(PERSONAL).text
    assert "Restore it?" in text_of(page, ".notice-offer h2")
    take(visitor, page)
    assert "Restore it?" in text_of(visitor.get(PERSONAL).text, ".notice-offer h2")


def test_a_session_gets_its_token_for_a_browser_that_names_no_origin(
    visitor: LintingClient,
) -> None:
    assert field(visitor.get(PERSONAL).text, "csrf_token") == ""
    assert visitor.token
    token = field(visitor.get(PERSONAL).text, "csrf_token")
    added = visitor.post("/cart/lines", data={"sku": "MUG", "csrf_token": token})
    assert added.status_code == 303


def test_the_mark_is_taken_from_a_browser_without_scripts(shop: OpenShop) -> None:
    page = get(shop, "/products", {}).text
    assert '<noscript><link rel="stylesheet" href="/cart/no-script.css"></noscript>' in page
    sheet = get(shop, "/cart/no-script.css", MARK)
    assert (sheet.data, sheet.mimetype) == (b"", "text/css")
    (header,) = sheet.headers.getlist("Set-Cookie")
    assert header.startswith("script=; Expires=Thu, 01 Jan 1970")
    assert "Set-Cookie" not in get(shop, "/cart/no-script.css", {}).headers


def shown(visitor: LintingClient) -> list[str]:
    """What the page for scripts has to say."""
    page = parsed(visitor.get(PERSONAL).text)
    return [notice.to_text() for notice in elements(page, "p.notice")]


def take(visitor: LintingClient, page: str) -> TestResponse:
    """Says that a page's messages were shown, as its script does."""
    sent = {name: field(page, name) for name in ("csrf_token", "shown")}
    with visitor.may_write_cart():
        return visitor.post(PERSONAL, data=sent)


def field(page: str, name: str) -> str:
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.mark.sqlite  # no cookie asks a database
@pytest.mark.parametrize("address", PAGES)
def test_what_a_cache_may_keep_is_the_same_for_everybody(shop: OpenShop, address: str) -> None:
    first = get(shop, address, {})
    assert is_public(first)
    etag = first.headers["ETag"]
    for cookies in cookies_of(shop):
        response = get(shop, address, cookies)
        again = get(shop, address, cookies, if_none_match=etag)
        if "script" in cookies or not cookies.keys() & {"cart", "session"}:
            assert response.data == first.data, cookies
            assert headers(response) == headers(first), cookies
            assert again.status_code == HTTPStatus.NOT_MODIFIED, cookies
        else:
            assert not is_public(response), cookies
            assert response.headers["Cache-Control"] == "private, no-cache", cookies
            assert again.status_code == HTTPStatus.OK, cookies
            assert not is_public(again), cookies
