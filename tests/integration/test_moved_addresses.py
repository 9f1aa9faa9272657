"""Addresses that lead elsewhere: a renamed product, a slash at the end, another host."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from shop.config import Settings
from shop.factory import catalogue_defaults
from shop.storage import catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import writing
from tests.conftest import Opener, OpenShop
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    parsed,
    text_of,
)


def rename(shop: OpenShop, **slugs: str) -> None:
    """Imports a file that gives each product, by its SKU, this slug."""
    rows = [f"{sku},{sku},9,GBP,{slug}\n" for sku, slug in slugs.items()]
    defaults = catalogue_defaults(Settings.from_environ({}))
    imported = read("".join(["sku,name,price,currency,slug\n", *rows]).encode(), defaults).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, imported, defaults, shop.clock.now)


def target(response: TestResponse) -> tuple[int, str | None]:
    return response.status_code, response.headers.get("Location")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("/products/everyday-mug", "/products/daily-mug", id="its page"),
        pytest.param(
            "/products/everyday-mug?q=a+b%26&é=%0D%0A",
            "/products/daily-mug?q=a+b%26&%C3%A9=%0D%0A",
            id="with a query",
        ),
        pytest.param(
            "/products/everyday-mug/picture.svg?v=1",
            "/products/daily-mug/picture.svg?v=1",
            id="its picture",
        ),
    ],
)
def test_an_old_address_leads_to_the_new_one(
    shop: OpenShop, visitor: LintingClient, method: str, asked: str, expected: str
) -> None:
    visitor.add("MUG")
    rename(shop, MUG="daily-mug")
    response = visitor.open(asked, method=method)
    assert (target(response), cart_headers(response)) == ((301, expected), [])
    assert visitor.open(expected, method=method).status_code == 200


def test_a_chain_leads_straight_to_its_end(shop: OpenShop, visitor: LintingClient) -> None:
    for slug in ("b", "c", "d"):
        rename(shop, MUG=slug)
    for former in ("everyday-mug", "b", "c"):
        assert target(visitor.get(f"/products/{former}")) == (301, "/products/d")


def test_a_product_that_is_renamed_back_leaves_no_circle(
    shop: OpenShop, visitor: LintingClient
) -> None:
    for slug in ("b", "everyday-mug", "b", "everyday-mug"):
        rename(shop, MUG=slug)
    assert visitor.get("/products/everyday-mug").status_code == 200
    assert target(visitor.get("/products/b")) == (301, "/products/everyday-mug")
    assert shop.sql("select slug from former_slugs") == [("b",)]


def test_a_slug_that_another_product_takes_belongs_to_that(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rename(shop, MUG="b")
    rename(shop, PENCIL="everyday-mug")
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "PENCIL"
    rename(shop, PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/c")
    assert target(visitor.get("/products/cedar-pencil")) == (301, "/products/c")


def test_a_new_product_may_take_a_former_slug(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    rename(shop, NEW="everyday-mug")
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "NEW"
    assert shop.sql("select count(*) from former_slugs") == [(0,)]


def test_a_former_slug_that_was_given_away_by_hand(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    shop.sql("update products set slug = 'everyday-mug' where sku = 'PENCIL'")
    rename(shop, PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/c")


def test_products_that_are_renamed_together_keep_their_old_addresses(
    shop: OpenShop, visitor: LintingClient
) -> None:
    rename(shop, MUG="b", PENCIL="c")
    assert target(visitor.get("/products/everyday-mug")) == (301, "/products/b")
    assert target(visitor.get("/products/cedar-pencil")) == (301, "/products/c")


def test_an_import_without_slugs_moves_nothing(shop: OpenShop, visitor: LintingClient) -> None:
    defaults = catalogue_defaults(Settings.from_environ({}))
    rows = read(b"sku,name,price,currency\nMUG,Renamed,9,GBP\n", defaults).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, rows, defaults, shop.clock.now)
    assert text_of(visitor.get("/products/everyday-mug").text, "h1") == "Renamed"
    assert shop.sql("select count(*) from former_slugs") == [(0,)]


def test_a_deleted_product_leaves_no_address(shop: OpenShop, visitor: LintingClient) -> None:
    rename(shop, MUG="b")
    with writing(shop.app.extensions["shop"].engine) as connection:
        connection.exec_driver_sql("delete from products where sku = 'MUG'")
    assert shop.sql("select count(*) from former_slugs") == [(0,)]
    assert visitor.get("/products/everyday-mug").status_code == 404
    assert visitor.get("/products/b").status_code == 404


# A slash at the end


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param("/products/", "/products", id="the list"),
        pytest.param("/products///", "/products", id="several slashes"),
        pytest.param("/cart/?a=b%26c&d", "/cart?a=b%26c&d", id="with a query"),
        pytest.param("/products/everyday-mug/", "/products/everyday-mug", id="a product"),
        pytest.param("/products/caf%C3%A9%3F/", "/products/caf%C3%A9%3F", id="escaped characters"),
        pytest.param("/limits/", "/limits", id="the laboratory"),
    ],
)
def test_a_slash_at_the_end_is_redirected_away(
    visitor: LintingClient, asked: str, expected: str
) -> None:
    for method in ("GET", "HEAD"):
        assert target(visitor.open(asked, method=method)) == (308, expected)


def test_a_slash_is_redirected_away_below_a_path_prefix(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="http://localhost/shop")
    assert target(visitor.get("/cart/")) == (308, "/shop/cart")


def test_a_form_sent_to_an_address_with_a_slash_arrives(visitor: LintingClient) -> None:
    fields = {"csrf_token": visitor.token, "sku": "MUG", "quantity": "2"}
    response = visitor.post("/cart/lines/", data=fields)
    assert target(response) == (308, "/cart/lines")
    assert visitor.post("/cart/lines/", data=fields, follow_redirects=True).status_code == 200
    assert text_of(visitor.get("/cart").text, ".top-count") == "2 items"


@pytest.mark.parametrize(
    "path",
    [
        "/nope/", "/cart/about/delete/", "//evil.example/", "///evil.example/", "/\\evil.example/",
        "/static/x/y/", "//evil.example//products/", "/.//evil.example/",
    ],
)  # fmt: skip
def test_where_nothing_is_a_slash_leads_nowhere(visitor: LintingClient, path: str) -> None:
    response = visitor.get("/", environ_overrides={"PATH_INFO": path})
    assert target(response) == (404, None)


# Another host

ONE_HOST = {"SHOP_CANONICAL_HOST": "shop.example"}
PAGE = {"Accept": "text/html,*/*;q=0.8"}


@pytest.mark.parametrize(
    "host", ["www.shop.example", "shop.example:8000", "203.0.113.9", "Shop.example"]
)
def test_another_host_leads_to_the_canonical_one(open_shop: Opener, host: str) -> None:
    visitor = open_shop(**ONE_HOST).visitor()
    for path in (
        "/",
        "/products?q=a%26b&category=caf%C3%A9",
        "/products/caf%C3%A9%3F/",
        "/products//evil.example/",
        "/robots.txt",
    ):
        for method in ("GET", "HEAD"):
            response = visitor.open(path, method=method, headers={"Host": host})
            assert target(response) == (301, f"http://shop.example{path}")


def test_another_host_keeps_scheme_and_path_prefix(open_shop: Opener) -> None:
    shop = open_shop(**ONE_HOST, SHOP_TRUSTED_PROXIES="1")
    visitor = shop.visitor(base_url="http://www.shop.example/shop")
    visitor.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    assert target(visitor.get("/cart")) == (301, "https://shop.example/shop/cart")


@pytest.mark.parametrize(
    ("base_url", "setting"),
    [
        ("http://shop.example", "shop.example"),
        ("https://shop.example", "shop.example:443"),
        ("http://shop.example:8443", "Shop.example:8443"),
    ],
)
def test_the_canonical_host_serves_the_shop(open_shop: Opener, base_url: str, setting: str) -> None:
    visitor = open_shop(SHOP_CANONICAL_HOST=setting).visitor(base_url=base_url)
    visitor.add("MUG")
    page = visitor.get("/products/everyday-mug")
    assert text_of(page.text, ".top-count") == "1 item"
    address = f"{base_url}/products/everyday-mug"
    (link,) = elements(parsed(page.text), "link[rel=canonical]")
    (og_url,) = elements(parsed(page.text), "meta[property='og:url']")
    assert (attributes(link)["href"], attributes(og_url)["content"]) == (address, address)
    assert f"<loc>{address}</loc>" in visitor.get("/sitemap.xml").text


@pytest.mark.parametrize("settings", [{}, ONE_HOST], ids=["trusted hosts", "a canonical host"])
@pytest.mark.parametrize("host", ["203.0.113.9:8000", "evil.example", "not a host!"])
def test_health_is_reported_at_any_host(
    open_shop: Opener, settings: dict[str, str], host: str
) -> None:
    visitor = open_shop(**settings).visitor()
    statuses = [visitor.get(path, headers={"Host": host}).status_code
                for path in ("/healthz", "/readyz")]  # fmt: skip
    assert statuses == [200, 200]


def test_a_cart_at_another_host_follows_once_as_a_link(open_shop: Opener) -> None:
    shop = open_shop(**ONE_HOST)
    visitor = shop.visitor()
    value = shop.cookie({"MUG": 2})
    visitor.set_cookie("cart", value)
    response = visitor.get("/products", headers=PAGE)
    status, address = target(response)
    assert (status, cart_headers(response)) == (302, [])
    assert address == f"http://shop.example/c/{value}"
    arrived = shop.visitor(base_url="http://shop.example").get(f"/c/{value}")
    assert "Everyday mug" in arrived.text
    assert target(visitor.get("/products", headers=PAGE)) == (301, "http://shop.example/products")
    visitor.set_cookie("cart", shop.cookie({"MUG": 3}))
    assert visitor.get("/", headers=PAGE).status_code == 302
    assert target(visitor.get("/favicon.ico")) == (301, "http://shop.example/favicon.ico")


def test_a_form_at_another_host_is_refused_and_keeps_the_cart(open_shop: Opener) -> None:
    open_before = open_shop().visitor()
    open_before.add("MUG", 2)
    fields = {"csrf_token": open_before.token, "sku": "PENCIL"}
    visitor = open_shop(**ONE_HOST).visitor()
    value = open_before.cart_value()
    for name in ("cart", "session"):
        kept = open_before.get_cookie(name)
        visitor.set_cookie(name, kept.value if kept else "")
    response = visitor.post("/cart/lines", data=fields)
    assert (target(response), cart_headers(response)) == ((421, None), [])
    assert text_of(response.text, "h1") == "This shop has a different address"
    (link,) = elements(parsed(response.text), "a")
    assert attributes(link)["href"] == f"http://shop.example/c/{value}"


@pytest.mark.parametrize("host", ["..", "a" * 300])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_host_that_cannot_be_one_is_refused(open_shop: Opener, host: str, method: str) -> None:
    shop = open_shop(**ONE_HOST)
    environ = create_environ("/", method=method) | {
        "HTTP_HOST": host,
        "HTTP_COOKIE": f"cart={shop.cookie({'MUG': 1})}",
        "HTTP_ACCEPT": "text/html",
    }
    _, status, headers = run_wsgi_app(shop.app, environ)
    assert (status, headers.getlist("Set-Cookie")) == ("400 BAD REQUEST", [])
