"""The real catalogue and orders in a shop's database, where this machine has them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from shop.storage import catalogue, catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import Defaults
from shop.storage.engine import writing
from shop.storage.models import InvoiceRow, OrderEventRow, OrderLineRow, OrderRow, OutboxRow

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
_Values = dict[str, Any]


def folder() -> Path:
    """The folder of the real orders, which are too large to be part of the project."""
    if not DATA.is_dir():
        pytest.skip(f"the figures are of real orders, and there are none at {DATA}")
    return DATA


def fill(engine: Engine, data: Path, now: int, count: int) -> None:
    """Imports the catalogue, and stores the first orders, each with its history and mail, and every
    second with an invoice."""
    goods = read((data / "online-retail-catalogue.csv").read_bytes(), DEFAULTS).rows
    with writing(engine) as connection:
        catalogue_import.import_rows(connection, goods, DEFAULTS, now)
        products = {product.sku: product for product in catalogue.everything(connection)}
        orders, lines = [], []
        for number, bought in enumerate(islice(_orders(data), count), 1):
            orders.append(_order(number, now))
            for position, (sku, quantity) in enumerate(bought):
                lines.append(_line(number, position, products[sku], quantity))
        connection.execute(insert(OrderRow), orders)
        connection.execute(insert(OrderLineRow), lines)
        steps = [_step(order) for order in orders]
        connection.execute(insert(OrderEventRow), steps)
        connection.execute(insert(OutboxRow), [_message(order) for order in orders])
        connection.execute(insert(InvoiceRow), [_invoice(order) for order in orders[::2]])


def _orders(data: Path) -> Iterator[list[tuple[str, int]]]:
    text = gzip.decompress((data / "online-retail-orders.csv.gz").read_bytes()).decode()
    for _, rows in groupby(csv.DictReader(io.StringIO(text)), key=lambda row: row["order"]):
        yield [(row["sku"], int(row["quantity"])) for row in rows]


def _order(number: int, now: int) -> _Values:
    return {
        "number": number,
        "token": f"token-{number}",
        "reference": f"{number:08}",
        "once_key": f"once-{number}",
        "placed_at": now,
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "address": "",
        "address_line_1": "12 St James's Square",
        "town": "London",
        "postcode": "SW1Y 4JH",
        "country": "GB",
        "note": "",
        "payment": "invoice",
        "status": "placed",
        "currency": "GBP",
        "subtotal_minor": 950,
        "shipping_minor": 395,
        "total_minor": 1345,
    }


def _line(number: int, position: int, product: Any, quantity: int) -> _Values:
    return {
        "order_number": number,
        "position": position,
        "product_number": product.number,
        "sku": product.sku,
        "name": product.name,
        "quantity": quantity,
        "unit_price_minor": product.price.minor,
        "vat_basis_points": 2000,
        "total_minor": product.price.minor * quantity,
    }


def _step(order: _Values) -> _Values:
    at = order["placed_at"]
    return {
        "order_number": order["number"],
        "position": 0,
        "status": "placed",
        "at": at,
        "made_by": "shopper",
    }


def _message(order: _Values) -> _Values:
    return {
        "order_number": order["number"],
        "kind": "confirmation",
        "recipient": "shopper",
        "written_at": order["placed_at"],
        "sent_at": order["placed_at"],
    }


def _invoice(order: _Values) -> _Values:
    return {
        "number": order["number"],
        "order_number": order["number"],
        "made_at": order["placed_at"],
        "made_by": "Bea",
    }
