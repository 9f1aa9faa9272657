"""Breaks of order mail."""

from __future__ import annotations

from mutants.entry import Break

_OUTBOX = "shop/storage/orders/outbox.py"
_OUTBOX_TESTS = ("tests/integration/test_outbox.py",)
_WRITTEN = "    outbox.write(connection, number, order.status, at=order.placed_at)\n"

BREAKS = (
    Break(
        "an order is placed although its mail is lost",
        "A shopper hears nothing of an order, and neither does the keeper.",
        "shop/storage/orders/placing.py",
        _WRITTEN,
        "    from contextlib import suppress\n\n"
        "    with suppress(Exception), connection.begin_nested():\n"
        f"    {_WRITTEN}",
        _OUTBOX_TESTS,
    ),
    Break(
        "two senders claim one message",
        "A shopper gets each message as often as there are senders.",
        _OUTBOX,
        "            OutboxRow.attempts == message.attempts,\n",
        "",
        _OUTBOX_TESTS,
    ),
    Break(
        "a sent message stays due",
        "A shopper gets the same message every few minutes.",
        _OUTBOX,
        "return _end(engine, claimed, next_attempt_at=None, sent_at=now,",
        "return _end(engine, claimed, sent_at=now,",
        _OUTBOX_TESTS,
    ),
    Break(
        "a claim never ends",
        "A message is lost when its sender dies.",
        _OUTBOX,
        "or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until <= now)",
        "OutboxRow.claimed_until.is_(None)",
        _OUTBOX_TESTS,
    ),
    Break(
        "the keeper's mail has the key to the order's page",
        "Whoever reads the keeper's mail can pass as the shopper.",
        "shop/mail/composing.py",
        '_address_of(app, sender.url, order) if is_for_shopper else ""',
        "_address_of(app, sender.url, order)",
        ("tests/integration/test_mail.py",),
    ),
)
