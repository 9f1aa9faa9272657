"""Helpers to read a browser's cart and its pages, and to change prices."""

from __future__ import annotations

from shop.core import cookie
from shop.core.cart import MAX_TIME
from shop.storage import catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import Defaults
from shop.storage.engine import writing
from tests.conftest import KEY, OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of

Lines = list[tuple[int, int]]
POUNDS = Defaults(currency="GBP", exponent=2, category="Everything else", vat_basis_points=2000)


def held(visitor: LintingClient, name: str = "cart") -> Lines:
    """Number and quantity of each line in this browser's cart, in order."""
    value = visitor.cart_value(name)
    return lines_of(value) if value else []


def lines_of(value: str) -> Lines:
    cart = cookie.decode(value, [KEY], now=0, max_age_seconds=MAX_TIME)
    return [(line.number, line.quantity) for line in cart.lines]


def altered(value: str) -> str:
    """This value with one character changed, so that its signature does not match."""
    return value[:3] + ("A" if value[3] != "A" else "B") + value[4:]


def numbered(shop: OpenShop, lines: dict[str, int]) -> Lines:
    return [(shop.number(sku), quantity) for sku, quantity in lines.items()]


def notices(visitor: LintingClient) -> str:
    """The notices on the next page."""
    return text_of(visitor.get("/cart").text, "main > .notices")


def undo_form(visitor: LintingClient) -> dict[str, str] | None:
    """The fields of the undo form on the cart page, if there is one."""
    page = visitor.get("/cart").text
    if not elements(parsed(page), "form.undo"):
        return None
    fields = map(attributes, elements(parsed(page), "form.undo input"))
    return {field["name"] or "": field["value"] or "" for field in fields}


def reprice(shop: OpenShop, **prices: str) -> None:
    """Imports a catalogue file with new prices, now, as the `shop` command does."""
    rows = "".join(
        f"{sku},{shop.sql('select name from products where sku = ?', sku)[0][0]},{price},GBP\n"
        for sku, price in ((name.replace("_", "-"), price) for name, price in prices.items())
    )
    import_csv(shop, f"sku,name,price,currency\n{rows}")


def import_csv(shop: OpenShop, text: str) -> None:
    """Imports a catalogue file in pounds, now, as the `shop` command does."""
    rows_read = read(text.encode(), POUNDS).rows
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.import_rows(connection, rows_read, POUNDS, shop.clock.now)
