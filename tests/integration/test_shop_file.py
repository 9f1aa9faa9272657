"""What a shop says of itself in its file stands on its pages and in its mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from shop.config import Settings, SettingsError
from shop.factory import create_app
from shop.mail.composing import Sender, compose
from shop.storage.engine import reading
from shop.storage.orders import lookup, outbox
from tests.conftest import KEY, Opener, OpenShop
from tests.integration.checkouts import alert, orders, place, typed
from tests.integration.client import attributes, elements, field_value, pairs, parsed, text_of

WORDS = """
name = "Leseratte & <Söhne>"
title = "Bücher"
description = "Eine kleine Buchhandlung."
claim = "Gute Bücher"
welcome = "Für lange Abende."
search_example = "Krimi"
vat_id = "DE 123456789"

[contact]
email = "hallo@leseratte.example"
phone = "+49 (0)30 901820"
address = ["Hauptstraße 1", "10827 Berlin"]
"""
NAME = "Leseratte & <Söhne>"


@pytest.fixture
def own(open_shop: Opener, tmp_path: Path) -> OpenShop:
    file = tmp_path / "own.toml"
    file.write_text(WORDS, "utf-8")
    return open_shop(SHOP_FILE=str(file))


def test_the_home_page_says_the_shops_own_words(own: OpenShop) -> None:
    html = own.visitor().get("/").text
    assert text_of(html, "title") == f"Bücher · {NAME}"
    assert text_of(html, "h1") == "Gute Bücher"
    assert "Für lange Abende." in html
    metas = {
        it.get("name") or it.get("property"): it.get("content")
        for it in map(attributes, elements(parsed(html), "meta"))
    }
    assert metas["description"] == "Eine kleine Buchhandlung."
    assert metas["og:site_name"] == NAME
    assert (metas["twitter:card"], "og:image" in metas) == ("summary", False)
    (field,) = elements(parsed(html), "#search")
    assert attributes(field)["placeholder"] == "Krimi"


@pytest.mark.parametrize(
    "path", ["/", "/products/everyday-mug", "/cart", "/cart/about", "/nothing"]
)
def test_no_page_of_another_shop_says_crumb(own: OpenShop, path: str) -> None:
    html = own.visitor().get(path).text
    assert text_of(html, "title").endswith(f"· {NAME}")
    assert "Crumb" not in html.replace("Breadcrumb", "").replace("crumbs", "")


def test_every_page_says_how_to_reach_the_shop(own: OpenShop) -> None:
    html = own.visitor().get("/products").text
    assert " ".join(text_of(html, ".bottom-contact").split()) == (
        "Hauptstraße 1 10827 Berlin hallo@leseratte.example +49 (0)30 901820 VAT id: DE 123456789"
    )
    links = [attributes(link)["href"] for link in elements(parsed(html), ".bottom-contact a")]
    assert links == ["mailto:hallo@leseratte.example", "tel:+4930901820"]


def test_a_shop_that_states_no_contact_shows_none(shop: OpenShop) -> None:
    assert "bottom-contact" not in shop.visitor().get("/").text


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_mail_has_the_shops_name_and_contact(own: OpenShop, kind: str) -> None:
    visitor = own.visitor()
    visitor.add("MUG")
    place(visitor)
    engine = own.app.extensions["shop"].engine
    sender = Sender("https://shop.example", "shop@shop.example", "bea@shop.example")
    with reading(engine) as connection:
        messages = outbox.listing(connection, reference="", only_unsent=False, limit=None)
    (order,) = lookup.everything(engine)
    told = {}
    for message in messages:
        email = compose(own.app, sender, message, order, own.clock.now)
        assert email["From"].addresses[0].display_name == NAME
        assert email["Subject"].startswith(f"{NAME}: ")
        body = email.get_body((kind,))
        assert body is not None
        told[message.recipient] = body.get_content()
    shoppers, keepers = (
        told[outbox.Recipient.SHOPPER],
        told[outbox.Recipient.KEEPER],
    )
    for words in ("Hauptstraße 1", "hallo@leseratte.example", "+49 (0)30", "VAT id: DE 123456789"):
        assert words in shoppers
        assert words not in keepers
    assert ("<Söhne>" in shoppers) is (kind == "plain")


def test_the_file_of_the_instance_folder_is_used(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text('name = "Loaf"')
    environ = {"SHOP_INSTANCE": str(tmp_path), "SHOP_SECRET_KEYS": KEY}
    settings = Settings.from_environ(environ)
    assert settings.shop_file == file
    assert create_app(settings).extensions["shop"].words.name == "Loaf"


def test_a_shop_does_not_start_with_a_wrong_file(tmp_path: Path) -> None:
    environ = {
        "SHOP_INSTANCE": str(tmp_path),
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_FILE": str(tmp_path / "none.toml"),
    }
    with pytest.raises(SettingsError, match=r"none\.toml: it cannot be read"):
        create_app(Settings.from_environ(environ))


@pytest.fixture
def lawful(open_shop: Opener, tmp_path: Path) -> OpenShop:
    file = tmp_path / "own.toml"
    (tmp_path / "terms.md").write_text(
        "# Terms <& conditions>\n\n## Prices\n\nIn *pounds*.", "utf-8"
    )
    file.write_text('[pages]\nterms = "terms.md"', "utf-8")
    return open_shop(SHOP_FILE=str(file))


def test_a_legal_page_stands_at_its_address(lawful: OpenShop) -> None:
    html = lawful.visitor().get("/terms").text
    assert text_of(html, "title") == "Terms <& conditions> · Crumb"
    assert text_of(html, "h1") == "Terms <& conditions>"
    assert "<h2>Prices</h2>\n<p>In <em>pounds</em>.</p>" in html
    canonical = elements(parsed(html), "link[rel=canonical]")
    assert [attributes(link)["href"] for link in canonical] == ["http://localhost/terms"]


def test_only_pages_that_exist_are_linked_and_served(lawful: OpenShop) -> None:
    visitor = lawful.visitor()
    links = [
        (attributes(link)["href"], link.to_text().strip())
        for link in elements(parsed(visitor.get("/cart").text), ".bottom li a")
    ]
    assert ("/terms", "Terms <& conditions>") in links
    assert {"/privacy", "/imprint", "/returns"}.isdisjoint(address for address, _ in links)
    assert visitor.get("/privacy").status_code == 404
    assert "<loc>http://localhost/terms</loc>" in visitor.get("/sitemap.xml").text


def test_words_in_another_direction_than_their_page_keep_their_own(
    open_shop: Opener, tmp_path: Path
) -> None:
    file = tmp_path / "own.toml"
    (tmp_path / "terms.md").write_text("# Terms\n\nAll prices contain VAT.", "utf-8")
    file.write_text(
        'languages = ["en-GB", "ar"]\nwelcome = "Baked at night."\n'
        '[contact]\nphone = "+44 20 7946 0000"\n[pages]\nterms = "terms.md"',
        "utf-8",
    )
    visitor = open_shop(SHOP_FILE=str(file)).visitor()
    terms, home = parsed(visitor.get("/ar/terms").text), parsed(visitor.get("/ar/").text)
    (page,) = elements(terms, ".legal")
    assert (attributes(page)["lang"], attributes(page)["dir"]) == ("en-GB", "ltr")
    (phone,) = elements(terms, "a[href^=tel]:not([dir]) > bdi")  # the link stands as its page does
    assert attributes(phone)["dir"] == "ltr"
    (welcome,) = elements(home, ".hero-words p > bdi[lang]")
    assert welcome.to_text() == "Baked at night."


def test_no_page_reads_a_file_of_the_shop(lawful: OpenShop, tmp_path: Path) -> None:
    visitor = lawful.visitor()
    (tmp_path / "own.toml").unlink()
    (tmp_path / "terms.md").unlink()
    assert "In <em>pounds</em>" in visitor.get("/terms").text


@pytest.mark.parametrize("slug", ["privacy", "terms", "imprint", "returns"])
def test_a_shop_without_legal_pages_has_none(shop: OpenShop, slug: str) -> None:
    visitor = shop.visitor()
    assert visitor.get(f"/{slug}").status_code == 404
    assert f'href="/{slug}"' not in visitor.get("/").text


def test_a_logo_and_an_accent_are_served_for_good(open_shop: Opener, tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>'
    (tmp_path / "logo.svg").write_text(svg)
    file = tmp_path / "own.toml"
    file.write_text('[look]\naccent = "#1f5f8b"\nlogo = "logo.svg"')
    visitor = open_shop(SHOP_FILE=str(file)).visitor()
    page = parsed(visitor.get("/").text)
    (sheet,) = (
        attributes(it)["href"] or "" for it in elements(page, "head > link[rel=stylesheet]")
    )
    (logo,) = (attributes(it)["src"] or "" for it in elements(page, ".top-brand img"))
    icons = [attributes(it)["href"] for it in elements(page, "link[rel$=icon]")]
    assert icons == [logo]
    for address, text, media_type in (
        (sheet, "--crust: #1f5f8b;", "text/css"),
        (logo, svg, "image/svg+xml"),
    ):
        sent = visitor.get(address)
        assert text in sent.text
        assert sent.mimetype == media_type
        assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (
            visitor.get(address, headers={"If-None-Match": sent.headers["ETag"]}).status_code == 304
        )


def test_a_preview_of_the_shops_own_is_named_and_served(open_shop: Opener, tmp_path: Path) -> None:
    Image.new("RGB", (1200, 630)).save(tmp_path / "leaf.jpg")
    file = tmp_path / "own.toml"
    file.write_text('name = "Leaf"\n[look]\npreview = "leaf.jpg"')
    visitor = open_shop(SHOP_FILE=str(file)).visitor()
    meta = {
        attributes(it).get("property"): attributes(it)["content"] or ""
        for it in elements(parsed(visitor.get("/").text), "meta[property]")
    }
    assert (meta["og:image:width"], meta["og:image:height"]) == ("1200", "630")
    assert meta["og:image:alt"] == "Leaf"
    sent = visitor.get(meta["og:image"].removeprefix("http://localhost"))
    assert (sent.mimetype, sent.data) == ("image/jpeg", (tmp_path / "leaf.jpg").read_bytes())
    assert sent.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_shops_with_other_looks_have_other_addresses(open_shop: Opener, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[look]\naccent = "#1f5f8b"')
    pages = (shop.visitor().get("/").text for shop in (open_shop(), open_shop(SHOP_FILE=str(file))))
    sheets = {
        attributes(it)["href"]
        for page in pages
        for it in elements(parsed(page), "head > link[rel=stylesheet]")
    }
    assert len(sheets) == 2


CHARGES = """
[shipping]
GB = { price = 3.95, free_from = 40 }
DE = { price = 9.50 }
other = { price = 14 }

[vat]
home = { standard = 20, reduced = 5 }
DE = { standard = 19, reduced = 7 }
US = { standard = 0, reduced = 0 }
"""


@pytest.fixture
def abroad(open_shop: Opener, tmp_path: Path) -> OpenShop:
    file = tmp_path / "own.toml"
    file.write_text(CHARGES)
    return open_shop(SHOP_FILE=str(file))


def test_the_cart_says_which_country_its_total_is_for(abroad: OpenShop, shop: OpenShop) -> None:
    visitor = abroad.visitor()
    visitor.add("MUG")
    html = visitor.get("/cart").text
    assert pairs(html)["Shipping"] == "£3.95"
    assert "Country of delivery: United Kingdom." in html
    visitor = shop.visitor()
    visitor.add("MUG")
    assert "Country of delivery" not in visitor.get("/cart").text + visitor.get("/checkout").text


GERMAN = {"country": "DE", "town": "Berlin", "postcode": "10827"}


def test_an_order_to_another_country_shows_its_total_before_it_is_placed(abroad: OpenShop) -> None:
    visitor = abroad.visitor()
    visitor.add("MUG")
    refused = place(visitor, **GERMAN)
    assert refused.status_code == 409
    told = "You have chosen another country (Germany). The total for it is £19.00. Nothing was"
    assert told in alert(refused)
    assert orders(abroad) == 0
    assert pairs(refused.text)["including 19% VAT"] == "£3.04"
    assert typed(refused.text)["country"] == "DE"
    placed = place(visitor, field_value(refused.text, "once"), **GERMAN)
    assert placed.status_code == 303
    (order,) = lookup.everything(abroad.app.extensions["shop"].engine)
    assert (order.sums.shipping.minor, order.sums.total.minor) == (950, 1900)
    assert [(share.basis_points, share.amount.minor) for share in order.sums.vat] == [(1900, 304)]
    assert [line.vat_basis_points for line in order.lines] == [1900]


def test_a_shopper_can_see_the_total_first(abroad: OpenShop) -> None:
    visitor = abroad.visitor()
    visitor.add("MUG")
    shown = place(visitor, recount="1", country="US", name="")
    assert shown.status_code == 200
    assert pairs(shown.text) == {"Subtotal": "£9.50", "Shipping": "£14.00", "Total": "£23.50"}
    assert "Please check what you typed" not in shown.text
    assert "Country of delivery in this total: United States." in shown.text
    assert orders(abroad) == 0


def test_an_order_home_is_placed_at_once(abroad: OpenShop) -> None:
    visitor = abroad.visitor()
    visitor.add("MUG")
    assert place(visitor).status_code == 303


def test_a_country_without_delivery_is_refused_as_before(abroad: OpenShop) -> None:
    visitor = abroad.visitor()
    visitor.add("MUG")
    assert place(visitor, country="CH").status_code == 422
    assert orders(abroad) == 0
