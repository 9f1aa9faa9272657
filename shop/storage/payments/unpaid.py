"""Orders whose payment never came: they are cancelled, and their goods can be sold again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine, select

from shop.core.errors import TransitionRefused
from shop.core.orders import SHOP, Status, Step
from shop.storage.engine import reading, writing
from shop.storage.models import OrderRow, PaymentAttemptRow
from shop.storage.orders import advancing

NOTE = "No payment came."


def cancel(engine: Engine, codes: Sequence[str], *, before: int, at: int) -> list[str]:
    """Cancels the orders with one of these payment methods that wait for a payment, and that were
    placed, and last tried to be paid, before a moment in Unix seconds. Returns their references.

    Each is a transaction of its own. An order that is paid or moved on meanwhile is left alone.
    """
    with reading(engine) as connection:
        tried_since = select(PaymentAttemptRow.order_number).where(
            PaymentAttemptRow.begun_at >= before
        )
        references = connection.execute(
            select(OrderRow.reference)
            .where(
                OrderRow.status == Status.PLACED.value,
                OrderRow.payment.in_(codes),
                OrderRow.placed_at < before,
                OrderRow.number.not_in(tried_since),
            )
            .order_by(OrderRow.number)
        ).scalars()
        due = list(references)
    return [reference for reference in due if _is_cancelled(engine, reference, at)]


def _is_cancelled(engine: Engine, reference: str, at: int) -> bool:
    step = Step(Status.CANCELLED, at, SHOP, NOTE)
    try:
        with writing(engine) as connection:
            advancing.take(connection, reference, step)
    except TransitionRefused:
        return False
    return True
