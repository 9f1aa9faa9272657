"""The outbox: which mail an order causes, and what became of each message.

A message is written in the transaction that places the order or moves it on, so that there is
neither an order without its mail nor mail without its order. It is sent later, by whoever claims
it. A claim holds for a time, its lease: when a sender dies, another takes over once that has
passed. Whoever reports on a message names the claim, and a report of an older claim changes
nothing.

    waiting -> sending -> sent, waiting again, given up
    sent, given up -> waiting, when a person asks for it again
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, func, insert, or_, select, update

from shop.core.errors import MailRefused
from shop.core.orders import Order, Status, reference_of
from shop.storage.engine import reading, writing
from shop.storage.models import OrderRow, OutboxRow
from shop.storage.orders import lookup


class Kind(Enum):
    """What a message is about."""

    CONFIRMATION = "confirmation"
    NEW_ORDER = "new-order"
    SENT = "sent"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Recipient(Enum):
    """Who a message is for."""

    SHOPPER = "shopper"
    KEEPER = "keeper"


class State(Enum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    GIVEN_UP = "given up"


MESSAGES: dict[Status, tuple[tuple[Kind, Recipient], ...]] = {
    Status.PLACED: ((Kind.CONFIRMATION, Recipient.SHOPPER), (Kind.NEW_ORDER, Recipient.KEEPER)),
    Status.PAID: (),
    Status.SENT: ((Kind.SENT, Recipient.SHOPPER),),
    Status.CANCELLED: ((Kind.CANCELLED, Recipient.SHOPPER),),
    Status.REFUNDED: ((Kind.REFUNDED, Recipient.SHOPPER),),
}
"""What is written to whom when an order comes to a status."""


LARGEST_NUMBER = 2**31 - 1
"""Of a message: the largest that PostgreSQL's column for it holds."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many messages are given up, and how many wait or are being sent."""

    given_up: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. Times are Unix seconds.

    `email` is the shopper's address. `attempts` counts those since it was written or last asked
    for again. `next_attempt_at` is None once it is sent or given up; `sent_at` is None before.
    """

    number: int
    order_number: int
    kind: Kind
    recipient: Recipient
    reference: str
    email: str
    written_at: int
    attempts: int
    resends: int
    next_attempt_at: int | None
    claimed_until: int | None
    sent_at: int | None
    sent_to: str
    last_error: str

    def state(self, now: int) -> State:
        if self.sent_at is not None:
            return State.SENT
        if self.next_attempt_at is None:
            return State.GIVEN_UP
        return State.SENDING if (self.claimed_until or 0) > now else State.WAITING


def write(connection: Connection, order_number: int, status: Status, *, at: int) -> None:
    """Writes the mail of an order that comes to a status, in the caller's transaction."""
    values = [
        {
            "order_number": order_number,
            "kind": kind.value,
            "recipient": recipient.value,
            "written_at": at,
            "next_attempt_at": at,
        }
        for kind, recipient in MESSAGES[status]
    ]
    if values:
        connection.execute(insert(OutboxRow), values)


def listing(
    connection: Connection,
    *,
    reference: str = "",
    only_unsent: bool = False,
    is_given_up: bool | None = None,
    limit: int | None = None,
) -> list[Message]:
    """Messages, the newest first: of one order or of all; of those that are not sent, those that
    are given up or those that are not."""
    query = _messages().order_by(OutboxRow.number.desc()).limit(limit)
    if reference:
        query = query.where(OrderRow.reference == reference_of(reference))
    if only_unsent or is_given_up is not None:
        query = query.where(OutboxRow.sent_at.is_(None))
    if is_given_up is not None:
        query = query.where(OutboxRow.next_attempt_at.is_(None) == is_given_up)
    return [_message(row) for row in connection.execute(query)]


def counts(connection: Connection) -> Counts:
    """How many messages of the whole shop are not sent."""
    unsent, waiting = connection.execute(
        select(func.count(), func.count(OutboxRow.next_attempt_at)).where(
            OutboxRow.sent_at.is_(None)
        )
    ).one()
    return Counts(given_up=unsent - waiting, waiting=waiting)


def of_number(connection: Connection, number: int) -> Message | None:
    """The message of this number, if there is one."""
    row = connection.execute(_messages().where(OutboxRow.number == number)).one_or_none()
    return None if row is None else _message(row)


def resend(connection: Connection, number: int, *, now: int) -> Message:
    """Has a message sent again, at once and as a new one, in the caller's transaction.

    Raises MailRefused when there is none of this number, or when it is waiting or being sent.
    """
    message = of_number(connection, number)
    if message is None:
        raise MailRefused(f"There is no message {number}. Nothing was changed.")
    anew: dict[str, Any] = {
        "attempts": 0,
        "resends": message.resends + 1,
        "next_attempt_at": now,
        "sent_at": None,
        "sent_to": "",
        "last_error": "",
    }
    is_over = message.next_attempt_at is None
    if not is_over or not _changed(connection, message, **anew):
        raise MailRefused(
            f"Message {number} is waiting to be sent, or is being sent. Nothing was changed."
        )
    return replace(message, **anew)


def claim(engine: Engine, *, now: int, lease_seconds: int) -> Message | None:
    """Takes the message that has been due for longest; nobody else can until the lease has passed.
    None when nothing is due."""
    while (message := _longest_due(engine, now)) is not None:
        claimed = replace(message, attempts=message.attempts + 1, claimed_until=now + lease_seconds)
        if _change(engine, message, attempts=claimed.attempts, claimed_until=claimed.claimed_until):
            return claimed
    return None


def order_of(engine: Engine, message: Message) -> Order:
    """The order that a message is about."""
    with reading(engine) as connection:
        order = lookup.one(connection, OrderRow.number == message.order_number)
    assert order is not None, "the database deletes a message with its order"
    return order


def sent(engine: Engine, claimed: Message, to: str, *, now: int) -> bool:
    """Keeps that a claimed message was sent, and where. False when somebody else has claimed it
    since; then nothing changes."""
    return _end(engine, claimed, next_attempt_at=None, sent_at=now, sent_to=to, last_error="")


def failed(engine: Engine, claimed: Message, error: str, *, next_attempt_at: int | None) -> bool:
    """Keeps why a claimed message was not sent, and when to try again; None gives it up. False when
    somebody else has claimed it since; then nothing changes."""
    return _end(engine, claimed, next_attempt_at=next_attempt_at, last_error=error)


def _end(engine: Engine, claimed: Message, **values: Any) -> bool:
    return _change(engine, claimed, claimed_until=None, **values)


def _longest_due(engine: Engine, now: int) -> Message | None:
    with reading(engine) as connection:
        row = connection.execute(
            _messages()
            .where(
                OutboxRow.next_attempt_at <= now,
                or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until <= now),
            )
            .order_by(OutboxRow.next_attempt_at, OutboxRow.number)
            .limit(1)
        ).one_or_none()
    return None if row is None else _message(row)


def _change(engine: Engine, message: Message, **values: Any) -> bool:
    with writing(engine) as connection:
        return _changed(connection, message, **values)


def _changed(connection: Connection, message: Message, **values: Any) -> bool:
    # Unless it was claimed, or asked for again, since it was read.
    changed = connection.execute(
        update(OutboxRow)
        .where(
            OutboxRow.number == message.number,
            OutboxRow.attempts == message.attempts,
            OutboxRow.resends == message.resends,
        )
        .values(**values)
    )
    return bool(changed.rowcount == 1)


def _messages() -> Select[Any]:
    return select(OutboxRow.__table__, OrderRow.reference, OrderRow.email).join(
        OrderRow, OrderRow.number == OutboxRow.order_number
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        number=row.number,
        order_number=row.order_number,
        kind=Kind(row.kind),
        recipient=Recipient(row.recipient),
        reference=row.reference,
        email=row.email,
        written_at=row.written_at,
        attempts=row.attempts,
        resends=row.resends,
        next_attempt_at=row.next_attempt_at,
        claimed_until=row.claimed_until,
        sent_at=row.sent_at,
        sent_to=row.sent_to,
        last_error=row.last_error,
    )
