"""Every text that a person or a file can give is shown as it is, and never becomes markup.

The linter of the client refuses each page with an element or an attribute from MARKUP.
"""

from __future__ import annotations

import csv
import io

import pytest

from shop.storage import catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import writing
from tests.conftest import DAY, Opener, OpenShop
from tests.integration.carts import POUNDS, import_csv, notices
from tests.integration.checkouts import FIELDS, once, place
from tests.integration.client import MARKUP, LintingClient, attributes, elements, parsed, text_of

SKU = "MARKED-UP"


def bring_in(shop: OpenShop, price: str = "4.00") -> None:
    """Imports a product whose name, description and category are markup."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["sku", "name", "price", "currency", "description", "category"])
    writer.writerow([SKU, MARKUP, price, "GBP", MARKUP, MARKUP])
    rows = read(file.getvalue().encode(), POUNDS).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, rows, POUNDS, shop.clock.now)


@pytest.fixture
def shop(open_shop: Opener) -> OpenShop:
    shop = open_shop()
    bring_in(shop)
    return shop


@pytest.fixture
def buyer(visitor: LintingClient) -> LintingClient:
    """A shopper with two pieces of the product in the cart."""
    visitor.add(SKU, 2)
    return visitor


def addresses(shop: OpenShop) -> dict[str, str]:
    ((slug, category),) = shop.sql(
        "select p.slug, c.slug from products p join categories c on c.number = p.category_number"
        " where p.sku = ?", SKU,
    )  # fmt: skip
    return {
        "product": f"/products/{slug}",
        "category": f"/products?category={category}",
        "link": f"/c/{shop.cookie({SKU: 1})}",
    }


def test_a_name_is_shown_as_it_is(shop: OpenShop, buyer: LintingClient) -> None:
    assert f"Added to your cart: {MARKUP}" in notices(buyer)
    pages = (
        *addresses(shop).values(),
        "/products?sort=newest",
        "/cart",
        "/cart/about",
        "/checkout",
    )
    for address in pages:
        shown = parsed(buyer.get(address, follow_redirects=True).text).to_text()
        assert MARKUP in " ".join(shown.split()), address


def test_other_pages_do_not_become_markup(shop: OpenShop, buyer: LintingClient) -> None:
    for address in ("/", "/cart/share", "/limits", "/limits/unguarded", "/sitemap.xml"):
        response = buyer.get(address)
        assert response.status_code == 200
        assert "<b data-evil" not in response.text, address


def test_what_makes_a_variant_is_shown_as_it_is(shop: OpenShop, visitor: LintingClient) -> None:
    named, one, two = (f"""<b data-evil="{text}">'\"""" for text in ("Size", "S", "M"))
    file = io.StringIO()
    writer = csv.writer(file)
    columns = ["sku", "name", "price", "currency", "slug", "group", "group_name"]
    writer.writerow([*columns, "option1_name", "option1_value"])
    for sku, value in (("ONE", one), ("TWO", two)):
        writer.writerow([sku, MARKUP, "4.00", "GBP", sku.lower(), "marked", MARKUP, named, value])
    import_csv(shop, file.getvalue())
    visitor.add("TWO")
    pages = {
        "/products/marked": (MARKUP, named, one, two),
        "/products/two": (MARKUP, named, one, two),
        "/cart": (MARKUP, two),
        "/checkout": (MARKUP, two),
        "/products?q=evil": (MARKUP,),
    }
    for address, texts in pages.items():
        shown = " ".join(parsed(visitor.get(address).text).to_text().split())
        assert [text for text in texts if text not in shown] == [], address


def test_a_picture_is_drawn_without_markup(shop: OpenShop, visitor: LintingClient) -> None:
    page = parsed(visitor.get(addresses(shop)["product"]).text)
    (picture,) = elements(page, ".product-picture")
    drawing = visitor.get(attributes(picture)["src"] or "").text
    assert "<svg" in drawing
    assert "data-evil" not in drawing


def test_the_facts_for_search_engines_hold_the_text(shop: OpenShop, visitor: LintingClient) -> None:
    head = visitor.get(addresses(shop)["product"]).text.partition("</head>")[0]
    assert head.count("application/ld+json") == 2
    assert "<b data-evil" not in head
    assert "\\u003cb data-evil" in head


def test_what_is_typed_is_shown_as_it_is(shop: OpenShop, buyer: LintingClient) -> None:
    (search,) = elements(parsed(buyer.get("/products", query_string={"q": MARKUP}).text), "#search")
    assert attributes(search)["value"] == MARKUP
    assert MARKUP in text_of(buyer.get("/products", query_string={"q": MARKUP}).text, "h1")
    for response in (
        buyer.add(SKU, MARKUP),
        buyer.send(f"/cart/lines/{shop.number(SKU)}", quantity=MARKUP),
    ):
        page = parsed(response.text)
        assert response.status_code == 422
        (field,) = elements(page, "main input[name=quantity]")
        assert attributes(field)["value"] == MARKUP


def test_messages_about_a_line_show_its_name(shop: OpenShop, buyer: LintingClient) -> None:
    shop.clock.now += 1
    bring_in(shop, "5.00")
    assert "Now £5.00" in buyer.get("/cart").text
    buyer.send(f"/cart/lines/{shop.number(SKU)}", quantity=3)
    said = notices(buyer)
    assert "Quantity changed: </title>" in said
    assert "is now £5.00" in said
    shop.sql("update products set is_active = false where sku = ?", SKU)
    buyer.add("MUG")
    for address in ("/cart", "/checkout", addresses(shop)["link"]):
        assert MARKUP in text_of(buyer.get(address).text, "main"), address
    assert "Not part of this order" in buyer.get("/checkout").text
    buyer.send(f"/cart/lines/{shop.number(SKU)}/remove")
    assert f"Removed: {MARKUP}" in notices(buyer)


def test_a_product_that_does_not_fit_is_named(open_shop: Opener, shop: OpenShop) -> None:
    skus = [sku for (sku,) in shop.sql("select sku from products where sku != ? limit 30", SKU)]
    value = shop.cookie(dict.fromkeys(skus, 9))
    visitor = open_shop(SHOP_CART_BUDGET_BYTES=str(len("cart") + len(value))).visitor()
    visitor.set_cookie("cart", value)
    response = visitor.add(SKU)
    assert response.status_code == 409
    assert f"“{MARKUP}” does not fit" in text_of(response.text, "main [role=alert]")


def test_an_order_shows_what_was_typed(shop: OpenShop, buyer: LintingClient) -> None:
    typed = {name: MARKUP for name in FIELDS if name not in ("email", "country", "postcode")}
    refused = place(buyer, email=MARKUP, **typed)
    assert refused.status_code == 422
    form = parsed(refused.text)
    shown = [attributes(field).get("value") for field in elements(form, "main form input")]
    shown += [area.to_text() for area in elements(form, "main form textarea")]
    assert shown.count(MARKUP) == len(typed) + 1
    order = place(buyer, once(buyer), **typed)
    assert order.status_code == 303
    page = text_of(buyer.get(order.location).text, "main").lower()  # towns are in capitals
    assert page.count(MARKUP.lower()) == len(typed) + 1


@pytest.mark.parametrize("folder", ["", "products/", "c/", "orders/", "limits/museum/", "static/"])
def test_an_error_page_shows_no_address(visitor: LintingClient, folder: str) -> None:
    response = visitor.get(f"/{folder}<b data-evil>x<b>'\"")
    assert response.status_code == 404
    assert "data-evil" not in response.text


def test_a_cookie_is_shown_only_when_the_shop_signed_it(
    shop: OpenShop, visitor: LintingClient
) -> None:
    visitor.raw_cookies = f"cart={MARKUP}; undo={MARKUP}; session={MARKUP}"
    for address in ("/cart", "/cart/about", "/limits", "/limits/unguarded"):
        assert "data-evil" not in visitor.get(address).text, address
    shop.clock.now += DAY
