"""Static files and generated pictures: cached for good under versioned addresses, compressed."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.conftest import OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed

FOR_GOOD = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"


def style_sheet(visitor: LintingClient) -> str:
    (link,) = elements(parsed(visitor.get("/").text), "head > link[rel=stylesheet]")
    return attributes(link)["href"] or ""


def test_an_address_with_the_current_digest_is_cached_for_good(visitor: LintingClient) -> None:
    address = style_sheet(visitor)
    assert re.fullmatch(r"/static/[0-9a-f]{12}/css/shop\.css", address)
    response = visitor.get(address)
    assert response.headers["Cache-Control"] == FOR_GOOD
    assert "@layer" in response.text
    older = visitor.get(f"/static/{'0' * 12}/css/shop.css")
    assert (older.status_code, older.headers["Cache-Control"]) == (200, BRIEFLY)


@pytest.mark.parametrize(
    "name", ["css/nope.css", "../README.md", "%2e%2e/README.md", "css/", "css", "css/%00"]
)
def test_only_assets_are_served(visitor: LintingClient, name: str) -> None:
    response = visitor.get(f"/static/{'0' * 12}/{name}")
    assert response.status_code == 404
    assert "private" in response.headers["Cache-Control"]


@pytest.mark.parametrize("asset", [None, "img/favicon.svg"], ids=["bundled", "file"])
def test_an_unchanged_asset_is_304(visitor: LintingClient, asset: str | None) -> None:
    address = style_sheet(visitor) if asset is None else f"/static/x/{asset}"
    tag = visitor.get(address).headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("address", ["/products", "/static/x/css/shop.css"])
def test_text_is_compressed_if_the_client_accepts_it(visitor: LintingClient, address: str) -> None:
    plain = visitor.get(address).get_data()
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in ", ".join(packed.headers.getlist("Vary"))
    assert len(packed.get_data()) < len(plain) / 2
    if address == "/static/x/css/shop.css":
        assert gzip.decompress(packed.get_data()) == plain


def test_a_product_without_a_picture_gets_a_placeholder(
    shop: OpenShop, visitor: LintingClient
) -> None:
    shop.sql("update products set image = null, name = 'Bread & butter' where sku = 'MUG'")
    (picture,) = elements(parsed(visitor.get("/products/everyday-mug").text), ".product-picture")
    address = attributes(picture)["src"] or ""
    drawn = visitor.get(address)
    assert drawn.mimetype == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == FOR_GOOD
    assert ">BB</text>" in drawn.text
    assert len(drawn.get_data()) < 1500
    assert visitor.get(address).text == drawn.text
    older = visitor.get(address.partition("?")[0])
    assert (older.status_code, "immutable" in older.headers["Cache-Control"]) == (200, False)
    assert visitor.get("/products/nope/picture.svg").status_code == 404
