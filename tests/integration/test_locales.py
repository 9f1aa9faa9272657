"""Shops in other countries, with their formats of money, dates, rates and numbers.

There are no texts in their languages, so the words are English; only what Babel formats differs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from shop.config import Settings
from shop.factory import catalogue_defaults
from shop.storage import catalogue_import, schema
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import connect_to, writing
from tests.conftest import START, Opener, OpenShop
from tests.integration.client import (
    CUSTOMER,
    LintingClient,
    attributes,
    elements,
    field_value,
    pairs,
    parsed,
    text_of,
)


@dataclass(frozen=True)
class Country:
    """A shop's settings and catalogue, and what its pages should show."""

    environ: dict[str, str]
    rows: tuple[str, ...]
    price: str
    plain: str
    currency: str
    rate: str
    day: str
    figure: str
    thousand: str
    many: dict[str, str]
    few: dict[str, str]
    until_free: str


NETHERLANDS = Country(
    environ={
        "SHOP_LOCALE": "nl_NL", "SHOP_CURRENCY": "EUR", "SHOP_TIME_ZONE": "Europe/Amsterdam",
        "SHOP_VAT_RATE": "19", "SHOP_SHIPPING": "4.90", "SHOP_FREE_SHIPPING_FROM": "50",
    },
    rows=("MUG,Everyday mug,12.50,EUR,,19", "BOOK,Book,9.99,EUR,,7"),
    price="€\xa012,50",
    plain="12.50",
    currency="EUR",
    rate="19%",
    day="28\xa0mei 2026",
    figure="4.096",
    thousand="1.000",
    many={
        "Subtotal": "€\xa012.509,99",
        "Shipping": "Free",
        "Total": "€\xa012.509,99",
        "including 7% VAT": "€\xa00,65",
        "including 19% VAT": "€\xa01.995,80",
    },
    few={
        "Subtotal": "€\xa022,49",
        "Shipping": "€\xa04,90",
        "Total": "€\xa027,39",
        "including 7% VAT": "€\xa00,65",
        "including 19% VAT": "€\xa02,78",
    },
    until_free="€\xa027,51 more for free shipping.",
)  # fmt: skip
JAPAN = Country(
    environ={
        "SHOP_LOCALE": "ja_JP", "SHOP_CURRENCY": "JPY", "SHOP_TIME_ZONE": "Asia/Tokyo",
        "SHOP_VAT_RATE": "10", "SHOP_SHIPPING": "600", "SHOP_FREE_SHIPPING_FROM": "5000",
    },
    rows=("MUG,Everyday mug,1200,JPY,,10", "BOOK,Book,999,JPY,,8"),
    price="￥1,200",
    plain="1200",
    currency="JPY",
    rate="10%",
    day="2026年5月29日",
    figure="4,096",
    thousand="1,000",
    many={
        "Subtotal": "￥1,200,999",
        "Shipping": "Free",
        "Total": "￥1,200,999",
        "including 8% VAT": "￥74",
        "including 10% VAT": "￥109,091",
    },
    few={
        "Subtotal": "￥2,199",
        "Shipping": "￥600",
        "Total": "￥2,799",
        "including 8% VAT": "￥74",
        "including 10% VAT": "￥164",
    },
    until_free="￥2,801 more for free shipping.",
)  # fmt: skip
BRITAIN = Country(
    environ={"SHOP_LOCALE": "en_GB", "SHOP_CURRENCY": "GBP"},
    rows=("MUG,Everyday mug,12.50,GBP,,20", "BOOK,Book,9.99,GBP,,0"),
    price="£12.50",
    plain="12.50",
    currency="GBP",
    rate="20%",
    day="28\xa0May 2026",
    figure="4,096",
    thousand="1,000",
    many={
        "Subtotal": "£12,509.99",
        "Shipping": "Free",
        "Total": "£12,509.99",
        "including 20% VAT": "£2,083.33",
    },
    few={
        "Subtotal": "£22.49",
        "Shipping": "£3.95",
        "Total": "£26.44",
        "including 20% VAT": "£2.74",
    },
    until_free="£17.51 more for free shipping.",
)
every_country = pytest.mark.parametrize(
    "country",
    [
        pytest.param(NETHERLANDS, id="the Netherlands"),
        pytest.param(JAPAN, id="Japan"),
        pytest.param(BRITAIN, id="Britain"),
    ],
)
OpenAt = Callable[[Country], OpenShop]


@pytest.fixture
def open_at(open_shop: Opener) -> OpenAt:
    """Opens a country's shop, with a catalogue of a mug and a book."""

    def opener(country: Country) -> OpenShop:
        shop = open_shop(migrated=False, SHOP_MAX_QUANTITY="2000", **country.environ)
        settings = Settings.from_environ(country.environ)
        import_catalogue(f"sqlite:///{shop.path}", country.rows, settings)
        return shop

    return opener


def import_catalogue(database_url: str, rows: tuple[str, ...], settings: Settings) -> None:
    engine, defaults = connect_to(database_url), catalogue_defaults(settings)
    schema.migrate(engine)
    file = "\n".join(["sku,name,price,currency,stock,vat_rate", *rows])
    found = read(file.encode(), defaults).rows
    with writing(engine) as connection:
        catalogue_import.import_rows(connection, found, defaults, START)
    engine.dispose()


def words(html: str, selector: str = "main") -> str:
    """What is read, its no-break spaces kept."""
    return " ".join(text_of(html, selector).split(" "))


def cell(html: str, selector: str) -> str:
    return elements(parsed(html), selector)[0].to_text().strip()


@every_country
def test_a_product_page_shows_price_and_vat_rate(open_at: OpenAt, country: Country) -> None:
    page = open_at(country).visitor().get("/products/everyday-mug").text
    assert cell(page, ".product-price") == f"{country.price} including {country.rate} VAT"
    scripts = elements(parsed(page), "script[type='application/ld+json']")
    (offer,) = (
        data["offers"] for data in (json.loads(script.to_text()) for script in scripts)
        if "offers" in data
    )  # fmt: skip
    assert (offer["price"], offer["priceCurrency"]) == (country.plain, country.currency)


@every_country
def test_the_product_list_shows_prices(open_at: OpenAt, country: Country) -> None:
    page = open_at(country).visitor().get("/products").text
    assert cell(page, ".card-price") == country.price


@every_country
@pytest.mark.parametrize(
    ("quantity", "expected"),
    [pytest.param(1, "few", id="below"), pytest.param(1000, "many", id="above")],
)
def test_totals_agree_from_the_cart_to_the_order(
    open_at: OpenAt, country: Country, quantity: int, expected: str
) -> None:
    visitor = open_at(country).visitor()
    visitor.add("MUG", quantity)
    visitor.add("BOOK")
    sums = country.few if expected == "few" else country.many
    cart = visitor.get("/cart").text
    assert pairs(cart) == sums
    assert (country.until_free in cart) == (expected == "few")
    checkout = visitor.get("/checkout").text
    assert pairs(checkout) == sums
    assert f"Place the order for {sums['Total']}" in checkout
    response = visitor.send("/checkout", once=field_value(checkout, "once"), **CUSTOMER)
    order = visitor.get(response.location).text
    assert pairs(order) == sums
    assert f"placed on {country.day}." in order
    assert f"at {country.price}" in order


def shown_counts(shop: OpenShop, visitor: LintingClient, quantity: int) -> dict[str, str]:
    """How each page writes a quantity."""
    visitor.add("MUG", quantity)
    value = visitor.cart_value()
    checkout = visitor.get("/checkout").text
    texts = {
        "top": cell(visitor.get("/").text, ".top-count"),
        "share": cell(visitor.get("/cart/share").text, ".lead"),
        "shared": cell(shop.visitor().get(f"/c/{value}").text, ".lead"),
        "shared line": cell(shop.visitor().get(f"/c/{value}").text, ".summary li"),
        "about": cell(visitor.get("/cart/about").text, ".prose li"),
        "checkout": cell(checkout, ".summary li"),
    }
    response = visitor.send("/checkout", once=field_value(checkout, "once"), **CUSTOMER)
    return texts | {"order": cell(visitor.get(response.location).text, ".summary li")}


@every_country
@pytest.mark.parametrize("quantity", [1, 2, 1000])
def test_quantities_on_every_page(open_at: OpenAt, country: Country, quantity: int) -> None:
    shop = open_at(country)
    texts = shown_counts(shop, shop.visitor(), quantity)
    figure = country.thousand if quantity == 1000 else str(quantity)
    things = f"{figure} item" if quantity == 1 else f"{figure} items"
    assert texts["top"].replace("\n", " ") == things
    assert f" {things}." in texts["share"]
    assert texts["shared"].startswith(f"{things}, ")
    lines = [texts[page] for page in ("shared line", "about", "checkout", "order")]
    assert [line.split("×")[0].strip() for line in lines] == [figure] * 4


@every_country
def test_empty_carts_and_lists_show_zero(open_at: OpenAt, country: Country) -> None:
    visitor = open_at(country).visitor()
    page = visitor.get("/products?q=nothing").text
    assert cell(page, ".list-head [role=status]") == "0 products"
    assert cell(page, ".top-count").replace("\n", " ") == "0 items"


@every_country
@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(1, "1 product", id="one"),
        pytest.param(2, "2 products", id="two"),
        pytest.param(1000, "{} products", id="a thousand"),
    ],
)
def test_the_product_list_shows_its_count(
    open_at: OpenAt, country: Country, count: int, expected: str
) -> None:
    shop = open_at(country)
    shop.sql("update products set is_active = false where sku = 'BOOK'")
    columns = [name for _, name, *_ in shop.sql("pragma table_info(products)")]
    copied = {"number": "n + 100", "sku": "'MUG-' || n", "slug": "'mug-' || n"}
    shop.sql(
        f"insert into products ({', '.join(columns)}) "
        f"with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ?) "
        f"select {', '.join(copied.get(name, name) for name in columns)} from products, counted "
        "where sku = 'MUG' and n < ?",
        count,
        count,
    )
    expected_text = expected.format(country.thousand)
    visitor = shop.visitor()
    assert cell(visitor.get("/products").text, ".list-head [role=status]") == expected_text
    assert cell(visitor.get("/").text, ".tile .fine") == expected_text
    chip = cell(visitor.get("/products").text, ".chip .fine")
    assert chip == expected_text.split(" ")[0]


@every_country
def test_the_byte_meter_groups_its_figures(open_at: OpenAt, country: Country) -> None:
    visitor = open_at(country).visitor()
    visitor.add("MUG")
    text = cell(visitor.get("/cart").text, ".biscuit-words")
    assert f" of {country.figure} bytes" in " ".join(text.split())


@every_country
def test_dates_use_the_shops_time_zone(open_at: OpenAt, country: Country) -> None:
    visitor = open_at(country).visitor()
    visitor.add("MUG")
    assert f"the day of its last change, {country.day}." in visitor.get("/cart/about").text


@every_country
def test_the_remaining_stock_is_grouped(open_at: OpenAt, country: Country) -> None:
    shop = open_at(country)
    shop.sql("update products set stock = 1000 where sku = 'MUG'")
    visitor = shop.visitor()
    response = visitor.add("MUG", 1001)
    assert response.status_code == 409
    assert f"Only {country.thousand} left. Your cart" in response.text
    visitor.add("MUG", 1000)
    response = visitor.add("MUG", 1)
    assert f"and you have {country.thousand} in your cart already" in response.text


@every_country
def test_a_quantity_that_is_not_charged_is_grouped(open_at: OpenAt, country: Country) -> None:
    shop = open_at(country)
    visitor = shop.visitor()
    visitor.add("MUG", 1000)
    shop.sql("update products set is_active = false where sku = 'MUG'")
    assert cell(visitor.get("/cart").text, ".line-quantity .fine") == country.thousand


@every_country
def test_pages_are_marked_as_english_in_every_country(open_at: OpenAt, country: Country) -> None:
    page = parsed(open_at(country).visitor().get("/").text)
    language = "en-GB" if country is BRITAIN else "en"
    assert [attributes(root)["lang"] for root in elements(page, "html")] == [language]


@pytest.mark.parametrize(
    ("subtotal", "shipping"),
    [
        pytest.param(4999, "￥600", id="a yen below the threshold"),
        pytest.param(5000, "Free", id="at the threshold"),
    ],
)
def test_free_shipping_threshold_without_minor_units(
    open_at: OpenAt, subtotal: int, shipping: str
) -> None:
    shop = open_at(JAPAN)
    shop.sql("update products set price_minor = ? where sku = 'MUG'", subtotal)
    visitor = shop.visitor()
    visitor.add("MUG")
    assert pairs(visitor.get("/cart").text)["Shipping"] == shipping
