"""Photos on pages: the right file for each browser, kept for good, and at no cost for a page."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from shop.storage.photos import keeping
from tests.conftest import Opener, OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed
from tests.integration.test_assets import FOR_GOOD
from tests.photographs import jpeg

MUG = "/products/everyday-mug"


def give(shop: OpenShop, sku: str, *widths: int) -> list[str]:
    """Gives a product a photo of each width, twice as wide as high; their names."""
    engine, folder = shop.app.extensions["shop"].engine, shop.folder / "photos"
    number = shop.number(sku)
    return [keeping.add(engine, folder, number, jpeg(width, width // 2)).name for width in widths]


def photos_on(page: str, within: str) -> list[tuple[dict[str, str], list[str]]]:
    """The attributes of each photo, and the types of its sources."""
    return [
        (
            attributes(elements(picture, "img")[0]),
            [attributes(source)["type"] for source in elements(picture, "source")],
        )
        for picture in elements(parsed(page), f"{within} picture")
    ]


def test_a_product_page_shows_its_photos(shop: OpenShop, visitor: LintingClient) -> None:
    first, second = give(shop, "MUG", 400, 500)
    page = visitor.get(MUG).text
    ((image, types),) = photos_on(page, ".product-first")
    assert types == ["image/avif", "image/webp", "image/jpeg"]
    assert image["src"] == f"/photos/{first}/400.jpg"
    assert (image["width"], image["height"], image["alt"]) == ("400", "200", "")
    assert image["fetchpriority"] == "high"
    ((other, _),) = photos_on(page, ".product-more")
    assert other["src"] == f"/photos/{second}/500.jpg"
    assert other["loading"] == "lazy"


def test_each_file_is_served_by_its_type_and_kept_for_good(
    shop: OpenShop, visitor: LintingClient
) -> None:
    give(shop, "MUG", 400)
    (picture,) = elements(parsed(visitor.get(MUG).text), ".product-first picture")
    sources = [attributes(source) for source in elements(picture, "source")]
    for source in sources:
        files = re.findall(r"(\S+) (\d+)w", source["srcset"] or "")
        assert [width for _, width in files] == ["180", "360", "400"]
        for address, width in files:
            sent = visitor.get(address)
            assert sent.status_code == 200
            assert sent.mimetype == source["type"]
            assert sent.headers["Cache-Control"] == FOR_GOOD
            assert "Set-Cookie" not in sent.headers
            assert address.split("/")[3].startswith(f"{width}.")
    again = visitor.get(address, headers={"If-None-Match": sent.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, FOR_GOOD)


@pytest.mark.parametrize(
    "file",
    [
        "400.svg",
        "400.png",
        "400",
        "720.jpg",
        "-1.jpg",
        "../../shop.sqlite3",
        "%2e%2e/%2e%2e/shop.sqlite3",
        "..%2f..%2fshop.sqlite3",
        "%00.jpg",
    ],
)
def test_only_files_of_photos_are_served(shop: OpenShop, visitor: LintingClient, file: str) -> None:
    (name,) = give(shop, "MUG", 400)
    sent = visitor.get(f"/photos/{name}/{file}")
    assert sent.status_code == 404
    assert "immutable" not in sent.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["0" * 32, "..", "%2e%2e", "A" * 32, "0" * 31])
def test_only_photos_are_served(shop: OpenShop, visitor: LintingClient, name: str) -> None:
    (shop.folder / "1.jpg").write_bytes(b"not a photo")
    (shop.folder / "photos").mkdir()
    assert visitor.get(f"/photos/{name}/1.jpg").status_code == 404


@pytest.mark.parametrize(
    ("address", "within"),
    [
        pytest.param("/", ".card", id="home"),
        pytest.param("/products", ".card", id="list"),
        pytest.param("/products?q=mug", ".card", id="search"),
        pytest.param("/products/oat-glazed-mug", ".card", id="related"),
        pytest.param("/cart", ".line-what", id="cart"),
        pytest.param("/checkout", ".summary", id="checkout"),
        pytest.param("/cart/share", ".summary", id="shared cart"),
    ],
)
def test_pages_show_the_first_photo(
    shop: OpenShop, visitor: LintingClient, address: str, within: str
) -> None:
    name, _ = give(shop, "MUG", 400, 500)
    visitor.add("MUG")
    if address == "/cart/share":
        (field,) = elements(parsed(visitor.get(address).text), "#link")
        address = attributes(field)["value"] or ""
    ((image, types),) = photos_on(visitor.get(address).text, within)
    assert image["src"] == f"/photos/{name}/400.jpg"
    assert image["alt"] == ""
    assert image["width"] == image["height"], "its place is square before it is there"
    assert types == ["image/avif", "image/webp", "image/jpeg"]


def test_a_product_without_a_photo_keeps_its_drawing(visitor: LintingClient) -> None:
    page = parsed(visitor.get(MUG).text)
    assert not elements(page, "picture")
    (image,) = elements(page, ".product-picture")
    assert (attributes(image)["src"] or "").endswith("/img/products/mug.svg")


def test_a_photo_is_shown_and_gone_at_once(shop: OpenShop, visitor: LintingClient) -> None:
    visitor.add("MUG")
    for address in ("/products", MUG, "/cart"):
        assert "<picture>" not in visitor.get(address).text
    give(shop, "MUG", 400)
    for address in ("/products", MUG, "/cart"):
        assert "<picture>" in visitor.get(address).text
    keeping.replace(shop.app.extensions["shop"].engine, shop.number("MUG"), [])
    for address in ("/products", MUG, "/cart"):
        assert "<picture>" not in visitor.get(address).text


def queries(shop: OpenShop, address: str) -> int:
    """How many statements a page takes whose answers are not known yet."""
    shop.sql("update products set stock = stock")
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 1, "PENCIL": 1}))
    seen = shop.statements()
    assert visitor.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("address", "more"),
    [
        pytest.param("/products", 0, id="list"),
        pytest.param("/cart", 0, id="cart"),
        pytest.param(MUG, 1, id="product"),
    ],
)
def test_photos_take_no_more_queries_and_no_file_is_read(
    shop: OpenShop, open_shop: Opener, address: str, more: int
) -> None:
    before = queries(shop, address)
    give(shop, "MUG", 400, 500, 600)
    give(shop, "PENCIL", 400)
    shutil.rmtree(shop.folder / "photos")
    assert queries(open_shop(), address) == before + more


def test_search_engines_and_previews_get_the_photo(shop: OpenShop, visitor: LintingClient) -> None:
    (name,) = give(shop, "MUG", 400)
    page = parsed(visitor.get(MUG).text)
    meta = {
        attributes(tag).get("property") or attributes(tag).get("name"): attributes(tag)["content"]
        for tag in elements(page, "meta[content]")
    }
    address = f"http://localhost/photos/{name}/400.jpg"
    assert meta["og:image"] == address
    assert (meta["og:image:width"], meta["og:image:height"]) == ("400", "200")
    assert meta["og:image:alt"] == "Everyday mug"
    product, _ = (json.loads(fact.to_text()) for fact in elements(page, "script[type$=json]"))
    assert product["image"] == address


def test_a_shop_below_a_path_links_its_photos_there(shop: OpenShop) -> None:
    (name,) = give(shop, "MUG", 400)
    visitor = shop.visitor(base_url="http://localhost/shop/")
    page = visitor.get(MUG).text
    assert f'"/shop/photos/{name}/400.jpg"' in page
