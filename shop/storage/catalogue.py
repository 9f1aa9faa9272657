"""Products in the database, queried by number, slug or search."""

from __future__ import annotations

import json
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
    or_,
    select,
)

from shop.core import variants as choosing
from shop.core.catalogue import Group, Listing, Product, Snapshot
from shop.core.money import Money
from shop.storage.models import CategoryRow, GroupRow, PhotoRow, ProductRow
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
    """A category, and how many active products it has; those of a group count as one."""

    slug: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` of `pages`, both counted from 1; `count` is over all pages.

    A group is listed once. `is_partial` when no product has every word that was searched for, so
    that these have some.
    """

    listings: tuple[Listing, ...]
    count: int
    number: int
    pages: int
    is_partial: bool = False

    @property
    def products(self) -> tuple[Product, ...]:
        """The products of the list, each of which may stand for its group."""
        return tuple(listing.product for listing in self.listings)


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
    ProductRow.options,
    GroupRow.slug,
    GroupRow.name,
    GroupRow.options,
)
_SELECT: Select[Any] = (
    select(*_PRODUCT, *assignments.COLUMNS)
    .join(CategoryRow, CategoryRow.number == ProductRow.category_number)
    .outerjoin(GroupRow, GroupRow.number == ProductRow.group_number)
    .outerjoin(
        PhotoRow,
        and_(PhotoRow.product_number == ProductRow.number, PhotoRow.position == 1),
    )
)
_BY_NUMBERS = _SELECT.where(ProductRow.number.in_(bindparam("numbers", expanding=True)))
_BY_SKUS = _SELECT.where(ProductRow.sku.in_(bindparam("skus", expanding=True)))
_BY_SLUG = _SELECT.where(ProductRow.slug == bindparam("slug"))
_GROUPS = select(GroupRow.number).where(GroupRow.slug.in_(bindparam("slugs", expanding=True)))
_BY_GROUPS = _SELECT.where(ProductRow.group_number.in_(_GROUPS)).order_by(ProductRow.number)
_IN_STOCK = func.coalesce(ProductRow.stock, 1) > 0
_FOR_SALE: tuple[ColumnElement[bool], ...] = (ProductRow.is_active.is_(True), _IN_STOCK)
_ORDERINGS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.SHELF: (ProductRow.number.asc(),),
    Sort.NAME: (ProductRow.name_sort_key.asc(), ProductRow.number.asc()),
    Sort.CHEAPEST: (ProductRow.price_minor.asc(), ProductRow.number.asc()),
    Sort.DEAREST: (ProductRow.price_minor.desc(), ProductRow.number.asc()),
}
# Which of a group stands for it. Lists by price show its lowest price, in whatever order they are.
_FIRST_OF_GROUP: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.CHEAPEST: (_IN_STOCK.desc(), *_ORDERINGS[Sort.CHEAPEST]),
    Sort.DEAREST: (_IN_STOCK.desc(), *_ORDERINGS[Sort.CHEAPEST]),
}
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


def variants(connection: Connection, group: str) -> tuple[Product, ...]:
    """The products of the group at this address, active or not, in the order of their numbers; none
    when there is no such group."""
    return _products(connection.execute(_BY_GROUPS, {"slugs": [group]}))


def by_skus(connection: Connection, skus: Collection[str]) -> dict[str, Product]:
    """Products by SKU, those that exist."""
    products = _products(connection.execute(_BY_SKUS, {"skus": list(skus)}))
    return {product.sku: product for product in products}


def everything(connection: Connection) -> Iterator[Product]:
    """All products, active or not, in the order of their numbers."""
    return iter(_products(connection.execute(_SELECT.order_by(ProductRow.number))))


def slugs(connection: Connection, most: int) -> tuple[str, ...]:
    """The addresses of the active products, no more than `most`; those of a group have one."""
    address = func.coalesce(GroupRow.slug, ProductRow.slug)
    active = (
        select(address)
        .select_from(ProductRow)
        .outerjoin(GroupRow, GroupRow.number == ProductRow.group_number)
        .where(ProductRow.is_active)
        .group_by(address)
        .order_by(func.min(ProductRow.number))
    )
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
    page has those with some of them. A group is on it once, for the first of its products that has
    them. A number past the end gives the last page.
    """
    conditions = _conditions(category)
    if not words:
        return _page(connection, conditions, _Order.of(sort), number, size)
    asked = Search(connection.dialect.name, words)
    by_rank = _Order.of(sort, asked.rank)
    found = _page(connection, [asked.every_word, *conditions], by_rank, number, size)
    if found.count:
        return found
    by_misses = _Order.of(sort, asked.misses)
    some = _page(connection, [asked.any_word, *conditions], by_misses, number, size)
    return replace(some, is_partial=some.count > 0)


def picks(connection: Connection, size: int) -> tuple[Listing, ...]:
    """A few products for sale: the first of each category, then the second of each."""
    place = func.row_number().over(
        partition_by=ProductRow.category_number, order_by=ProductRow.number
    )
    conditions = [*_FOR_SALE, _once_a_group(_FOR_SALE, _ORDERINGS[Sort.SHELF])]
    chosen = _SELECT.where(*conditions).order_by(place, ProductRow.category_number).limit(size)
    return _listings(connection, chosen)


def related(connection: Connection, product: Product, size: int) -> tuple[Listing, ...]:
    """Others for sale in the same category, in order of number."""
    conditions = [
        *_FOR_SALE,
        CategoryRow.name == product.category,
        ProductRow.number != product.number,
    ]
    if product.group is not None:
        others = select(GroupRow.number).where(GroupRow.slug == product.group.slug)
        conditions.append(others.scalar_subquery() != _GROUP_OR_NONE)
    once = _once_a_group(conditions, _ORDERINGS[Sort.SHELF])
    chosen = _SELECT.where(*conditions, once).order_by(ProductRow.number).limit(size)
    return _listings(connection, chosen)


def count(connection: Connection) -> int:
    """How many products there are, active or not."""
    return connection.execute(select(func.count()).select_from(ProductRow)).scalar_one()


# Products without a group, and groups: a group counts once, however many of its variants do.
_LISTED = (
    func.count()
    - func.count(ProductRow.group_number)
    + func.count(ProductRow.group_number.distinct())
)
_COUNT = (
    select(_LISTED)
    .select_from(ProductRow)
    .join(CategoryRow, CategoryRow.number == ProductRow.category_number)
)
_MEMBERS = (
    select(ProductRow.number)
    .join(CategoryRow, CategoryRow.number == ProductRow.category_number)
    .where(ProductRow.group_number > 0)
)
# Not the bare column, for which SQLite would use its index, and then sort the whole catalogue.
_GROUP_OR_NONE = func.coalesce(ProductRow.group_number, 0)
_CATEGORIES = (
    select(CategoryRow.slug, CategoryRow.name, _LISTED)
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
    vat_basis_points, stock, image, is_active, compare_at_minor, *rest = rest
    options, group_slug, group_name, group_options, *photo = rest
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
        Group(group_slug, group_name, tuple(json.loads(group_options))) if group_slug else None,
        tuple(json.loads(options)) if group_slug else (),
    )


def _listings(connection: Connection, chosen: Select[Any]) -> tuple[Listing, ...]:
    products = _products(connection.execute(chosen))
    slugs = {product.group.slug for product in products if product.group}
    sold: dict[str, list[Product]] = {slug: [] for slug in slugs}
    if slugs:
        for variant in _products(connection.execute(_BY_GROUPS, {"slugs": sorted(slugs)})):
            if variant.group and variant.is_active:
                sold[variant.group.slug].append(variant)
    return tuple(
        choosing.listing(product, sold[product.group.slug] if product.group else ())
        for product in products
    )


def _conditions(category: str | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ProductRow.is_active.is_(True)]
    if category is not None:
        conditions.append(CategoryRow.slug == category)
    return conditions


@dataclass(frozen=True, slots=True)
class _Order:
    listed: tuple[ColumnElement[Any], ...]
    within_group: tuple[ColumnElement[Any], ...]

    @classmethod
    def of(cls, sort: Sort, match: ColumnElement[Any] | None = None) -> _Order:
        listed = _ORDERINGS[sort]
        if match is not None and sort is Sort.SHELF:
            listed = (match, *listed)
        return cls(listed, _FIRST_OF_GROUP.get(sort, listed))


def _once_a_group(
    conditions: Sequence[ColumnElement[bool]], within: Sequence[ColumnElement[Any]]
) -> ColumnElement[bool]:
    place = func.row_number().over(partition_by=ProductRow.group_number, order_by=within)
    members = _MEMBERS.add_columns(place.label("place")).where(*conditions).subquery()
    first = select(members.c.number).where(members.c.place == 1)
    return or_(_GROUP_OR_NONE == 0, ProductRow.number.in_(first))


def _page(
    connection: Connection,
    conditions: Sequence[ColumnElement[bool]],
    order: _Order,
    number: int,
    size: int,
) -> Page:
    count = connection.execute(_COUNT.where(*conditions)).scalar_one()
    pages = max(1, -(-count // size))
    number = min(max(1, number), pages)
    offset = (number - 1) * size
    once = _once_a_group(conditions, order.within_group)
    chosen = _SELECT.where(*conditions, once).order_by(*order.listed).limit(size).offset(offset)
    return Page(_listings(connection, chosen), count, number, pages)
