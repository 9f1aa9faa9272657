"""Orders move on: one step at a time, whole, with its mail and the stock that it gives back."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, select, update

from shop.core import orders
from shop.core.orders import Order, Status, Step, reference_of
from shop.storage import coupons
from shop.storage.engine import writing
from shop.storage.models import OrderRow, ProductRow
from shop.storage.orders import history, lookup, outbox


def advance(
    engine: Engine,
    reference: str,
    status: Status,
    *,
    by: str,
    at: int,
    note: str = "",
    tracking: str = "",
) -> Order:
    """Moves an order on, in one transaction, and returns it as it is then.

    Raises what `take` raises; then nothing is changed.
    """
    with writing(engine) as connection:
        return take(connection, reference, Step(status, at, by, note, tracking))


def take(connection: Connection, reference: str, step: Step) -> Order:
    """Takes a step of an order inside the caller's transaction, which may write more with it.

    Raises OrderNotFound, and TransitionRefused when the order cannot come to this status, perhaps
    because somebody else has moved it on meanwhile; the caller's transaction must then be rolled
    back.
    """
    number = connection.execute(
        select(OrderRow.number)
        .where(OrderRow.reference == reference_of(reference))
        .with_for_update()  # so that two keepers take turns
    ).scalar_one_or_none()
    before = lookup.by_reference(connection, reference)
    assert number is not None, "the order was found"
    after = orders.advance(before, step)
    connection.execute(
        update(OrderRow).where(OrderRow.number == number).values(status=after.status.value)
    )
    history.keep(connection, number, len(before.history), step)
    outbox.write(connection, number, step.status, at=step.at)
    if orders.returns_stock(before, step.status):
        _give_stock_back(connection, before)
    if step.status is Status.CANCELLED and before.sums.coupon:
        coupons.give_back(connection, before.sums.coupon)
    return after


def _give_stock_back(connection: Connection, order: Order) -> None:
    # In the order of the numbers, as when it was taken, so that nobody locks another out.
    for line in sorted(order.lines, key=lambda line: line.number):
        connection.execute(
            update(ProductRow)
            .where(ProductRow.number == line.number, ProductRow.stock.is_not(None))
            .values(stock=ProductRow.stock + line.quantity)
        )
