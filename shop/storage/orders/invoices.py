"""Invoices of orders: one each, numbered 1, 2, 3 without gaps (ADR 23)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from shop.core.errors import InvoiceRefused, OrderNotFound
from shop.core.orders import Status, reference_of
from shop.storage.engine import reading, writing
from shop.storage.models import InvoiceRow, OrderRow

ATTEMPTS = 20
"""How often a number is tried for, when other invoices are made at the same moment."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """The invoice of an order; `made_at` is Unix time in seconds."""

    number: int
    made_at: int


def of_order(connection: Connection, reference: str) -> Invoice | None:
    """The invoice of the order with this reference, if one has been made."""
    row = connection.execute(
        select(InvoiceRow.number, InvoiceRow.made_at)
        .join(OrderRow, OrderRow.number == InvoiceRow.order_number)
        .where(_is(reference))
    ).one_or_none()
    return None if row is None else Invoice(*row)


def make(engine: Engine, reference: str, *, by: str, at: int) -> Invoice:
    """The invoice of an order, with the next number unless it has one already.

    Raises OrderNotFound, and InvoiceRefused for an order that was cancelled.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return _made(engine, reference, by, at)
        except IntegrityError:  # somebody else has taken the number, or made this invoice
            continue
    return _made(engine, reference, by, at)


def _made(engine: Engine, reference: str, by: str, at: int) -> Invoice:
    with reading(engine) as connection:
        existing = of_order(connection, reference)
    if existing is not None:
        return existing
    with writing(engine) as connection:
        order = connection.execute(
            select(OrderRow.number, OrderRow.status).where(_is(reference)).with_for_update()
        ).one_or_none()
        if order is None:
            raise OrderNotFound(reference_of(reference))
        if order.status == Status.CANCELLED.value:
            raise InvoiceRefused(
                "An order that is cancelled needs no invoice. Nothing was changed."
            )
        last = connection.execute(select(func.max(InvoiceRow.number))).scalar_one()
        number = (last or 0) + 1
        connection.execute(
            insert(InvoiceRow).values(
                number=number, order_number=order.number, made_at=at, made_by=by
            )
        )
    return Invoice(number, at)


def _is(reference: str) -> ColumnElement[bool]:
    return OrderRow.reference == reference_of(reference)
