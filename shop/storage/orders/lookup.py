"""Whole orders, as they were placed, with their history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, select

from shop.core.errors import OrderNotFound
from shop.core.money import Money
from shop.core.orders import (
    SHOPPER,
    Address,
    Customer,
    Order,
    OrderLine,
    Status,
    Step,
    reference_of,
)
from shop.core.pricing import Sums, VatShare
from shop.storage.engine import reading
from shop.storage.models import OrderEventRow, OrderLineRow, OrderRow, OrderVatRow
from shop.storage.orders import history

BATCH = 500
"""Orders that `each` reads at a time, with four queries."""


def by_token(engine: Engine, token: str) -> Order | None:
    """The order at this unguessable address."""
    with reading(engine) as connection:
        return one(connection, OrderRow.token == token)


def by_once_key(engine: Engine, once_key: str) -> Order | None:
    """The order that an earlier request of this checkout placed, if there is one."""
    with reading(engine) as connection:
        return one(connection, OrderRow.once_key == once_key)


def by_reference(connection: Connection, reference: str) -> Order:
    """The order with this reference, however a person writes it. Raises OrderNotFound."""
    order = one(connection, OrderRow.reference == reference_of(reference))
    if order is None:
        raise OrderNotFound(reference)
    return order


def token_for(connection: Connection, reference: str, email: str) -> str | None:
    """The token of the order with this reference and this email address, however the capitals of
    either are written. An unknown reference takes the same single query as another's order."""
    rows = connection.execute(
        select(OrderRow.token, OrderRow.email).where(OrderRow.reference == reference_of(reference))
    ).all()
    typed = email.casefold()
    return next((row.token for row in rows if row.email.casefold() == typed), None)


def everything(engine: Engine) -> list[Order]:
    """All orders, oldest first."""
    with reading(engine) as connection:
        return list(each(connection))


def each(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Order]:
    """All orders of which the conditions are true, oldest first, without holding them all in
    memory."""
    last = 0
    while True:
        rows = connection.execute(
            select(OrderRow.__table__)
            .where(OrderRow.number > last, *conditions)
            .order_by(OrderRow.number)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        yield from _whole(connection, rows)
        last = rows[-1].number


def one(connection: Connection, condition: ColumnElement[bool]) -> Order | None:
    """The only order that a condition is true of, if there is one."""
    row = connection.execute(select(OrderRow.__table__).where(condition)).one_or_none()
    return None if row is None else next(_whole(connection, [row]))


def _whole(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Order]:
    numbers = [row.number for row in rows]
    parts = [
        _of_orders(connection, table, position, numbers)
        for table, position in (
            (OrderLineRow, OrderLineRow.position),
            (OrderVatRow, OrderVatRow.basis_points),
            (OrderEventRow, OrderEventRow.position),
        )
    ]
    for row in rows:
        yield _order(row, *(part[row.number] for part in parts))


def _of_orders(
    connection: Connection, table: Any, position: Any, numbers: list[int]
) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(
        select(table.__table__)
        .where(table.order_number.in_(numbers))
        .order_by(table.order_number, position)
    ):
        found[row.order_number].append(row)
    return found


def _order(
    row: Row[Any], lines: list[Row[Any]], vat: list[Row[Any]], events: list[Row[Any]]
) -> Order:
    return Order(
        token=row.token,
        reference=row.reference,
        once_key=row.once_key,
        placed_at=row.placed_at,
        customer=Customer(row.name, row.email, _address(row), row.note),
        payment=row.payment,
        status=Status(row.status),
        lines=tuple(_order_line(line, row.currency) for line in lines),
        sums=Sums(
            subtotal=Money(row.subtotal_minor, row.currency),
            discount=Money(row.discount_minor, row.currency),
            shipping=Money(row.shipping_minor, row.currency),
            total=Money(row.total_minor, row.currency),
            vat=tuple(
                VatShare(share.basis_points, Money(share.amount_minor, row.currency))
                for share in vat
            ),
            coupon=row.coupon,
        ),
        history=_history(row, events),
        language=row.language,
    )


def _history(row: Row[Any], events: list[Row[Any]]) -> tuple[Step, ...]:
    steps = tuple(map(history.step_of, events))
    if events and events[0].position == 0:
        return steps
    # An older version of the shop, still serving after the migration, does not store the placing.
    return (Step(Status.PLACED, row.placed_at, SHOPPER), *steps)


def _address(row: Row[Any]) -> Address | str:
    if not row.country:
        return str(row.address)
    return Address(
        line_1=row.address_line_1,
        line_2=row.address_line_2,
        town=row.town,
        region=row.region,
        postcode=row.postcode,
        country=row.country,
    )


def _order_line(row: Row[Any], currency: str) -> OrderLine:
    return OrderLine(
        number=row.product_number,
        sku=row.sku,
        name=row.name,
        quantity=row.quantity,
        unit_price=Money(row.unit_price_minor, currency),
        vat_basis_points=row.vat_basis_points,
        total=Money(row.total_minor, currency),
    )
