"""Imports a catalogue file into the database: adds and changes products by SKU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from slugify import slugify
from sqlalchemy import Connection, insert, select, update

from shop.core.catalogue import fold
from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.storage.catalogue_file import ABSENT, Absent, Defaults, Row
from shop.storage.models import CategoryRow, PriceRow, ProductRow


def import_rows(
    connection: Connection, rows: Sequence[Row], defaults: Defaults, now: int
) -> Iterator[Row]:
    """Adds or updates a product for each row, by SKU, yielding each row once it is done.

    Cookie numbers stay, and so do slugs that the file does not give. A new price is added to the
    history as of `now`. Raises FileRefused when a slug belongs to another product; the caller's
    transaction keeps all or nothing.
    """
    known: dict[str, Any] = {
        row.sku: row
        for row in connection.execute(
            select(ProductRow.number, ProductRow.sku, ProductRow.slug, ProductRow.price_minor,
                   ProductRow.currency, ProductRow.name, ProductRow.description)
        )
    }  # fmt: skip
    slugs = {row.slug: sku for sku, row in known.items()}
    shelves = {
        row.name: row.number
        for row in connection.execute(select(CategoryRow.name, CategoryRow.number))
    }
    for row in rows:
        old = known.get(row.sku)
        values = _values(row, old, slugs)
        if old is None or row.category is not ABSENT:
            name = defaults.category if isinstance(row.category, Absent) else row.category
            values["category_number"] = _shelf(connection, shelves, name)
        if old is None:
            number = _insert(connection, values, defaults)
        else:
            number = old.number
            connection.execute(update(ProductRow).where(ProductRow.number == number).values(values))
        if old is None or (old.price_minor, old.currency) != (
            row.price.minor,
            row.price.currency,
        ):
            _remember_price(connection, number, row.price, now)
        yield row


def _values(row: Row, old: Any, slugs: dict[str, str]) -> dict[str, object]:
    optional: dict[str, object] = {
        "description": row.description,
        "vat_basis_points": row.vat_basis_points,
        "stock": row.stock,
        "image": row.image,
        "is_active": row.is_active,
        "slug": _slug(row, slugs) if old is None or row.slug is not ABSENT else ABSENT,
    }
    values = {name: value for name, value in optional.items() if value is not ABSENT}
    description = values.get("description", old.description if old else "")
    return values | {
        "sku": row.sku,
        "name": row.name,
        "price_minor": row.price.minor,
        "currency": row.price.currency,
        "search_text": fold(f"{row.name} {description} {row.sku}"),
    }


def _slug(row: Row, slugs: dict[str, str]) -> str:
    if isinstance(row.slug, Absent):
        wanted = slugify(row.name, max_length=200) or "product"
        if slugs.get(wanted, row.sku) != row.sku:
            wanted = f"{wanted}-{slugify(row.sku) or 'x'}"
        while slugs.get(wanted, row.sku) != row.sku:
            wanted += "-x"
    else:
        wanted = row.slug
        if slugs.get(wanted, row.sku) != row.sku:
            reason = f"{wanted} is the slug of {slugs[wanted]} already"
            raise FileRefused([f"Line {row.line}, column slug: {reason}."])
    slugs[wanted] = row.sku
    return wanted


def _shelf(connection: Connection, shelves: dict[str, int], name: str) -> int:
    if name not in shelves:
        slug = slugify(name, max_length=90) or "category"
        taken = set(connection.execute(select(CategoryRow.slug)).scalars())
        while slug in taken:
            slug += "-x"
        created = connection.execute(
            insert(CategoryRow).values(name=name, slug=slug).returning(CategoryRow.number)
        )
        shelves[name] = created.scalar_one()
    return shelves[name]


def _insert(connection: Connection, values: dict[str, object], defaults: Defaults) -> int:
    complete = {
        "description": "",
        "vat_basis_points": defaults.vat_basis_points,
        "stock": None,
        "image": None,
        "is_active": True,
    } | values
    return connection.execute(
        insert(ProductRow).values(complete).returning(ProductRow.number)
    ).scalar_one()


def _remember_price(connection: Connection, number: int, price: Money, now: int) -> None:
    connection.execute(
        insert(PriceRow).values(
            product_number=number, price_minor=price.minor, currency=price.currency, since=now
        )
    )
