"""Which language a page is in, where it says so, and what stays as it is in every language."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from gettext import NullTranslations
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from shop.config import SettingsError
from shop.mail.composing import Sender, compose
from shop.storage.orders import outbox
from shop.web.languages import catalogues
from shop.web.languages.addressing import ENGLISH, WITHOUT_LANGUAGE
from tests.conftest import DAY, START, Opener, OpenShop
from tests.integration.checkouts import FIELDS, place
from tests.integration.client import (
    LintingClient,
    attributes,
    cart_headers,
    elements,
    pairs,
    parsed,
    text_of,
)
from tests.integration.test_outbox import mail

SENDER = Sender("https://shop.example", "shop@shop.example", "bea@shop.example")
HERE = "http://localhost"


def language(response: TestResponse) -> tuple[str | None, str | None]:
    """What a page says of its language and its direction."""
    (root,) = elements(parsed(response.text), "html")
    return attributes(root).get("lang"), attributes(root).get("dir")


def asked(visitor: LintingClient, address: str, header: str) -> TestResponse:
    return visitor.get(address, headers={"Accept-Language": header})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("", "en-GB", id="none"),
        pytest.param("de", "de", id="a language"),
        pytest.param("de-AT,en;q=0.5", "de", id="of another country"),
        pytest.param("en-US,en;q=0.9,de;q=0.8", "en-GB", id="English of another country first"),
        pytest.param("nl,fr;q=0.3,de;q=0.7", "de", id="the best that there is"),
        pytest.param("nl,ja", "en-GB", id="none of ours"),
        pytest.param("de;q=0,fr", "fr", id="not German"),
        pytest.param("ar-EG", "ar", id="from right to left"),
        pytest.param("*", "en-GB", id="any"),
        pytest.param("d" * 100_000, "en-GB", id="a long one"),
        pytest.param("de;q=x,;;,=", "en-GB", id="nonsense"),
    ],
)
def test_an_address_without_a_language_suits_the_browser(
    visitor: LintingClient, header: str, expected: str
) -> None:
    response = asked(visitor, "/cart", header)
    assert language(response) == (expected, "rtl" if expected == "ar" else "ltr")
    assert response.headers["Content-Language"] == expected
    assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("tag", ["en-GB", "de", "fr", "ar"])
def test_an_address_with_a_language_is_in_that_language(visitor: LintingClient, tag: str) -> None:
    response = asked(visitor, f"/{tag.lower()}/products/everyday-mug", "nl,it")
    assert language(response)[0] == tag
    assert response.headers["Content-Language"] == tag
    assert "Accept-Language" not in response.headers["Vary"]


@pytest.mark.parametrize(
    "address",
    [
        "/es/", "/xx/products", "/DE/", "/de/de/", "/de/limits", "/de/admin", "/de/api/v1/orders",
        "/de/robots.txt", "/de/static/x/css/shop.css", "/de/healthz", "/de/payments/x",
    ],
)  # fmt: skip
def test_other_languages_and_addresses_that_have_none_are_not_found(
    visitor: LintingClient, address: str
) -> None:
    assert visitor.get(address).status_code == 404


def test_a_language_alone_leads_to_its_home_page(visitor: LintingClient) -> None:
    response = visitor.get("/de?x=1")
    assert (response.status_code, response.location) == (308, "/de/?x=1")


def test_a_shop_in_one_language_has_no_prefixes_and_no_switch(
    open_shop: Opener, tmp_path: Path
) -> None:
    (tmp_path / "shop.toml").write_text('name = "Loaf"\n', "utf-8")
    visitor = open_shop().visitor()
    response = asked(visitor, "/", "de")
    assert language(response) == ("en-GB", "ltr")
    assert "Accept-Language" not in response.headers["Vary"]
    assert 'hreflang="de"' not in response.text
    assert visitor.get("/en-gb/").status_code == 404


def test_every_address_of_a_german_page_is_german(visitor: LintingClient) -> None:
    visitor.add("MUG")
    neutral = {f"/{it}" for it in WITHOUT_LANGUAGE | ENGLISH}
    for address in (
        "/de/",
        "/de/products",
        "/de/products/everyday-mug",
        "/de/cart",
        "/de/checkout",
    ):
        page = parsed(visitor.get(address).text)
        links = [
            attributes(link)["href"] for link in elements(page, "body a[href]:not([hreflang])")
        ]
        links += [attributes(form)["action"] for form in elements(page, "form[action]")]
        wrong = [
            link
            for link in links
            if link
            and link.startswith("/")
            and not link.startswith("/de/")
            and f"/{link.split('/')[1]}" not in neutral
        ]
        assert wrong == []
        assert len(links) > 8


def test_the_switch_keeps_the_page(visitor: LintingClient) -> None:
    page = parsed(visitor.get("/de/products?q=mug&sort=name").text)
    links = elements(page, "footer a[hreflang][lang]")
    assert [(attributes(link)["lang"], attributes(link)["href"]) for link in links] == [
        ("en-GB", "/en-gb/products?q=mug&sort=name"),
        ("de", "/de/products?q=mug&sort=name"),
        ("fr", "/fr/products?q=mug&sort=name"),
        ("ar", "/ar/products?q=mug&sort=name"),
    ]
    assert [link.to_text() for link in links] == ["English", "Deutsch", "Français", "العربية"]
    assert [attributes(link).get("aria-current") for link in links] == [None, "true", None, None]


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        pytest.param("/products/everyday-mug", "/products/everyday-mug", id="without a language"),
        pytest.param("/en-gb/products/everyday-mug", "/products/everyday-mug", id="the shop's own"),
        pytest.param("/de/products/everyday-mug", "/de/products/everyday-mug", id="another"),
        pytest.param("/ar/", "/ar/", id="home"),
    ],
)
def test_a_page_has_one_canonical_address_in_each_language(
    visitor: LintingClient, address: str, canonical: str
) -> None:
    page = parsed(visitor.get(address).text)
    (link,) = elements(page, "link[rel=canonical]")
    assert attributes(link)["href"] == HERE + canonical
    alternates = {
        attributes(link)["hreflang"]: attributes(link)["href"]
        for link in elements(page, "link[rel=alternate][hreflang]")
    }
    path = re.sub("^/(en-gb|de|ar)/", "/", address)
    assert alternates == {
        "en-GB": HERE + path, "de": f"{HERE}/de{path}", "fr": f"{HERE}/fr{path}",
        "ar": f"{HERE}/ar{path}", "x-default": HERE + path,
    }  # fmt: skip


def test_a_german_browser_gets_the_german_canonical_address(visitor: LintingClient) -> None:
    page = parsed(asked(visitor, "/products", "de").text)
    (link,) = elements(page, "link[rel=canonical]")
    assert attributes(link)["href"] == f"{HERE}/de/products"


def test_amounts_numbers_and_rates_are_german(visitor: LintingClient) -> None:
    visitor.send("/de/cart/lines", sku="MUG", quantity=2)
    assert pairs(visitor.get("/de/cart").text) == {
        "Zwischensumme": "19,00\xa0£",
        "Versand": "3,95\xa0£",
        "Summe": "22,95\xa0£",
        "inkl. 20\xa0% MwSt.": "3,83\xa0£",
    }
    assert text_of(visitor.get("/de/cart").text, ".top-cart") == "Warenkorb 2 Artikel"


def test_products_are_marked_with_the_language_of_the_catalogue(visitor: LintingClient) -> None:
    heading = elements(parsed(visitor.get("/de/products/everyday-mug").text), "h1")[0]
    assert attributes(heading)["lang"] == "en-GB"
    heading = elements(parsed(visitor.get("/products/everyday-mug").text), "h1")[0]
    assert "lang" not in attributes(heading)


def cookie_paths(response: TestResponse) -> set[str]:
    return set(re.findall("; Path=([^;]*)", "\n".join(response.headers.getlist("Set-Cookie"))))


def test_a_cart_is_the_same_in_every_language(shop: OpenShop) -> None:
    values = []
    for prefix in ("", "/de", "/ar"):
        visitor = shop.visitor()
        response = visitor.send(f"{prefix}/cart/lines", sku="MUG", quantity=2)
        assert response.location == f"{prefix}/cart"
        assert "; Path=/;" in f"{cart_headers(response)[0]};"
        values.append(visitor.cart_value())
        assert cookie_paths(response) <= {"/", "/cart"}
        assert "Everyday mug" in visitor.get("/cart").text
    assert len(set(values)) == 1


def test_no_cookie_says_which_language_it_is(shop: OpenShop) -> None:
    response = shop.visitor().get("/de/")
    names = [it.partition("=")[0] for it in response.headers.getlist("Set-Cookie")]
    assert set(names) <= {"session"}
    assert cookie_paths(response) <= {"/"}


def undo_form(visitor: LintingClient, address: str) -> str | None:
    found = elements(parsed(visitor.get(address).text), ".undo input[name=cart]")
    return attributes(found[0])["value"] if found else None


def test_a_change_in_another_language_is_undone_and_no_older_one(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.add("PENCIL")
    visitor.add("MUG")
    first = undo_form(visitor, "/cart")
    shop.clock.now += 1
    visitor.send("/de/cart/lines", sku="TIN-LOAF", quantity=1)
    last = undo_form(visitor, "/de/cart")
    assert last != first
    assert undo_form(visitor, "/cart") == last == undo_form(visitor, "/fr/cart")
    shop.clock.now += 1
    visitor.send(f"/cart/lines/{shop.number('MUG')}", quantity=4)
    assert undo_form(visitor, "/de/cart") is None
    assert undo_form(visitor, "/cart") not in (None, first, last)


def test_an_order_in_another_language_leaves_nothing_to_undo(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.add("MUG")
    token = attributes(elements(parsed(visitor.get("/de/checkout").text), "[name=once]")[0])[
        "value"
    ]
    visitor.send("/de/checkout", once=token, **FIELDS)
    assert undo_form(visitor, "/cart") is None


def said(email: EmailMessage, kind: str) -> str:
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_mail_is_written_in_the_language_of_the_order(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"
    visitor.add("MUG")
    place(visitor)
    mails = {}
    for message in mail(shop):
        order = outbox.order_of(shop.engine, message)
        octets = compose(shop.app, SENDER, message, order, START).as_bytes()
        mails[message.kind.value] = message_from_bytes(octets, policy=SMTP)
    confirmation, notice = mails["confirmation"], mails["new-order"]
    assert confirmation["Subject"].startswith("Crumb: Ihre Bestellung ")
    assert confirmation["Content-Language"] == "de"
    text = said(confirmation, "plain")
    assert "Vielen Dank für Ihre Bestellung vom 28.\xa0Mai 2026." in text
    assert "Zwischensumme: 9,50\xa0£" in text
    assert "https://shop.example/de/orders/" in text
    assert '<html lang="de" dir="ltr">' in said(confirmation, "html")
    assert notice["Subject"].startswith("Crumb: New order ")
    assert "Thank you" not in text


@pytest.mark.parametrize("address", ["/limits", "/admin/sign-in"])
def test_what_is_in_english_only_says_so(visitor: LintingClient, address: str) -> None:
    response = asked(visitor, address, "ar")
    assert language(response) == ("en-GB", "ltr")
    assert "Accept-Language" not in response.headers["Vary"]
    assert elements(parsed(response.text), "footer a[hreflang][lang]") == []


def test_every_page_in_english_only_is_below_an_address_that_is_known(target: OpenShop) -> None:
    rooms: tuple[str, ...] = (
        "admin",
        "lab",
        "probe",
        "conformance",
        "header_limits",
        "museum",
        "lecture",
    )
    rooms += ("unguarded", "test_mode", "api", "handles")
    for rule in target.app.url_map.iter_rules():
        first = rule.rule.split("/")[1]
        room = rule.endpoint.partition(".")[0].removesuffix("_aside").removesuffix("_below")
        if first in ENGLISH:
            continue
        assert room not in rooms or first in WITHOUT_LANGUAGE or "cart" in rule.rule, rule


def test_an_error_is_in_the_language_of_its_address(visitor: LintingClient) -> None:
    response = visitor.get("/fr/nothing")
    assert response.status_code == 404
    assert text_of(response.text, "h1") == "Il n’y a rien ici"


def test_a_link_to_a_cart_has_no_language(visitor: LintingClient) -> None:
    visitor.add("MUG")
    page = visitor.get("/de/cart/share").text
    assert f'value="{HERE}/c/' in page


def test_the_sitemap_has_every_language_of_a_page(visitor: LintingClient) -> None:
    xml = visitor.get("/sitemap.xml").text
    entry = next(row for row in xml.splitlines() if f"<loc>{HERE}/ar/products/everyday-mug<" in row)
    for path in ("", "/de", "/fr", "/ar"):
        assert f'href="{HERE}{path}/products/everyday-mug"' in entry
    assert 'hreflang="x-default"' in entry


TEXTS = """
languages = ["de", "en", "fr"]
name = "Laib"
[claim]
de = "Brot und Butter"
en = "Bread and butter"
[pages]
privacy = { de = "de.md", en = "en.md" }
terms = "agb.md"
"""


def test_a_shop_has_texts_of_its_own_in_each_language(open_shop: Opener, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(TEXTS, "utf-8")
    for name, title in (("de", "Datenschutz"), ("en", "Privacy"), ("agb", "AGB")):
        (tmp_path / f"{name}.md").write_text(f"# {title}\n\nText.\n", "utf-8")
    visitor = open_shop().visitor()
    headings = {
        address: elements(parsed(visitor.get(address).text), "h1")[0]
        for address in ("/", "/en/", "/fr/", "/privacy", "/en/privacy", "/fr/privacy", "/en/terms")
    }
    assert {address: heading.to_text() for address, heading in headings.items()} == {
        "/": "Brot und Butter", "/en/": "Bread and butter", "/fr/": "Brot und Butter",
        "/privacy": "Datenschutz", "/en/privacy": "Privacy", "/fr/privacy": "Datenschutz",
        "/en/terms": "AGB",
    }  # fmt: skip
    claims = {address: elements(headings[address], "bdi")[0] for address in ("/fr/", "/en/")}
    assert attributes(claims["/fr/"])["lang"] == "de"
    assert "lang" not in attributes(claims["/en/"])
    (article,) = elements(parsed(visitor.get("/en/terms").text), "article")
    assert attributes(article)["lang"] == "de"


def test_a_catalogue_that_would_break_pages_stops_the_shop_in_a_sentence(
    open_shop: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> NullTranslations:
        raise catalogues.CatalogueRefused(f"{name}: it is no catalogue.")

    monkeypatch.setattr(catalogues, "read", refuse)
    with pytest.raises(SettingsError, match="it is no catalogue"):
        open_shop()


def test_an_expired_cart_is_offered_in_german(shop: OpenShop) -> None:
    visitor = shop.visitor()
    visitor.set_cookie("cart", shop.cookie({"MUG": 1}, age_seconds=31 * DAY))
    page = visitor.get("/de/").text
    assert "Ihr Warenkorb vom 27.\xa0April 2026 ist abgelaufen. Wiederherstellen?" in page
