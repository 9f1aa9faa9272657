"""All products as a list: searched, filtered by whether they are sold, and in pages."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from shop.core import variants
from shop.storage import catalogue
from shop.storage.catalogue import Page
from shop.storage.models import CategoryRow, ProductRow
from shop.storage.search import Search


class Availability(Enum):
    """Whether a product is sold; the value stands in the address of a list."""

    FOR_SALE = "for-sale"
    OUT_OF_STOCK = "out-of-stock"
    RETIRED = "retired"


_IS_OUT = func.coalesce(ProductRow.stock, 1) == 0
_CONDITIONS: dict[Availability, ColumnElement[bool]] = {
    Availability.FOR_SALE: and_(ProductRow.is_active, ~_IS_OUT),
    Availability.OUT_OF_STOCK: and_(ProductRow.is_active, _IS_OUT),
    Availability.RETIRED: ~ProductRow.is_active,
}


def page(
    connection: Connection,
    *,
    availability: Availability | None = None,
    search: str = "",
    number: int = 1,
    size: int,
) -> Page:
    """A page of the products, active or not, by name; with a search, those that match best first. A
    number that is out of range is taken to the nearest page.

    A product is found when its name, description and SKU have every word, or its beginning.
    """
    conditions = [] if availability is None else [_CONDITIONS[availability]]
    ordering: list[ColumnElement[Any]] = [ProductRow.name_sort_key.asc(), ProductRow.number.asc()]
    if search:
        wanted = Search(connection.dialect.name, search)
        conditions.append(wanted.every_word)
        ordering.insert(0, wanted.rank)
    found = select(ProductRow.number).where(*conditions)
    count = connection.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    pages = max(1, -(-count // size))
    number = min(max(1, number), pages)
    shown = found.order_by(*ordering).limit(size).offset((number - 1) * size)
    numbers = connection.execute(shown).scalars().all()
    products = catalogue.snapshot(connection, numbers)
    # Each variant stands for itself here, where its own price and stock are changed.
    listings = (variants.listing(products[each], ()) for each in numbers if each in products)
    return Page(tuple(listings), count, number, pages)


def category_names(connection: Connection) -> tuple[str, ...]:
    """The names of all categories, those without active products too, oldest first."""
    names = select(CategoryRow.name).order_by(CategoryRow.number)
    return tuple(connection.execute(names).scalars())
