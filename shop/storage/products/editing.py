"""One product is changed or added by a keeper, by the rules of an import.

Two things may have happened since the keeper's form was opened. Somebody else may have changed the
product: then nothing is saved, and the keeper is told. And shoppers may have bought some of it: a
stock that the keeper left alone stays what it is by then, and one that they changed is saved only
if nothing was bought, since nobody but they can say what they counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, select

from shop.core.catalogue import Product
from shop.core.errors import FileRefused, ProductChanged, ProductNotFound, ProductRefused
from shop.storage import catalogue, catalogue_import, groups
from shop.storage.catalogue_files import crumb
from shop.storage.catalogue_files.rows import ABSENT, Absent, Defaults, Draft, Row, row_of
from shop.storage.engine import writing
from shop.storage.models import ProductRow


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form showed when it was opened: the `version` of the product, which everything but its
    stock is part of, and its stock as a file has it, empty where there is no limit."""

    version: str
    stock: str


def seen(product: Product, defaults: Defaults) -> Seen:
    """What a form shows of a product."""
    cells = crumb.cells(product, defaults.exponent)
    stock = cells.pop("stock")
    text = "\n".join(f"{column} {cell}" for column, cell in cells.items())
    return Seen(hashlib.sha256(text.encode("utf-8")).hexdigest()[:32], stock)


def add(engine: Engine, cells: Mapping[str, str], *, defaults: Defaults, now: int) -> Product:
    """Adds the product of these cells, by columns of a file, and gives it the next cookie number.

    Raises ProductRefused, and ProductChanged when the catalogue changes under it; then nothing is
    added.
    """
    with writing(engine) as connection:
        row = _row(cells, defaults)
        _check_sku(connection, row.sku)
        return _save(connection, row, defaults, now)


def change(
    engine: Engine,
    number: int,
    cells: Mapping[str, str],
    *,
    seen_before: Seen,
    defaults: Defaults,
    now: int,
) -> Product:
    """Changes the product with this number to these cells, by columns of a file; one that is
    missing stays as it is. The SKU always stays.

    Raises ProductRefused, ProductNotFound, and ProductChanged when it is not as it was seen; then
    nothing is changed.
    """
    with writing(engine) as connection:
        product = _locked(connection, number)
        row = _row({**cells, "sku": product.sku}, defaults)
        if seen_before.version != seen(product, defaults).version:
            raise ProductChanged
        return _save(connection, _with_stock(row, product, seen_before), defaults, now)


def _locked(connection: Connection, number: int) -> Product:
    # So that an order, or another keeper, waits until this has been decided.
    one = select(ProductRow.number).where(ProductRow.number == number)
    connection.execute(one.with_for_update())
    product = catalogue.snapshot(connection, [number]).get(number)
    if product is None:
        raise ProductNotFound
    return product


def _row(cells: Mapping[str, str], defaults: Defaults) -> Row:
    required = {"sku": "", "name": "", "price": ""}
    return row_of(Draft(1, {**required, **cells, "currency": defaults.currency}), defaults)


def _with_stock(row: Row, product: Product, seen_before: Seen) -> Row:
    if isinstance(row.stock, Absent):
        return row
    typed, now = (_text(stock) for stock in (row.stock, product.stock))
    if typed in (seen_before.stock, now):
        return replace(row, stock=ABSENT)
    if seen_before.stock != now:
        raise ProductChanged
    return row


def _text(stock: int | None) -> str:
    return "" if stock is None else str(stock)


def _save(connection: Connection, row: Row, defaults: Defaults, now: int) -> Product:
    _check_slug(connection, row)
    try:
        catalogue_import.import_rows(connection, [row], defaults, now)
    except FileRefused:  # the same SKU, slug or category came in at the same moment
        raise ProductChanged from None
    return catalogue.by_skus(connection, [row.sku])[row.sku]


def _check_sku(connection: Connection, sku: str) -> None:
    known = catalogue.by_skus(connection, [sku])
    if known:
        raise ProductRefused({"sku": f"{sku} is already the SKU of {known[sku].name}"})


def _check_slug(connection: Connection, row: Row) -> None:
    if isinstance(row.slug, Absent):
        return
    other = catalogue.by_slug(connection, row.slug)
    if other is not None and other.sku != row.sku:
        raise ProductRefused({"slug": catalogue_import.slug_taken(row.slug, other.sku)})
    if catalogue.variants(connection, row.slug):
        raise ProductRefused(
            {"slug": catalogue_import.slug_taken(row.slug, groups.named(row.slug))}
        )
