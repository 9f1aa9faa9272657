"""Orders in the database: placed once, whole, with their stock, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from shop.core.errors import OutOfStock
from shop.core.money import Money
from shop.core.orders import Address, Customer, Order, OrderLine, Status
from shop.core.pricing import Sums, VatShare
from shop.storage.engine import reading, writing
from shop.storage.models import OrderLineRow, OrderRow, OrderVatRow, ProductRow


@dataclass(frozen=True, slots=True)
class Placed:
    """The order that a checkout led to; `is_new` is False when an earlier request placed it."""

    order: Order
    is_new: bool


def place(engine: Engine, order: Order) -> Placed:
    """Stores the order and takes its stock, in one transaction.

    When its `once_key` was used before, however close together the two requests came, the
    result is the earlier order. Raises OutOfStock when too little of a product is left; then
    nothing is stored.
    """
    try:
        with writing(engine) as connection:
            earlier = _one(connection, OrderRow.once_key == order.once_key)
            if earlier is None:
                _keep(connection, order)
                _take_stock(connection, order)
    except IntegrityError:
        earlier = by_once_key(engine, order.once_key)
        if earlier is None:
            raise
    return Placed(order, is_new=True) if earlier is None else Placed(earlier, is_new=False)


def by_token(engine: Engine, token: str) -> Order | None:
    """The order at this unguessable address."""
    with reading(engine) as connection:
        return _one(connection, OrderRow.token == token)


def by_once_key(engine: Engine, once_key: str) -> Order | None:
    """The order that an earlier request of this checkout placed, if there is one."""
    with reading(engine) as connection:
        return _one(connection, OrderRow.once_key == once_key)


def everything(engine: Engine) -> list[Order]:
    """All orders, oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(select(OrderRow.__table__).order_by(OrderRow.number)).all()
        return [_whole(connection, row) for row in rows]


def _keep(connection: Connection, order: Order) -> None:
    number = connection.execute(
        insert(OrderRow)
        .values(
            token=order.token,
            reference=order.reference,
            once_key=order.once_key,
            placed_at=order.placed_at,
            name=order.customer.name,
            email=order.customer.email,
            **_address_values(order.customer.address),
            note=order.customer.note,
            payment=order.payment,
            status=order.status.value,
            currency=order.sums.total.currency,
            subtotal_minor=order.sums.subtotal.minor,
            shipping_minor=order.sums.shipping.minor,
            total_minor=order.sums.total.minor,
        )
        .returning(OrderRow.number)
    ).scalar_one()
    connection.execute(
        insert(OrderLineRow),
        [_line_values(number, position, line) for position, line in enumerate(order.lines)],
    )
    if order.sums.vat:
        connection.execute(
            insert(OrderVatRow),
            [
                {
                    "order_number": number,
                    "basis_points": share.basis_points,
                    "amount_minor": share.amount.minor,
                }
                for share in order.sums.vat
            ],
        )


def _address_values(address: Address | str) -> dict[str, str]:
    if isinstance(address, str):
        return {"address": address}
    return {
        "address": "",
        "address_line_1": address.line_1,
        "address_line_2": address.line_2,
        "town": address.town,
        "region": address.region,
        "postcode": address.postcode,
        "country": address.country,
    }


def _line_values(number: int, position: int, line: OrderLine) -> dict[str, object]:
    return {
        "order_number": number,
        "position": position,
        "product_number": line.number,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price.minor,
        "vat_basis_points": line.vat_basis_points,
        "total_minor": line.total.minor,
    }


def _take_stock(connection: Connection, order: Order) -> None:
    # In the order of the numbers, so that two orders at once cannot lock each other out.
    for line in sorted(order.lines, key=lambda line: line.number):
        taken = connection.execute(
            update(ProductRow)
            .where(
                ProductRow.number == line.number,
                ProductRow.is_active,
                ProductRow.stock.is_(None) | (ProductRow.stock >= line.quantity),
            )
            .values(stock=ProductRow.stock - line.quantity)
        )
        if taken.rowcount != 1:
            raise OutOfStock(line.number)


def _one(connection: Connection, condition: ColumnElement[bool]) -> Order | None:
    row = connection.execute(select(OrderRow.__table__).where(condition)).one_or_none()
    return None if row is None else _whole(connection, row)


def _whole(connection: Connection, row: Row[Any]) -> Order:
    lines = connection.execute(
        select(OrderLineRow.__table__)
        .where(OrderLineRow.order_number == row.number)
        .order_by(OrderLineRow.position)
    )
    shares = connection.execute(
        select(OrderVatRow.basis_points, OrderVatRow.amount_minor)
        .where(OrderVatRow.order_number == row.number)
        .order_by(OrderVatRow.basis_points)
    )
    return _order(
        row,
        tuple(_order_line(line, row.currency) for line in lines),
        tuple(VatShare(rate, Money(minor, row.currency)) for rate, minor in shares),
    )


def _order(row: Row[Any], lines: tuple[OrderLine, ...], vat: tuple[VatShare, ...]) -> Order:
    return Order(
        token=row.token,
        reference=row.reference,
        once_key=row.once_key,
        placed_at=row.placed_at,
        customer=Customer(row.name, row.email, _address(row), row.note),
        payment=row.payment,
        status=Status(row.status),
        lines=lines,
        sums=Sums(
            subtotal=Money(row.subtotal_minor, row.currency),
            shipping=Money(row.shipping_minor, row.currency),
            total=Money(row.total_minor, row.currency),
            vat=vat,
        ),
    )


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
