"""Orders as a list: searched, filtered by status, and in pages, with two queries a page."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from shop.core.money import Money
from shop.core.orders import OWED, Order, Status, reference_of
from shop.storage.models import OrderEventRow, OrderLineRow, OrderRow
from shop.storage.orders import lookup

MOST_WORDS = 10
"""Of a search, since each takes time: 250 took a second among 300 orders."""

_IS_OWED = and_(
    OrderRow.status.in_(sorted(status.value for status in OWED)),
    ~exists().where(
        OrderEventRow.order_number == OrderRow.number, OrderEventRow.status == Status.PAID.value
    ),
)


_SUMMARIES = select(
    OrderRow.token,
    OrderRow.reference,
    OrderRow.placed_at,
    OrderRow.status,
    _IS_OWED.label("is_owed"),
    OrderRow.name,
    OrderRow.email,
    OrderRow.total_minor,
    OrderRow.currency,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """An order as a list shows it. `placed_at` is Unix time in seconds."""

    token: str
    reference: str
    placed_at: int
    status: Status
    is_owed: bool
    name: str
    email: str
    total: Money


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: `number` of `pages`, both counted from 1; `count` is over all pages."""

    orders: tuple[Summary, ...]
    count: int
    number: int
    pages: int


class Conditions(TypedDict, total=False):
    """Which orders a list has: those of a status, those whose money is still to come, and those
    that have each of the first MOST_WORDS words of a search: in the reference, the name or the
    email address, or as the whole SKU of a line. A search can also be one SKU that has spaces."""

    status: Status | None
    is_owed: bool
    search: str


def page(
    connection: Connection,
    *,
    number: int = 1,
    size: int | None = None,
    **conditions: Unpack[Conditions],
) -> Page:
    """A page of the orders, newest first; of `size` orders, or all of them. A number that is out
    of range is taken to the nearest page."""
    found = _conditions(**conditions)
    count = connection.execute(
        select(func.count()).select_from(OrderRow).where(*found)
    ).scalar_one()
    pages = max(1, -(-count // size)) if size else 1
    number = min(max(1, number), pages)
    rows = connection.execute(
        _SUMMARIES.where(*found)
        .order_by(OrderRow.number.desc())
        .limit(size)
        .offset((number - 1) * size if size else None)
    )
    return Page(tuple(_summary(row) for row in rows), count, number, pages)


def each(connection: Connection, **conditions: Unpack[Conditions]) -> Iterator[Order]:
    """The whole orders that `page` finds on all pages, oldest first, without holding them all in
    memory."""
    return lookup.each(connection, *_conditions(**conditions))


def of_references(connection: Connection, references: Collection[str]) -> tuple[Summary, ...]:
    """The orders with these references, newest first; one that there is not is left out."""
    if not references:
        return ()
    rows = connection.execute(
        _SUMMARIES.where(OrderRow.reference.in_(references)).order_by(OrderRow.number.desc())
    )
    return tuple(map(_summary, rows))


def _conditions(
    status: Status | None = None, is_owed: bool = False, search: str = ""
) -> list[ColumnElement[bool]]:
    words = search.split()
    conditions = [or_(and_(*map(_has, words[:MOST_WORDS])), _has_sku(search))] if words else []
    if status is not None:
        conditions.append(OrderRow.status == status.value)
    if is_owed:
        conditions.append(_IS_OWED)
    return conditions


def _has(word: str) -> ColumnElement[bool]:
    return or_(
        OrderRow.reference == reference_of(word),
        OrderRow.reference.icontains(word, autoescape=True),
        OrderRow.name.icontains(word, autoescape=True),
        OrderRow.email.icontains(word, autoescape=True),
        _has_sku(word),
    )


def _has_sku(sku: str) -> ColumnElement[bool]:
    with_sku = select(OrderLineRow.order_number).where(OrderLineRow.sku.in_({sku, sku.upper()}))
    return OrderRow.number.in_(with_sku)


def _summary(row: Any) -> Summary:
    return Summary(
        row.token,
        row.reference,
        row.placed_at,
        Status(row.status),
        bool(row.is_owed),
        row.name,
        row.email,
        Money(row.total_minor, row.currency),
    )
