"""Static files and generated pictures: cached for good under versioned addresses, compressed."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from shop.factory import STATIC
from shop.web.site.assets import STYLES, Assets
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


@pytest.mark.parametrize(
    "asset", [None, "js/shop.js", "img/favicon.svg"], ids=["bundled", "minified", "file"]
)
def test_an_unchanged_asset_is_304(visitor: LintingClient, asset: str | None) -> None:
    address = style_sheet(visitor) if asset is None else f"/static/x/{asset}"
    tag = visitor.get(address).headers["ETag"]
    assert visitor.get(address, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("name", "media_type"), [("js/cart.js", "text/javascript"), ("css/lab/lab.css", "text/css")]
)
def test_scripts_and_style_sheets_are_minified_but_pictures_are_as_they_are(
    visitor: LintingClient, name: str, media_type: str
) -> None:
    response = visitor.get(f"/static/x/{name}")
    written = (STATIC / name).read_text("utf-8")
    assert "/* " in written
    assert "/* " not in response.text
    assert 0 < len(response.text) < len(written)
    assert response.mimetype == media_type
    picture = "img/hero.svg"
    assert visitor.get(f"/static/x/{picture}").get_data() == (STATIC / picture).read_bytes()


def test_digests_change_with_what_is_served_and_scripts_share_one(tmp_path: Path) -> None:
    def digests(script: str, sheet: str) -> tuple[str, str, str]:
        (tmp_path / "js" / "a.js").write_text(script)
        (tmp_path / "css" / "b.css").write_text(sheet)
        found = Assets.of(tmp_path).digests
        return found["js/a.js"], found["js/c.js"], found[STYLES]

    for name in ("js/a.js", "js/c.js", "css/layers.css"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    one, other, styles = digests("let a = 1;", "a { color: red; }")
    assert one == other
    assert digests("let a = 1; // one", "/* a */ a {\n  color: red; }") == (one, other, styles)
    changed = digests("let a = 2;", "a { color: tan; }")
    assert changed[0] == changed[1]
    assert changed[0] != one
    assert changed[2] != styles


@pytest.mark.parametrize(
    ("written", "served"),
    [
        pytest.param(
            ".a :is(b, c) {\n  d: 1px - 2px;\n}\n", ".a :is(b, c){d:1px - 2px;}", id="space"
        ),
        pytest.param("/* a */\n@layer b;", "@layer b;", id="comment"),
        pytest.param("a/* */b { }", "a b{}", id="a comment is a space"),
        pytest.param('a { b: " ; /* { " ; }', 'a{b:" ; /* { ";}', id="quoted"),
        pytest.param('a { b: " : " }', 'a{b:" : "}', id="a quoted colon"),
        pytest.param("a { b: ' } ' }", "a{b:' } '}", id="quoted once"),
    ],
)
def test_a_style_sheet_loses_only_spaces_without_a_meaning(
    tmp_path: Path, written: str, served: str
) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text(written)
    assert Assets.of(tmp_path).octets("css/a.css").decode() == served


@pytest.mark.parametrize("address", ["/products", "/static/x/css/shop.css", "/static/x/js/shop.js"])
def test_text_is_compressed_if_the_client_accepts_it(visitor: LintingClient, address: str) -> None:
    plain = visitor.get(address).get_data()
    packed = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in ", ".join(packed.headers.getlist("Vary"))
    assert len(packed.get_data()) < len(plain) / 2
    if address != "/products":
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
