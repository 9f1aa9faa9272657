"""Sends what is due in the outbox, each message by one sender at a time."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

from sqlalchemy import Engine

from shop.core.orders import Order
from shop.storage.orders import outbox
from shop.storage.orders.outbox import Message

MINUTE, HOUR = 60, 3600
LEASE_SECONDS = 10 * MINUTE
PAUSES = (
    *(MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR),
    *(24 * HOUR, 24 * HOUR, 24 * HOUR),
)
"""Seconds before each further attempt: eleven in all, over about four days, which RFC 5321, section
4.5.4.1, asks for."""

MOST_ATTEMPTS = len(PAUSES) + 1


class Unavailable(Exception):
    """Nobody's mail can be sent at the moment, for a reason that is not this message's."""


Compose = Callable[[Message, Order, int], EmailMessage]
Deliver = Callable[[Message, EmailMessage], None]


def send_due(
    engine: Engine,
    compose: Compose,
    deliver: Deliver,
    *,
    now: Callable[[], int],
    is_over: Callable[[], bool] = lambda: False,
) -> tuple[int, int]:
    """Sends all messages that are due, by a clock in Unix seconds, until `is_over`; returns how
    many were sent, and how many failed.

    A ValueError means that no attempt can succeed, such as for an address that is none: the message
    is given up. Any other failure is temporary, a mistake in a template too, and holds up no other
    message, but for Unavailable: then the others wait too, and do not use up their attempts. The
    reason is kept.
    """
    sent = failed = 0
    while not is_over() and (message := _claimed(engine, now())) is not None:
        try:
            email = compose(message, outbox.order_of(engine, message), now())
            deliver(message, email)
        except Exception as error:
            is_temporary = not isinstance(error, ValueError) and message.attempts <= len(PAUSES)
            later = now() + PAUSES[message.attempts - 1] if is_temporary else None
            outbox.failed(engine, message, str(error), next_attempt_at=later)
            failed += 1
            if isinstance(error, Unavailable):
                break
        else:
            outbox.sent(engine, message, str(email["To"].addresses[0].addr_spec), now=now())
            sent += 1
    return sent, failed


def _claimed(engine: Engine, now: int) -> Message | None:
    return outbox.claim(engine, now=now, lease_seconds=LEASE_SECONDS)
