"""Orders are placed once, whole, with their stock and their mail, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, update
from sqlalchemy.exc import IntegrityError

from shop.core.errors import OutOfStock
from shop.core.orders import Address, Order, OrderLine, Status
from shop.storage import coupons
from shop.storage.engine import writing
from shop.storage.models import OrderLineRow, OrderRow, OrderVatRow, ProductRow
from shop.storage.orders import history, lookup, outbox


@dataclass(frozen=True, slots=True)
class Placed:
    """The order that a checkout led to; `is_new` is False when an earlier request placed it."""

    order: Order
    is_new: bool


def place(engine: Engine, order: Order) -> Placed:
    """Stores the order with its mail and takes its stock, in one transaction.

    When its `once_key` was used before, however close together the two requests came, the
    result is the earlier order. Raises OutOfStock when too little of a product is left, and
    CouponUsedUp when its coupon no longer applies; then nothing is stored.
    """
    try:
        with writing(engine) as connection:
            earlier = lookup.one(connection, OrderRow.once_key == order.once_key)
            if earlier is None:
                _keep(connection, order)
                if order.sums.coupon:
                    coupons.use(connection, order.sums.coupon, now=order.placed_at)
                _take_stock(connection, order)
    except IntegrityError:
        earlier = lookup.by_once_key(engine, order.once_key)
        if earlier is None:
            raise
    return Placed(order, is_new=True) if earlier is None else Placed(earlier, is_new=False)


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
            language=order.language,
            payment=order.payment,
            status=order.status.value,
            currency=order.sums.total.currency,
            subtotal_minor=order.sums.subtotal.minor,
            discount_minor=order.sums.discount.minor,
            coupon=order.sums.coupon,
            shipping_minor=order.sums.shipping.minor,
            total_minor=order.sums.total.minor,
        )
        .returning(OrderRow.number)
    ).scalar_one()
    connection.execute(
        insert(OrderLineRow),
        [_line_values(number, position, line) for position, line in enumerate(order.lines)],
    )
    for position, step in enumerate(order.history):
        history.keep(connection, number, position, step)
    outbox.write(connection, number, Status.PLACED, at=order.placed_at)
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
