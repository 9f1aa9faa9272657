"""The real catalogue and orders in a shop's database, where this machine has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from load.orders import CATALOGUE, ORDERS, SHARED
from load.orders import read as read_orders
from shop.storage import catalogue, catalogue_import
from shop.storage.catalogue_files.formats import read
from shop.storage.catalogue_files.rows import Defaults
from shop.storage.engine import writing
from shop.storage.models import InvoiceRow, OrderEventRow, OrderLineRow, OrderRow, OutboxRow

DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
_Values = dict[str, Any]


def folder() -> Path:
    """The folder of the real orders, which are too large to be part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"the figures are of real orders, and there are none at {SHARED}")
    return SHARED


def fill(engine: Engine, data: Path, now: int, count: int) -> None:
    """Imports the catalogue, and stores the first orders, each with its history and mail, and every
    second with an invoice."""
    goods = read((data / CATALOGUE).read_bytes(), DEFAULTS).rows
    with writing(engine) as connection:
        catalogue_import.import_rows(connection, goods, DEFAULTS, now)
        products = {product.sku: product for product in catalogue.everything(connection)}
        orders, lines = [], []
        for number, bought in enumerate(read_orders(data / ORDERS)[:count], 1):
            orders.append(_order(number, now))
            for position, (sku, quantity) in enumerate(bought):
                lines.append(_line(number, position, products[sku], quantity))
        connection.execute(insert(OrderRow), orders)
        connection.execute(insert(OrderLineRow), lines)
        steps = [_step(order) for order in orders]
        connection.execute(insert(OrderEventRow), steps)
        connection.execute(insert(OutboxRow), [_message(order) for order in orders])
        connection.execute(insert(InvoiceRow), [_invoice(order) for order in orders[::2]])


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
