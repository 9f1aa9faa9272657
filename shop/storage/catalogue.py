"""Products in the database, queried by number, slug or search."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Result,
    Select,
    and_,
    bindparam,
    func,
    select,
)

from shop.core.catalogue import Product, Snapshot
from shop.core.money import Money
from shop.storage.models import CategoryRow, PhotoRow, PriceRow, ProductRow
from shop.storage.photos import assignments
from shop.storage.search import Search


class Sort(Enum):
    """How a list is sorted; the value stands in its URL."""

    SHELF = "shelf"
    NAME = "name"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"


@dataclass(frozen=True, slots=True)
class Category:
    """A category, and how many active products it has."""

    slug: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` of `pages`, both counted from 1; `count` is over all pages.

    `is_partial` when no product has every word that was searched for, so that these have some.
    """

    products: tuple[Product, ...]
    count: int
    number: int
    pages: int
    is_partial: bool = False


_PRODUCT: tuple[Any, ...] = (
    ProductRow.number,
    ProductRow.sku,
    ProductRow.slug,
    ProductRow.name,
    ProductRow.description,
    CategoryRow.name,
    ProductRow.price_minor,
    ProductRow.currency,
    ProductRow.vat_basis_points,
    ProductRow.stock,
    ProductRow.image,
    ProductRow.is_active,
    ProductRow.compare_at_minor,
)
_SELECT: Select[Any] = (
    select(*_PRODUCT, *assignments.COLUMNS)
    .join(CategoryRow, CategoryRow.number == ProductRow.category_number)
    .outerjoin(
        PhotoRow,
        and_(PhotoRow.product_number == ProductRow.number, PhotoRow.position == 1),
    )
)
_BY_NUMBERS = _SELECT.where(ProductRow.number.in_(bindparam("numbers", expanding=True)))
_BY_SKUS = _SELECT.where(ProductRow.sku.in_(bindparam("skus", expanding=True)))
_BY_SLUG = _SELECT.where(ProductRow.slug == bindparam("slug"))
_FOR_SALE = _SELECT.where(ProductRow.is_active, func.coalesce(ProductRow.stock, 1) > 0)
_ORDERINGS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.SHELF: (ProductRow.number.asc(),),
    Sort.NAME: (ProductRow.name_sort_key.asc(), ProductRow.number.asc()),
    Sort.CHEAPEST: (ProductRow.price_minor.asc(), ProductRow.number.asc()),
    Sort.DEAREST: (ProductRow.price_minor.desc(), ProductRow.number.asc()),
}
_PRICES_AT = (
    select(PriceRow.product_number, PriceRow.price_minor, PriceRow.currency)
    .where(
        PriceRow.product_number.in_(bindparam("numbers", expanding=True)),
        PriceRow.since <= bindparam("moment"),
    )
    .order_by(PriceRow.since, PriceRow.number)
)
_HISTORY = (
    select(PriceRow.price_minor, PriceRow.currency, PriceRow.since)
    .where(PriceRow.product_number == bindparam("number"))
    .order_by(PriceRow.since.desc(), PriceRow.number.desc())
)
PRIOR_SECONDS = 30 * 86_400
"""How far back the lowest price before a reduction is looked for: 30 days (Directive 98/6/EC,
article 6a)."""
MAX_NUMBERS_A_QUERY = 900
"""Some databases accept no more than 999 parameters in one statement."""


def snapshot(connection: Connection, numbers: Collection[int]) -> Snapshot:
    """The products with these cookie numbers, active or not; a missing one was deleted."""
    wanted = sorted(numbers)
    found: dict[int, Product] = {}
    for at in range(0, len(wanted), MAX_NUMBERS_A_QUERY):
        chunk = wanted[at : at + MAX_NUMBERS_A_QUERY]
        products = _products(connection.execute(_BY_NUMBERS, {"numbers": chunk}))
        found.update((product.number, product) for product in products)
    return found


def by_slug(connection: Connection, slug: str) -> Product | None:
    """The product at this address, active or not."""
    products = _products(connection.execute(_BY_SLUG, {"slug": slug}))
    return products[0] if products else None


def by_skus(connection: Connection, skus: Collection[str]) -> dict[str, Product]:
    """Products by SKU, those that exist."""
    products = _products(connection.execute(_BY_SKUS, {"skus": list(skus)}))
    return {product.sku: product for product in products}


def everything(connection: Connection) -> Iterator[Product]:
    """All products, active or not, in the order of their numbers."""
    return iter(_products(connection.execute(_SELECT.order_by(ProductRow.number))))


def slugs(connection: Connection, most: int) -> tuple[str, ...]:
    """The addresses of the active products, no more than `most`."""
    active = select(ProductRow.slug).where(ProductRow.is_active).order_by(ProductRow.number)
    return tuple(connection.execute(active.limit(most)).scalars())


def active_numbers(connection: Connection) -> tuple[int, ...]:
    """The cookie numbers of the active products, in their order."""
    active = select(ProductRow.number).where(ProductRow.is_active).order_by(ProductRow.number)
    return tuple(connection.execute(active).scalars())


def categories(connection: Connection) -> tuple[Category, ...]:
    """The categories with active products, oldest first."""
    rows = connection.execute(_CATEGORIES)
    return tuple(Category(slug, name, count) for slug, name, count in rows)


def page(
    connection: Connection,
    *,
    words: str = "",
    category: str | None = None,
    sort: Sort = Sort.SHELF,
    number: int = 1,
    size: int = 12,
) -> Page:
    """A page of the active products that have every word and belong to the category.

    With words, those that match best come first on the shelf. When no product has every word, the
    page has those with some of them. A number past the end gives the last page.
    """
    conditions, ordering = _conditions(category), _ORDERINGS[sort]
    if not words:
        return _page(connection, conditions, ordering, number, size)
    asked = Search(connection.dialect.name, words)
    is_by_match = sort is Sort.SHELF
    by_rank = (asked.rank, *ordering) if is_by_match else ordering
    found = _page(connection, [asked.every_word, *conditions], by_rank, number, size)
    if found.count:
        return found
    by_misses = (asked.misses, *ordering) if is_by_match else ordering
    some = _page(connection, [asked.any_word, *conditions], by_misses, number, size)
    return replace(some, is_partial=some.count > 0)


def picks(connection: Connection, size: int) -> tuple[Product, ...]:
    """A few products for sale: the first of each category, then the second of each."""
    place = func.row_number().over(
        partition_by=ProductRow.category_number, order_by=ProductRow.number
    )
    first_of_each = _FOR_SALE.order_by(place, ProductRow.category_number).limit(size)
    return _products(connection.execute(first_of_each))


def related(connection: Connection, product: Product, size: int) -> tuple[Product, ...]:
    """Other products for sale in the same category, in order of number."""
    others = _FOR_SALE.where(
        CategoryRow.name == product.category, ProductRow.number != product.number
    )
    return _products(connection.execute(others.order_by(ProductRow.number).limit(size)))


def count(connection: Connection) -> int:
    """How many products there are, active or not."""
    return connection.execute(select(func.count()).select_from(ProductRow)).scalar_one()


def prices_at(connection: Connection, numbers: Collection[int], moment: int) -> dict[int, Money]:
    """What products cost at a moment (Unix seconds); products without a price by then are left
    out."""
    wanted = sorted(numbers)
    prices: dict[int, Money] = {}
    for at in range(0, len(wanted), MAX_NUMBERS_A_QUERY):
        chunk = wanted[at : at + MAX_NUMBERS_A_QUERY]
        rows = connection.execute(_PRICES_AT, {"numbers": chunk, "moment": moment})
        prices.update((number, Money(minor, currency)) for number, minor, currency in rows)
    return prices


def prior_price(connection: Connection, number: int) -> Money | None:
    """The lowest price that a product had in the 30 days before it came to its price of now, in the
    same currency; None when it had none before."""
    rows = connection.execute(_HISTORY, {"number": number}).all()
    if len(rows) < 2:
        return None
    now, *earlier = rows  # the newest first
    lowest = None
    for row in earlier:
        if row.currency == now.currency:
            lowest = row.price_minor if lowest is None else min(lowest, row.price_minor)
        if row.since <= now.since - PRIOR_SECONDS:  # this one stood when the 30 days began
            break
    return None if lowest is None else Money(lowest, now.currency)


def last_price_change(connection: Connection) -> int | None:
    """When any price last changed, in Unix seconds."""
    return connection.execute(select(func.max(PriceRow.since))).scalar_one()


_COUNT = (
    select(func.count())
    .select_from(ProductRow)
    .join(CategoryRow, CategoryRow.number == ProductRow.category_number)
)
_CATEGORIES = (
    select(CategoryRow.slug, CategoryRow.name, func.count())
    .join(ProductRow, ProductRow.category_number == CategoryRow.number)
    .where(ProductRow.is_active)
    .group_by(CategoryRow.number, CategoryRow.slug, CategoryRow.name)
    .order_by(CategoryRow.number)
)


def _products(rows: Result[Any]) -> tuple[Product, ...]:
    return tuple(map(_product, map(tuple, rows)))


# The same rows come back again and again: equal rows share one Product, checked once.
@lru_cache(maxsize=8192)
def _product(row: tuple[Any, ...]) -> Product:
    number, sku, slug, name, description, category, minor, currency, *rest = row
    vat_basis_points, stock, image, is_active, compare_at_minor, *photo = rest
    # Whoever changes a price past the import, by hand, may leave one that it no longer undercuts.
    is_reduced = compare_at_minor is not None and compare_at_minor > minor
    return Product(
        number,
        sku,
        slug,
        name,
        description,
        category,
        Money(minor, currency),
        vat_basis_points,
        stock,
        image,
        is_active,
        assignments.photo_of(*photo) if photo[0] else None,
        Money(compare_at_minor, currency) if is_reduced else None,
    )


def _conditions(category: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ProductRow.is_active.is_(True)]
    if category is not None:
        conditions.append(CategoryRow.slug == category)
    return conditions


def _page(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    ordering: Sequence[ColumnElement[Any]],
    number: int,
    size: int,
) -> Page:
    count = connection.execute(_COUNT.where(*conditions)).scalar_one()
    pages = max(1, -(-count // size))
    number = min(max(1, number), pages)
    offset = (number - 1) * size
    chosen = _SELECT.where(*conditions).order_by(*ordering).limit(size).offset(offset)
    return Page(_products(connection.execute(chosen)), count, number, pages)
