"""Attempts to pay orders: begun for an order, and settled by the notices of the provider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, update

from shop.core.errors import NoticeRefused
from shop.core.money import Money
from shop.core.orders import Order, Status, Step
from shop.core.payment import Attempt, Notice, State, after
from shop.storage.engine import writing
from shop.storage.models import OrderRow, PaymentAttemptRow, PaymentNoticeRow
from shop.storage.orders import advancing, lookup


@dataclass(frozen=True, slots=True)
class Kept:
    """An attempt as it is stored: times are Unix seconds, `settled_at` None while it is open."""

    provider: str
    key: str
    amount: Money
    state: State
    begun_at: int
    settled_at: int | None


def keep(engine: Engine, order: Order, provider: str, attempt: Attempt, at: int) -> None:
    """Stores a new attempt to pay an order's total."""
    with writing(engine) as connection:
        number = connection.execute(
            select(OrderRow.number).where(OrderRow.token == order.token)
        ).scalar_one()
        connection.execute(
            insert(PaymentAttemptRow).values(
                provider=provider,
                key=attempt.key,
                order_number=number,
                amount_minor=order.sums.total.minor,
                currency=order.sums.total.currency,
                state=State.OPEN.value,
                begun_at=at,
            )
        )


def of_order(connection: Connection, token: str) -> list[Kept]:
    """The attempts to pay an order, oldest first."""
    rows = connection.execute(
        select(PaymentAttemptRow.__table__)
        .join(OrderRow, OrderRow.number == PaymentAttemptRow.order_number)
        .where(OrderRow.token == token)
        .order_by(PaymentAttemptRow.begun_at, PaymentAttemptRow.key)
    )
    return [
        Kept(
            row.provider,
            row.key,
            Money(row.amount_minor, row.currency),
            State(row.state),
            row.begun_at,
            row.settled_at,
        )
        for row in rows
    ]


def surplus(order: Order, tried: Iterable[Kept]) -> list[Kept]:
    """Those of an order's attempts whose money it had no use for, because it was paid or cancelled
    already: a keeper must give it back."""
    used = {step.note for step in order.history if step.status is Status.PAID}
    return [
        each
        for each in tried
        if each.state is State.PAID and _note(each.provider, each.key) not in used
    ]


def take(engine: Engine, provider: str, notice: Notice, *, by: str, at: int) -> Order | None:
    """Takes a provider's notice, in one transaction: the attempt's state, and the order's, which
    is paid by `by` when it waited for that. A notice that was taken before changes nothing.

    Returns the order when it has no use for the money, because it is paid already or cancelled: a
    keeper must give it back.

    Raises NoticeRefused for an attempt that the shop did not begin, or another amount, and what
    `advancing.take` raises when somebody else moves the order at this moment: then nothing is
    stored, and the provider may send the notice again.
    """
    with writing(engine) as connection:
        attempt = connection.execute(
            select(PaymentAttemptRow.__table__)
            .where(PaymentAttemptRow.provider == provider, PaymentAttemptRow.key == notice.attempt)
            .with_for_update()  # so that two notices of one attempt take turns
        ).one_or_none()
        if attempt is None:
            raise NoticeRefused("this shop began no such attempt")
        if notice.amount != Money(attempt.amount_minor, attempt.currency):
            raise NoticeRefused("the amount is not that of the attempt")
        order = lookup.one(connection, OrderRow.number == attempt.order_number)
        assert order is not None, "an attempt goes when its order does"
        if not _is_new(connection, provider, notice.key):
            return None
        _keep_notice(connection, provider, notice, at)
        before = State(attempt.state)
        state = after(before, notice.state)
        if state is before:
            return None
        connection.execute(
            update(PaymentAttemptRow)
            .where(PaymentAttemptRow.provider == provider, PaymentAttemptRow.key == notice.attempt)
            .values(state=state.value, settled_at=at)
        )
        if state is not State.PAID:
            return None
        if order.status is not Status.PLACED:
            return order
        step = Step(Status.PAID, at, by, note=_note(provider, notice.attempt))
        advancing.take(connection, order.reference, step)
    return None


def _note(provider: str, key: str) -> str:
    return f"{provider} {key}"


def _is_new(connection: Connection, provider: str, key: str) -> bool:
    known = select(PaymentNoticeRow.key).where(
        PaymentNoticeRow.provider == provider, PaymentNoticeRow.key == key
    )
    return connection.execute(known).one_or_none() is None


def _keep_notice(connection: Connection, provider: str, notice: Notice, at: int) -> None:
    connection.execute(
        insert(PaymentNoticeRow).values(
            provider=provider,
            key=notice.key,
            attempt_key=notice.attempt,
            state=notice.state.value,
            taken_at=at,
        )
    )
