"""What a browser keeps of a cart, what its pages say of it, and how a price changes."""

from __future__ import annotations

from shop.core import cookie
from shop.core.cart import MAX_TIME
from shop.storage import catalogue_file, catalogue_import
from shop.storage.catalogue_file import Defaults
from shop.storage.engine import writing
from tests.conftest import KEY, OpenShop
from tests.integration.client import LintingClient, attributes, elements, parsed, text_of

Lines = list[tuple[int, int]]
POUNDS = Defaults(currency="GBP", exponent=2, category="Everything else", vat_basis_points=2000)


def held(visitor: LintingClient, name: str = "cart") -> Lines:
    """Number and quantity of each line in the cart that this browser keeps, in order."""
    value = visitor.cart_value(name)
    return lines_of(value) if value else []


def lines_of(value: str) -> Lines:
    cart = cookie.decode(value, [KEY], now=0, max_age_seconds=MAX_TIME)
    return [(line.number, line.quantity) for line in cart.lines]


def altered(value: str) -> str:
    """This value with another character, so that no signature fits it."""
    return value[:3] + ("A" if value[3] != "A" else "B") + value[4:]


def numbered(shop: OpenShop, lines: dict[str, int]) -> Lines:
    return [(shop.number(sku), quantity) for sku, quantity in lines.items()]


def notices(visitor: LintingClient) -> str:
    """What the next page has to say."""
    return text_of(visitor.get("/cart").text, "main > .notices")


def offered(visitor: LintingClient) -> dict[str, str] | None:
    """The fields of the form that the cart page offers a step back with, if it does."""
    page = visitor.get("/cart").text
    if not elements(parsed(page), "form.undo"):
        return None
    fields = map(attributes, elements(parsed(page), "form.undo input"))
    return {field["name"] or "": field["value"] or "" for field in fields}


def reprice(shop: OpenShop, **prices: str) -> None:
    """Takes over a catalogue file with new prices, now, as the `shop` command does."""
    rows = [
        f"{sku},{shop.sql('select name from products where sku = ?', sku)[0][0]},{price},GBP\n"
        for sku, price in ((name.replace("_", "-"), price) for name, price in prices.items())
    ]
    read = catalogue_file.read(["sku,name,price,currency\n", *rows], POUNDS)
    with writing(shop.app.extensions["shop"].engine) as connection:
        list(catalogue_import.import_rows(connection, read, POUNDS, shop.clock.now))
