"""What search engines and link previews see: canonical addresses, structured data, exclusions."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from shop.factory import STATIC
from shop.web.site.assets import Assets
from tests.conftest import Opener, OpenShop
from tests.integration.client import CUSTOMER, LintingClient, attributes, elements, parsed

HERE = "http://localhost"
PNG = b"\x89PNG\r\n\x1a\n"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def facts(page: TestResponse) -> dict[str, dict[str, Any]]:
    """The JSON-LD objects of a page by type, parsed as HTML and then as JSON."""
    scripts = elements(parsed(page.text), "script[type='application/ld+json']")
    objects = [json.loads(script.to_text()) for script in scripts]
    return {thing["@type"]: thing for thing in objects}


def product_facts(visitor: LintingClient, slug: str) -> dict[str, Any]:
    return facts(visitor.get(f"/products/{slug}"))["Product"]


def meta(page: TestResponse, name: str) -> list[str | None]:
    selectors = f"meta[name='{name}'], meta[property='{name}']"
    return [attributes(element)["content"] for element in elements(parsed(page.text), selectors)]


def canonical(page: TestResponse) -> list[str | None]:
    links = elements(parsed(page.text), "link[rel=canonical]")
    return [attributes(link)["href"] for link in links]


def test_a_product_page_has_structured_data(shop: OpenShop, visitor: LintingClient) -> None:
    page = visitor.get("/products/everyday-mug")
    data = facts(page)["Product"]
    assert data | {"description": "", "image": ""} == {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Everyday mug",
        "sku": "MUG",
        "description": "",
        "category": "Kitchen",
        "image": "",
        "offers": {
            "@type": "Offer",
            "url": f"{HERE}/products/everyday-mug",
            "price": "9.50",
            "priceCurrency": "GBP",
            "availability": "https://schema.org/InStock",
            "itemCondition": "https://schema.org/NewCondition",
        },
    }
    assert data["description"].startswith("A plain stoneware mug")
    assert visitor.get(data["image"].removeprefix(HERE)).status_code == 200


@pytest.mark.parametrize(
    ("minor", "price"),
    [
        pytest.param(5, "0.05", id="five pence"),
        pytest.param(950, "9.50", id="a trailing zero"),
        pytest.param(900, "9.00", id="whole pounds"),
        pytest.param(1_249_900, "12499.00", id="not grouped"),
    ],
)
def test_a_price_is_a_plain_decimal(
    shop: OpenShop, visitor: LintingClient, minor: int, price: str
) -> None:
    shop.sql("update products set price_minor = ? where sku = 'MUG'", minor)
    assert product_facts(visitor, "everyday-mug")["offers"]["price"] == price


@pytest.mark.parametrize(
    ("state", "availability"),
    [
        pytest.param("stock = null", "InStock", id="unlimited stock"),
        pytest.param("stock = 1", "InStock", id="the last one"),
        pytest.param("stock = 0", "OutOfStock", id="sold out"),
        pytest.param("is_active = false", "Discontinued", id="discontinued"),
        pytest.param(
            "is_active = false, stock = 0", "Discontinued", id="discontinued and sold out"
        ),
    ],
)
def test_availability(
    shop: OpenShop, visitor: LintingClient, state: str, availability: str
) -> None:
    shop.sql(f"update products set {state} where sku = 'MUG'")
    data = product_facts(visitor, "everyday-mug")["offers"]["availability"]
    assert data == f"https://schema.org/{availability}"


def test_every_product_page_has_valid_structured_data(
    shop: OpenShop, visitor: LintingClient
) -> None:
    alone = "select slug, name from products where group_number is null order by number"
    for slug, name in shop.sql(alone):
        data = facts(visitor.get(f"/products/{slug}"))
        assert data["Product"]["name"] == name
        assert data["BreadcrumbList"]["itemListElement"][-1]["name"] == name


def test_breadcrumbs_match_the_page_and_lead_to_existing_pages(visitor: LintingClient) -> None:
    page = visitor.get("/products/everyday-mug")
    steps = facts(page)["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "Home", f"{HERE}/"),
        (2, "Kitchen", f"{HERE}/products?category=kitchen"),
        (3, "Everyday mug", f"{HERE}/products/everyday-mug"),
    ]
    for step in steps:
        assert visitor.get(step["item"].removeprefix(HERE)).status_code == 200
    crumbs = elements(parsed(page.text), ".crumbs li")
    assert [crumb.to_text().strip() for crumb in crumbs] == [step["name"] for step in steps]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param('Mug "large"', id="quotation marks"),
        pytest.param("Mug 'large'", id="apostrophes"),
        pytest.param("</script><script>alert(1)</script>", id="the end of a script"),
        pytest.param("<!-- <script>", id="a comment"),
        pytest.param("Salt & pepper &amp; more", id="ampersands"),
        pytest.param("Mug \\ \\u003c \\n", id="backslashes"),
        pytest.param("Mug \u2028 \u2029 ☕ é", id="other characters"),
        pytest.param("{{ 7 * 7 }} {% raw %}", id="a template"),
    ],
)
def test_special_characters_in_a_name_are_escaped(
    shop: OpenShop, visitor: LintingClient, name: str
) -> None:
    shop.sql("update products set name = ?, description = ? where sku = 'MUG'", name, name)
    page = visitor.get("/products/everyday-mug")  # the client lints it
    data = facts(page)
    assert (data["Product"]["name"], data["Product"]["description"]) == (name, name)
    assert data["BreadcrumbList"]["itemListElement"][2]["name"] == name
    assert (meta(page, "og:title"), meta(page, "description")) == ([name], [name])
    assert "alert(1)</script>" not in page.text


# Canonical addresses


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/", "/", id="home"),
        pytest.param("/?utm_source=x", "/", id="home, tracked"),
        pytest.param("/products", "/products", id="the list"),
        pytest.param("/products?sort=cheapest", "/products", id="sorted"),
        pytest.param("/products?sort=nonsense&x=1", "/products", id="nonsense"),
        pytest.param("/products?page=1", "/products", id="the first page"),
        pytest.param("/products?page=2", "/products?page=2", id="the second page"),
        pytest.param("/products?page=2&sort=name", "/products?page=2", id="a page, sorted"),
        pytest.param("/products?page=999", "/products?page=11", id="past the last page"),
        pytest.param(
            "/products?sort=dearest&category=table", "/products?category=table", id="a category"
        ),
        pytest.param(
            "/products?page=2&category=kitchen&sort=name",
            "/products?category=kitchen&page=2",
            id="a page of a category",
        ),
        pytest.param("/products/everyday-mug", "/products/everyday-mug", id="a product"),
        pytest.param("/products/everyday-mug?x=1", "/products/everyday-mug", id="one, tracked"),
    ],
)
def test_canonical_addresses(open_shop: Opener, path: str, expected: str) -> None:
    page = open_shop(SHOP_PAGE_SIZE="6").visitor().get(path)
    assert canonical(page) == meta(page, "og:url") == [f"{HERE}{expected}"]
    assert meta(page, "robots") == []


def test_searches_carts_orders_and_errors_are_not_indexed(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.add("MUG")
    value = shop.cookie({"MUG": 1})
    addresses = [
        "/products?category=nope",
        "/products?q=mug",
        "/products?q=mug&category=kitchen",
        "/cart",
        "/cart/about",
        "/cart/share",
        "/checkout",
        f"/c/{value}",
        "/c/nonsense",
        "/nope",
        "/products/nope",
        "/orders/nope",
    ]
    once = attributes(elements(parsed(visitor.get("/checkout").text), "[name=once]")[0])["value"]
    pages = [visitor.get(address) for address in addresses]
    expired = shop.cookie({"MUG": 1}, age_seconds=31 * 86_400)
    pages += [visitor.get(f"/c/{expired}"), visitor.get("/cart/clear")]
    pages.append(visitor.get(visitor.send("/checkout", once=once, **CUSTOMER).location))
    pages.append(visitor.get("/cart"))
    pages.append(shop.visitor(base_url="http://evil.example").get("/"))
    assert [page.status_code for page in pages[-6:]] == [404, 410, 405, 200, 200, 400]
    for page in pages:
        data = (meta(page, "robots"), canonical(page), facts(page), meta(page, "og:title"))
        assert data == (["noindex"], [], {}, []), page.request.path


# Sitemap and robots.txt


def sitemap_of(visitor: LintingClient) -> list[str]:
    response = visitor.get("/sitemap.xml")
    assert (response.status_code, response.mimetype) == (200, "application/xml")
    root = ElementTree.fromstring(response.text)  # noqa: S314  # it is our own
    assert root.tag == f"{SITEMAP}urlset"
    return [element.text or "" for element in root.iter(f"{SITEMAP}loc")]


def test_the_sitemap_lists_categories_and_active_products(
    shop: OpenShop, visitor: LintingClient
) -> None:
    categories = [slug for (slug,) in shop.sql("select slug from categories order by number")]
    alone = "select slug from products where is_active and group_number is null order by number"
    products = [*(slug for (slug,) in shop.sql(alone)), "waxed-pouch"]
    paths = ["/", "/products", *(f"/products?category={slug}" for slug in categories)]
    paths += [f"/products/{slug}" for slug in products]
    languages = ("", "/de", "/fr", "/ar")
    assert sitemap_of(visitor) == [f"{HERE}{it}{path}" for it in languages for path in paths]
    assert len(products) == 63


def test_every_address_in_the_sitemap_is_canonical(visitor: LintingClient) -> None:
    for address in sitemap_of(visitor)[:20]:
        page = visitor.get(address.removeprefix(HERE))
        assert canonical(page) == [address]


def test_the_sitemap_follows_the_catalogue(shop: OpenShop, visitor: LintingClient) -> None:
    address = f"{HERE}/products/everyday-mug"
    assert address in sitemap_of(visitor)
    shop.sql("update products set is_active = false where sku = 'MUG'")
    assert address not in sitemap_of(visitor)


def test_addresses_in_the_sitemap_are_escaped(shop: OpenShop, visitor: LintingClient) -> None:
    shop.sql("update categories set slug = 'a&b' where slug = 'kitchen'")
    assert f"{HERE}/products?category=a&b" in sitemap_of(visitor)


def test_robots_txt_names_the_sitemap_and_disallows_duplicates(visitor: LintingClient) -> None:
    response = visitor.get("/robots.txt")
    assert response.mimetype == "text/plain"
    rules = response.text.splitlines()
    assert rules[0] == "User-agent: *"
    assert f"Sitemap: {HERE}/sitemap.xml" in rules
    barred = [rule.removeprefix("Disallow: ") for rule in rules if rule.startswith("Disallow")]
    languages = ("", "/en-gb", "/de", "/fr", "/ar")
    assert barred == [f"{it}/products?*{key}=" for it in languages for key in ("sort", "q")]


def test_robots_txt_and_sitemap_may_be_cached_publicly(visitor: LintingClient) -> None:
    visitor.add("MUG")
    for address in ("/robots.txt", "/sitemap.xml"):
        response = visitor.get(address)
        assert response.headers["Cache-Control"] == "public, max-age=3600"
        assert "Set-Cookie" not in response.headers


# Previews


@pytest.mark.parametrize(
    ("address", "kind"),
    [("/", "website"), ("/products", "website"), ("/products/everyday-mug", "product")],
)
def test_a_preview_has_a_title_a_description_and_a_picture(
    visitor: LintingClient, address: str, kind: str
) -> None:
    page = visitor.get(address)
    assert (meta(page, "og:site_name"), meta(page, "og:type")) == (["Crumb"], [kind])
    (title,), (text,), (picture,) = (
        meta(page, name) for name in ("og:title", "og:description", "og:image")
    )
    assert title
    assert text
    assert len(text) <= 160
    assert meta(page, "description") == [text]
    assert (picture or "").startswith(f"{HERE}/static/")
    sent = visitor.get((picture or "").removeprefix(HERE))
    assert (sent.status_code, sent.mimetype, sent.data[:8]) == (200, "image/png", PNG)
    size = struct.unpack(">II", sent.data[16:24])
    assert size == (1200, 630)
    sizes = [meta(page, f"og:image:{side}") for side in ("width", "height")]
    assert sizes == [[str(side)] for side in size]
    assert meta(page, "twitter:card") == ["summary_large_image"]


def preview(page: TestResponse) -> tuple[str, str | None, str | None, list[str | None]]:
    """The picture's path without its digest, its alternative text, the card and the size."""
    (address,), (alt,), (card,) = (
        meta(page, name) for name in ("og:image", "og:image:alt", "twitter:card")
    )
    size = [*meta(page, "og:image:width"), *meta(page, "og:image:height")]
    assert (address or "").startswith(f"{HERE}/static/")
    return (address or "").split("/", 5)[5], alt, card, size


def test_a_product_is_previewed_by_its_own_picture(visitor: LintingClient) -> None:
    wide = ("summary_large_image", ["1200", "630"])
    mug, lamp = (visitor.get(f"/products/{slug}") for slug in ("everyday-mug", "hinged-desk-lamp"))
    assert preview(mug) == ("img/previews/mug.png", "Everyday mug", *wide)
    assert preview(lamp) == ("img/previews/lamp-desk.png", "Hinged desk lamp", *wide)


@pytest.mark.parametrize("image", [None, "", "nowhere.svg", "../og.png"])
def test_a_product_without_a_picture_is_previewed_by_the_shop(
    shop: OpenShop, visitor: LintingClient, image: str | None
) -> None:
    shop.sql("update products set image = ? where sku = 'MUG'", image)
    assert preview(visitor.get("/products/everyday-mug")) == preview(visitor.get("/"))
    assert preview(visitor.get("/"))[0] == "img/og.png"


@pytest.mark.parametrize(
    ("name", "size", "card", "shown"),
    [
        ("photo.jpg", (900, 900), "summary", ["900", "900"]),
        ("photo.PNG", (1500, 1000), "summary_large_image", ["1500", "1000"]),
        ("photo.webp", (600, 900), "summary", ["600", "900"]),
        ("broken.gif", None, "summary", []),
    ],
)
def test_a_photo_is_previewed_as_it_is(
    shop: OpenShop,
    visitor: LintingClient,
    tmp_path: Path,
    name: str,
    size: tuple[int, int] | None,
    card: str,
    shown: list[str],
) -> None:
    static = shutil.copytree(STATIC, tmp_path / "static")
    photo = static / "img" / "products" / name
    if size:
        Image.new("RGB", size).save(photo)
    else:
        photo.write_bytes(b"GIF")
    shop.app.extensions["assets"] = Assets.of(static)
    shop.sql("update products set image = ? where sku = 'MUG'", name)
    page = visitor.get("/products/everyday-mug")
    assert preview(page) == (f"img/products/{name}", "Everyday mug", card, shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("x" * 160, "x" * 160, id="at the limit"),
        pytest.param("word " * 40, ("word " * 32)[:-6] + "…", id="cut between words"),
        pytest.param("", "Everyday mug", id="none"),
    ],
)
def test_a_long_description_is_truncated(
    shop: OpenShop, visitor: LintingClient, text: str, expected: str
) -> None:
    shop.sql("update products set description = ? where sku = 'MUG'", text)
    assert meta(visitor.get("/products/everyday-mug"), "description") == [expected]


def test_a_long_description_without_spaces_is_truncated(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.sql("update products set description = ? where sku = 'MUG'", "語" * 300)
    assert meta(visitor.get("/products/everyday-mug"), "description") == ["語" * 159 + "…"]


# The shop's own address


@pytest.mark.parametrize(
    ("proxies", "scheme"),
    [
        pytest.param("0", "http", id="no trusted proxy"),
        pytest.param("1", "https", id="one trusted proxy"),
    ],
)
def test_addresses_use_the_scheme_that_a_trusted_proxy_forwards(
    open_shop: Opener, proxies: str, scheme: str
) -> None:
    visitor = open_shop(SHOP_TRUSTED_PROXIES=proxies).visitor()
    visitor.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    page = visitor.get("/products/everyday-mug")
    data = facts(page)
    addresses = [
        *canonical(page),
        *meta(page, "og:url"),
        *meta(page, "og:image"),
        data["Product"]["image"],
        data["Product"]["offers"]["url"],
        *(step["item"] for step in data["BreadcrumbList"]["itemListElement"]),
        *sitemap_of(visitor)[:3],
        visitor.get("/robots.txt").text.split("Sitemap: ")[1].strip(),
    ]
    assert {urlsplit(address or "").scheme for address in addresses} == {scheme}
    assert {urlsplit(address or "").netloc for address in addresses} == {"localhost"}


def test_addresses_include_the_path_prefix_once(shop: OpenShop) -> None:
    visitor = shop.visitor(base_url="http://localhost/shop")
    page = visitor.get("/products/everyday-mug")
    assert canonical(page) == [f"{HERE}/shop/products/everyday-mug"]
    assert (meta(page, "og:image")[0] or "").startswith(f"{HERE}/shop/static/")
    assert sitemap_of(visitor)[:2] == [f"{HERE}/shop/", f"{HERE}/shop/products"]
