"""Orders as a list: searched, filtered by status, and in pages, with two queries a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from shop.core.money import Money
from shop.core.orders import Status, reference_of
from shop.storage.models import OrderLineRow, OrderRow


@dataclass(frozen=True, slots=True)
class Summary:
    """An order as a list shows it. `placed_at` is Unix time in seconds."""

    reference: str
    placed_at: int
    status: Status
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


def page(
    connection: Connection,
    *,
    status: Status | None = None,
    search: str = "",
    number: int = 1,
    size: int | None = None,
) -> Page:
    """A page of the orders, newest first; of `size` orders, or all of them. A number that is out
    of range is taken to the nearest page.

    `search` finds the orders that have each of its words: in the reference, the name or the email
    address, or as the whole SKU of a line.
    """
    conditions = [_has(word) for word in search.split()]
    if status is not None:
        conditions.append(OrderRow.status == status.value)
    count = connection.execute(
        select(func.count()).select_from(OrderRow).where(*conditions)
    ).scalar_one()
    pages = max(1, -(-count // size)) if size else 1
    number = min(max(1, number), pages)
    rows = connection.execute(
        select(
            OrderRow.reference,
            OrderRow.placed_at,
            OrderRow.status,
            OrderRow.name,
            OrderRow.email,
            OrderRow.total_minor,
            OrderRow.currency,
        )
        .where(*conditions)
        .order_by(OrderRow.number.desc())
        .limit(size)
        .offset((number - 1) * size if size else None)
    )
    return Page(tuple(_summary(row) for row in rows), count, number, pages)


def _has(word: str) -> ColumnElement[bool]:
    with_sku = select(OrderLineRow.order_number).where(OrderLineRow.sku.in_({word, word.upper()}))
    return or_(
        OrderRow.reference == reference_of(word),
        OrderRow.reference.icontains(word, autoescape=True),
        OrderRow.name.icontains(word, autoescape=True),
        OrderRow.email.icontains(word, autoescape=True),
        OrderRow.number.in_(with_sku),
    )


def _summary(row: Any) -> Summary:
    return Summary(
        row.reference,
        row.placed_at,
        Status(row.status),
        row.name,
        row.email,
        Money(row.total_minor, row.currency),
    )
