"""Whether real carts would fit: orders from a file, in Crumb's own encoding and in others."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shop.core import budget, cookie
from shop.core.budget import Distribution
from shop.core.cart import MAX_LINE_QUANTITY, Cart, Line
from shop.core.catalogue import Product
from shop.core.errors import FileRefused
from shop.lab.carts.cookie_limit import CookieLimit
from shop.lab.encodings.encodings import ENCODINGS, PRODUCT, PlainCart, PlainLine
from shop.storage.catalogue_files.rows import Row
from shop.storage.catalogue_files.table import Table, TableRow, found_columns, sentences

COLUMNS = ("order", "sku", "quantity")


@dataclass(frozen=True, slots=True)
class RealOrder:
    """An order of a file: SKU and quantity of each line, in the order of the file."""

    order: str
    lines: tuple[tuple[str, int], ...]


Sizes = Mapping[str, int]
"""The bytes of name + value of one order's cookie, by the key of each encoding."""


@dataclass(frozen=True, slots=True)
class Good:
    """What an encoding may store about a SKU; the price is in minor units."""

    number: int
    name: str = ""
    price_minor: int = 0


Goods = Mapping[str, Good]


@dataclass(frozen=True, slots=True)
class Report:
    """A summary of all orders, by the key of each encoding. `largest` is the order with the longest
    cookie in the product's encoding, `skus` the number of SKUs, and `unknown` how many of them were
    measured without a name and a price."""

    orders: int
    encodings: Mapping[str, Distribution]
    largest: RealOrder
    skus: int
    unknown: int


def read_orders(table: Table) -> list[RealOrder]:
    """The orders of a file, in order of their first row.

    Raises FileRefused with the line and the reason of the first bad row: a missing cell, a
    quantity that is not a whole number from 1, or a SKU that the same order already has.
    """
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        where = f"Line {table.header_line}: the column {missing[0]} is missing."
        raise FileRefused([f"{where} {found_columns(table)}"])
    if table.problems:
        raise FileRefused(sentences(table.problems))
    orders: dict[str, dict[str, int]] = {}
    for row in table.rows:
        _read_into(orders, row)
    if not orders:
        raise FileRefused([f"Line {table.header_line + 1}: there are no orders in this file."])
    return [RealOrder(order, tuple(lines.items())) for order, lines in orders.items()]


def goods_of_shop(products: Iterable[Product]) -> dict[str, Good]:
    """The goods of a shop, by SKU, with the numbers that they have there."""
    return {
        product.sku: Good(product.number, product.name, product.price.minor) for product in products
    }


def goods_of_file(rows: Iterable[Row]) -> dict[str, Good]:
    """The goods of a catalogue's file, by SKU, numbered as an empty shop would number them."""
    return {row.sku: Good(number, row.name, row.price.minor) for number, row in enumerate(rows, 1)}


def measure(
    orders: Sequence[RealOrder], goods: Goods, *, keys: cookie.Keys, now: int
) -> Iterator[Sizes]:
    """The sizes of each order. Unknown SKUs are numbered after the highest number, in order of
    appearance, and have no name and no price."""
    highest = max((good.number for good in goods.values()), default=0)
    unknown = {sku: Good(highest + at) for at, sku in enumerate(_unknown(orders, goods), 1)}
    known = {**goods, **unknown}
    cookie_limit = CookieLimit(cookie.SECURE_NAME, keys, cookie.BROWSER_LIMIT_BYTES)
    for order in orders:
        cart = Cart(tuple(Line(known[sku].number, count) for sku, count in order.lines), now)
        lines = (
            PlainLine(sku, known[sku].name, known[sku].price_minor, count)
            for sku, count in order.lines
        )
        plain = PlainCart(cart, tuple(lines), len(known))
        yield {encoding.key: encoding.octets(plain, cookie_limit) for encoding in ENCODINGS}


def report(orders: Sequence[RealOrder], sizes: Sequence[Sizes], goods: Goods) -> Report:
    """Sums up what was measured of the same orders."""
    largest = max(range(len(orders)), key=lambda at: sizes[at][PRODUCT.key])
    encodings = {
        encoding.key: budget.distribution([size[encoding.key] for size in sizes])
        for encoding in ENCODINGS
    }
    skus = len({sku for order in orders for sku, _ in order.lines})
    return Report(len(orders), encodings, orders[largest], skus, len(_unknown(orders, goods)))


def as_json(report: Report) -> str:
    """The report for machines: shares from 0 to 1, bytes as numbers."""

    def figures(distribution: Distribution) -> dict[str, float]:
        return {
            name: figure
            for name, figure in dataclasses.asdict(distribution).items()
            if name != "count"
        }

    return json.dumps(
        {
            "orders": report.orders,
            **{key: figures(distribution) for key, distribution in report.encodings.items()},
            "largest": {"order": report.largest.order, "lines": len(report.largest.lines)},
            "skus": report.skus,
            "unknown_skus": report.unknown,
        }
    )


def as_text(report: Report) -> str:
    """The report for a terminal, with a row for each encoding."""
    lines = [
        f"{report.orders:,} orders; bytes of name + value; a browser keeps "
        f"{cookie.BROWSER_LIMIT_BYTES:,}",
        f"{'':34}{'fit':>10}{'mean':>9}{'p50':>7}{'p95':>7}{'p99':>7}{'max':>8}",
    ]
    for encoding in ENCODINGS:
        figures = report.encodings[encoding.key]
        lines.append(
            f"{encoding.title:34}{figures.fit:>10.2%}{figures.mean:>9.1f}{figures.p50:>7,}"
            f"{figures.p95:>7,}{figures.p99:>7,}{figures.max:>8,}"
        )
    largest = report.largest
    lines.append(
        f"largest order: {largest.order} with {len(largest.lines):,} lines, "
        f"{report.encodings[PRODUCT.key].max:,} bytes"
    )
    if report.unknown:
        lines.append(
            f"{report.unknown:,} of {report.skus:,} SKUs are not in the catalogue: they were "
            "measured without a name and a price. To use another, give --catalogue FILE."
        )
    return "\n".join(lines)


def _unknown(orders: Iterable[RealOrder], goods: Goods) -> list[str]:
    skus = dict.fromkeys(sku for order in orders for sku, _ in order.lines)
    return [sku for sku in skus if sku not in goods]


def _read_into(orders: dict[str, dict[str, int]], row: TableRow) -> None:
    order, sku, quantity = (row.cells[name].strip() for name in COLUMNS)
    line = row.line
    if not order or not sku or not quantity:
        raise FileRefused([f"Line {line}: order, sku and quantity are all needed."])
    if not quantity.isascii() or not quantity.isdigit():
        raise FileRefused(
            [f"Line {line}: the quantity {quantity} is not a whole number from 1 on."]
        )
    if len(quantity) > 6 or not 1 <= int(quantity) <= MAX_LINE_QUANTITY:
        raise FileRefused([f"Line {line}: a quantity is from 1 to {MAX_LINE_QUANTITY:,}."])
    lines = orders.setdefault(order, {})
    if sku in lines:
        raise FileRefused([f"Line {line}: order {order} already has {sku}."])
    lines[sku] = int(quantity)
