"""Products in the admin: found, changed and added by a keeper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from shop.admin.products.form import COLUMNS
from shop.admin.products.pages import PAGE_SIZE
from shop.core.errors import ProductChanged
from shop.storage import catalogue
from shop.storage.engine import reading
from shop.storage.products import editing
from tests.conftest import DAY, OpenShop
from tests.integration.checkouts import stock
from tests.integration.client import (
    MARKUP,
    LintingClient,
    attributes,
    elements,
    parsed,
    text_of,
)
from tests.integration.keepers import sends, signed_in
from tests.integration.test_orders import SKU, placed

PRODUCTS = "/admin/products"
NEW = {"sku": "KETTLE", "name": "Copper kettle", "price": "39.00"}


def skus(html: str) -> list[str]:
    return [each.to_text() for each in elements(parsed(html), "table th[scope=row] .fine")]


def form_of(html: str) -> dict[str, str]:
    """What the form of a product would send, untouched."""
    page = parsed(html)
    fields = elements(page, "main form input, main form textarea")
    sent = {}
    for field in fields:
        known = attributes(field)
        if known.get("type") != "radio" or "checked" in known:
            name, value = known["name"] or "", known.get("value") or ""
            sent[name] = field.to_text() if field.name == "textarea" else value
    return sent


def address_of(shop: OpenShop, sku: str) -> str:
    return f"{PRODUCTS}/{shop.number(sku)}"


def opened(shop: OpenShop, visitor: LintingClient, sku: str) -> dict[str, str]:
    return form_of(visitor.get(address_of(shop, sku)).text)


def saves(shop: OpenShop, visitor: LintingClient, sku: str, **changes: str) -> TestResponse:
    return sends(visitor, address_of(shop, sku), **opened(shop, visitor, sku) | changes)


def column(shop: OpenShop, sku: str, name: str) -> object:
    ((value,),) = shop.sql(f"select {name} from products where sku = ?", sku)
    return value


def alert(response: TestResponse) -> str:
    return text_of(response.text, "main [role=alert]")


def test_a_changed_product_is_in_the_shop_at_once(shop: OpenShop) -> None:
    shop.clock.now += DAY
    visitor, shopper = signed_in(shop), shop.visitor()
    assert "£9.50" in shopper.get("/products/everyday-mug").text
    saved = saves(
        shop,
        visitor,
        "MUG",
        name="Sunday mug",
        description="Line one\r\nand two",
        price="8,50",
        compare_at_price="9.5",
        vat_rate="5.5",
        category="Drinking",
        stock="7",
    )
    assert (saved.status_code, saved.location) == (303, address_of(shop, "MUG"))
    page = visitor.get(saved.location).text
    assert text_of(page, ".notices") == "“Sunday mug” is saved."
    shown = shopper.get("/products/everyday-mug").text
    assert text_of(shown, "h1") == "Sunday mug"
    assert "£8.50" in text_of(shown, ".product-price")
    assert "£9.50" in text_of(shown, ".product-price")
    assert "5.5% VAT" in text_of(shown, ".product-price")
    assert "Lowest price in the 30 days before the reduction: £9.50" in shown
    assert column(shop, "MUG", "description") == "Line one\nand two"
    assert stock(shop, "MUG") == 7
    assert "Sunday mug" in shopper.get("/products?q=sunday").text
    assert "Drinking" in shopper.get("/").text


def test_a_form_that_is_saved_untouched_changes_nothing(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    before = shop.dump()
    with reading(shop.engine) as connection:
        every = [product.sku for product in catalogue.everything(connection)]
    for sku in every:
        assert saves(shop, visitor, sku).status_code == 303, sku
    assert shop.dump() == before


def test_a_new_price_is_noticed_in_carts_as_after_an_import(shop: OpenShop) -> None:
    shopper = shop.visitor()
    shopper.add("MUG")
    shop.clock.now += 60
    saves(shop, signed_in(shop), "MUG", price="15")
    assert "Now £15.00, was £9.50 when you last looked." in shopper.get("/cart").text
    prices = shop.sql("select price_minor, since from prices where product_number = ?"
                      " order by number", shop.number("MUG"))  # fmt: skip
    assert prices[-1] == (1500, shop.clock.now)


def test_only_a_new_price_is_a_row_of_the_history(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    ((before,),) = shop.sql("select count(*) from prices")
    saves(shop, visitor, "MUG", name="Another mug")
    assert shop.sql("select count(*) from prices") == [(before,)]
    saves(shop, visitor, "MUG", price="15")
    assert shop.sql("select count(*) from prices") == [(before + 1,)]
    page = visitor.get(address_of(shop, "MUG")).text
    assert [each.to_text() for each in elements(parsed(page), ".admin-history strong")] == [
        "£15.00",
        "£9.50",
    ]


def test_an_address_that_a_product_had_leads_to_it(shop: OpenShop) -> None:
    saves(shop, signed_in(shop), "MUG", slug="sunday-mug")
    response = shop.visitor().get("/products/everyday-mug")
    assert (response.status_code, response.location) == (301, "/products/sunday-mug")


def test_a_product_is_retired_and_sold_again(shop: OpenShop) -> None:
    visitor, shopper = signed_in(shop), shop.visitor()
    saves(shop, visitor, "MUG", active="no")
    assert "No longer sold" in shopper.get("/products/everyday-mug").text
    assert skus(visitor.get(f"{PRODUCTS}?show=retired&q=everyday").text) == ["MUG"]
    saves(shop, visitor, "MUG", active="yes")
    assert "No longer sold" not in shopper.get("/products/everyday-mug").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        pytest.param("name", "", "a name has 1 to 200 characters.", id="no name"),
        pytest.param("name", "x" * 201, "a name has 1 to 200 characters.", id="a long name"),
        pytest.param("price", "", "write a price as digits and a point", id="no price"),
        pytest.param("price", "-1", "write a price as digits and a point", id="negative"),
        pytest.param("price", "1.234", "GBP has 2 decimals", id="too exact"),
        pytest.param("price", "1,234", "this may be 1.234 or 1234", id="two readings"),
        pytest.param("price", "99999999", "a price is at most 21474836.47", id="too dear"),
        pytest.param("compare_at_price", "9.50", "the earlier price has to be", id="no reduction"),
        pytest.param("vat_rate", "100", "write a VAT rate in percent", id="VAT"),
        pytest.param("stock", "-1", "Stock: write a whole number", id="negative stock"),
        pytest.param("stock", "1.5", "Stock: write a whole number", id="half a piece"),
        pytest.param("stock", "9" * 10, "Stock: write a whole number", id="too many"),
        pytest.param("category", "x" * 81, "a category has at most 80", id="a long category"),
        pytest.param("slug", "A mug", "a slug is lower-case letters", id="slug"),
        pytest.param("slug", "salt-pig", "salt-pig is already the slug of SALT-PIG", id="taken"),
        pytest.param("image", "../mug.svg", "an image is a file name", id="image"),
        pytest.param("active", "maybe", "write yes or no", id="active"),
        pytest.param("description", "x" * 4001, "at most 4000 characters", id="a long text"),
    ],
)
def test_what_an_import_refuses_is_refused_in_its_words(
    shop: OpenShop, field: str, typed: str, said: str
) -> None:
    visitor = signed_in(shop)
    before = shop.dump()
    response = saves(shop, visitor, "MUG", **{"stock": "3", field: typed})
    assert response.status_code == 422
    assert said in alert(response)
    assert "Nothing was saved." in alert(response)
    (link,) = elements(parsed(response.text), "main [role=alert] a")
    assert said in text_of(response.text, ".field-error")
    target = (attributes(link)["href"] or "")[1:]
    assert elements(parsed(response.text), f"[id={target}]")
    kept = form_of(response.text)
    assert field == "active" or kept[field] == typed
    assert field == "stock" or kept["stock"] == "3"
    assert shop.dump() == before


def test_an_untouched_stock_keeps_what_was_sold_meanwhile(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    form = opened(shop, visitor, SKU)
    assert form["stock"] == "1"
    placed(shop)
    assert sends(visitor, address_of(shop, SKU), **form | {"name": "A lamp"}).status_code == 303
    assert stock(shop, SKU) == 0
    assert column(shop, SKU, "name") == "A lamp"


def test_a_changed_stock_does_not_hide_what_was_sold_meanwhile(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    form = opened(shop, visitor, SKU) | {"stock": "5", "price": "20"}
    placed(shop)
    before = shop.dump()
    refused = sends(visitor, address_of(shop, SKU), **form)
    assert refused.status_code == 409
    assert "Its stock was 1 and is 0 now" in alert(refused)
    assert "nothing was saved" in alert(refused)
    assert "It is now “0”." in text_of(refused.text, "#stock-hint")
    assert shop.dump() == before
    again = form_of(refused.text)
    assert (again["stock"], again["price"]) == ("5", "20")
    assert sends(visitor, address_of(shop, SKU), **again).status_code == 303
    assert stock(shop, SKU) == 5


def test_a_stock_that_became_what_was_typed_is_no_conflict(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    form = opened(shop, visitor, SKU) | {"stock": "0"}
    placed(shop)
    assert sends(visitor, address_of(shop, SKU), **form).status_code == 303
    assert stock(shop, SKU) == 0


def test_of_two_keepers_the_second_is_told(shop: OpenShop) -> None:
    first, second = signed_in(shop), signed_in(shop, "ada@example.com")
    form = opened(shop, second, "MUG")
    saves(shop, first, "MUG", price="15", description=MARKUP)
    refused = sends(second, address_of(shop, "MUG"), **form | {"name": "Sunday mug"})
    assert refused.status_code == 409
    assert "has changed since you opened it" in alert(refused)
    assert "Its stock" not in alert(refused)
    assert "It is now “15.00”." in text_of(refused.text, "#price-hint")
    assert "It is now “Everyday mug”." in text_of(refused.text, "#name-hint")
    assert column(shop, "MUG", "name") == "Everyday mug"
    again = form_of(refused.text)
    assert again["name"] == "Sunday mug"
    assert sends(second, address_of(shop, "MUG"), **again).status_code == 303
    assert column(shop, "MUG", "name") == "Sunday mug"


def test_an_import_meanwhile_is_told_as_well(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    form = opened(shop, visitor, "MUG")
    shop.run("catalogue", "remove", "MUG")
    refused = sends(visitor, address_of(shop, "MUG"), **form)
    assert refused.status_code == 409
    assert "It is now “no”." in text_of(refused.text, "#active-hint")


def test_of_many_keepers_at_once_one_saves(shop: OpenShop) -> None:
    number, defaults = shop.number("MUG"), shop.app.extensions["shop"].defaults
    with reading(shop.engine) as connection:
        product = catalogue.snapshot(connection, [number])[number]
    seen = editing.seen(product, defaults)

    def save(name: str) -> bool:
        cells = {"name": name, "price": "9.50"}
        try:
            editing.change(shop.engine, number, cells, seen_before=seen, defaults=defaults, now=1)
        except ProductChanged:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(save, ["One mug", "Two mug", "Red mug", "Blue mug"])) == 1


def test_a_product_that_was_deleted_meanwhile(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    address, form = address_of(shop, "MUG"), opened(shop, visitor, "MUG")
    shop.run("catalogue", "remove", "MUG", "--delete")
    assert sends(visitor, address, **form).status_code == 404
    assert visitor.get(address).status_code == 404


def test_products_are_searched_filtered_and_paged(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    first = visitor.get(PRODUCTS).text
    assert len(skus(first)) == PAGE_SIZE
    assert text_of(first, "p.fine[role=status]") == "67 products"
    (onward,) = [attributes(each) for each in elements(parsed(first), ".admin-pages a")]
    second = visitor.get(str(onward["href"])).text
    assert not set(skus(first)) & set(skus(second))
    assert skus(visitor.get(f"{PRODUCTS}?q=salt-pig").text) == ["SALT-PIG"]
    assert skus(visitor.get(f"{PRODUCTS}?q=everyday+mug").text)[0] == "MUG"
    assert skus(visitor.get(f"{PRODUCTS}?show=out-of-stock").text) == [
        "STATE-SOLD-OUT", "POUCH-S-SLATE",
    ]  # fmt: skip
    assert skus(visitor.get(f"{PRODUCTS}?show=retired").text) == ["STATE-DISCONTINUED"]
    for_sale = visitor.get(f"{PRODUCTS}?show=for-sale").text
    assert text_of(for_sale, "p.fine[role=status]") == "64 products"
    assert text_of(for_sale, ".chip[aria-current]") == "For sale"
    assert "No product was found." in visitor.get(f"{PRODUCTS}?q=babbage").text


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=999999999999", "?show=eaten",
                                   "?q=%00", "?q=%25", "?q=--", "?q=" + "x" * 2000])  # fmt: skip
def test_no_query_breaks_the_list(shop: OpenShop, query: str) -> None:
    assert signed_in(shop).get(PRODUCTS + query).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999", "2147483647", "9" * 30, "-1", "MUG"])
def test_a_product_that_is_not_there(shop: OpenShop, number: str) -> None:
    visitor = signed_in(shop)
    response = visitor.get(f"{PRODUCTS}/{number}")
    assert (response.status_code, text_of(response.text, "h1")) == (404, "There is nothing here")
    assert sends(visitor, f"{PRODUCTS}/{number}", name="x", price="1").status_code in (404, 405)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"version": "x" * 5000, "stock_seen": "\0"}, id="nonsense"),
        pytest.param({"name": "\0\ud800", "price": "\N{DEVANAGARI DIGIT FIVE}"}, id="no digits"),
        pytest.param({"currency": "EUR", "number": "1", "sku": "PENCIL"}, id="other columns"),
    ],
)
def test_no_form_breaks_the_page(shop: OpenShop, fields: dict[str, str]) -> None:
    visitor = signed_in(shop)
    before = shop.dump()
    for address in (PRODUCTS, address_of(shop, "MUG")):
        sent = {name: text.encode("utf-8", "surrogatepass") for name, text in fields.items()}
        assert sends(visitor, address, **sent).status_code in (409, 422)  # type: ignore[arg-type]
    assert shop.dump() == before


def test_a_product_is_added_with_the_next_number(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    empty = form_of(visitor.get(f"{PRODUCTS}/new").text)
    assert set(empty) - {"csrf_token"} == set(COLUMNS)
    ((last,),) = shop.sql("select max(number) from products")
    shop.run("catalogue", "remove", "STATE-LONG-NAME", "--delete")
    added = sends(visitor, PRODUCTS, **empty | NEW)
    number = shop.number("KETTLE")
    assert number > last
    assert (added.status_code, added.location) == (303, f"{PRODUCTS}/{number}")
    assert text_of(visitor.get(added.location).text, ".notices") == "“Copper kettle” is added."
    shopper = shop.visitor()
    shown = shopper.get("/products/copper-kettle").text
    assert "£39.00 including 20% VAT" in text_of(shown, ".product-price")
    assert "Everything else" in shown
    assert shopper.add("KETTLE").status_code == 303
    prices = shop.sql("select price_minor, since from prices where product_number = ?", number)
    assert prices == [(3900, shop.clock.now)]


def test_the_number_of_a_deleted_product_is_not_given_again(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    sends(visitor, PRODUCTS, **NEW)
    number = shop.number("KETTLE")
    shop.run("catalogue", "remove", "KETTLE", "--delete")
    sends(visitor, PRODUCTS, **NEW)
    assert shop.number("KETTLE") == number + 1


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        pytest.param("sku", "", "a SKU is 1 to 40", id="no SKU"),
        pytest.param("sku", "<b>", "a SKU is 1 to 40", id="no SKU's letters"),
        pytest.param("sku", "MUG", "MUG is already the SKU of Everyday mug", id="a known SKU"),
        pytest.param("slug", "everyday-mug", "already the slug of MUG", id="a known slug"),
        pytest.param("price", "cheap", "write a price as digits", id="price"),
    ],
)
def test_a_product_that_cannot_be_added_says_why(
    shop: OpenShop, field: str, typed: str, said: str
) -> None:
    visitor = signed_in(shop)
    before = shop.dump()
    response = sends(visitor, PRODUCTS, **NEW | {field: typed})
    assert response.status_code == 422
    assert said in alert(response)
    assert form_of(response.text)["name"] == "Copper kettle"
    assert shop.dump() == before


def test_a_name_that_is_taken_gets_an_address_of_its_own(shop: OpenShop) -> None:
    sends(signed_in(shop), PRODUCTS, **NEW | {"name": "Everyday mug"})
    assert column(shop, "KETTLE", "slug") == "everyday-mug-kettle"


def test_what_keepers_write_is_text(shop: OpenShop) -> None:
    visitor = signed_in(shop)
    written = {"name": MARKUP, "description": MARKUP, "category": MARKUP}
    saves(shop, visitor, "MUG", **written)
    assert form_of(visitor.get(address_of(shop, "MUG")).text)["name"] == MARKUP
    visitor.get(f"{PRODUCTS}?q=data")
    saves(shop, visitor, "MUG", price=MARKUP, slug=MARKUP, vat_rate=MARKUP)
