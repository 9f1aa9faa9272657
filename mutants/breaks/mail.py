"""Breaks of order mail."""

from __future__ import annotations

from mutants.entry import Break

_OUTBOX = "shop/storage/orders/outbox.py"
_OUTBOX_TESTS = ("tests/integration/test_outbox.py",)
_SMTP = "shop/mail/smtp.py"
_SMTP_TESTS = ("tests/integration/test_smtp.py",)
_SENDER_TESTS = ("tests/integration/test_mail_sender.py",)
_WRITTEN = "    outbox.write(connection, number, Status.PLACED, at=order.placed_at)\n"

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
    Break(
        "a password is sent without encryption",
        "Whoever listens on the way to the mail server can send mail as the shop.",
        _SMTP,
        "    elif not server.is_tls and server.user:\n",
        "    elif False:\n",
        _SMTP_TESTS,
    ),
    Break(
        "a password is sent to a server with any certificate",
        "Whoever stands in the way of the mail server gets the shop's password.",
        _SMTP,
        "    if not server.user:\n        # There",
        "    if True:\n        # There",
        _SMTP_TESTS,
    ),
    Break(
        "a mailbox that does not exist is written to for four days",
        "Mail servers come to take the shop for a sender of spam.",
        _SMTP,
        "kind = ValueError if 500 <= code < 600 else Refused",
        "kind = Refused",
        _SMTP_TESTS,
    ),
    Break(
        "a message that was accepted is sent again",
        "A shopper gets each message eleven times from a server that ends without a farewell.",
        _SMTP,
        "            with suppress(OSError):  # it is accepted, whatever comes now\n"
        "                smtp.quit()\n",
        "            smtp.quit()\n",
        _SMTP_TESTS,
    ),
    Break(
        "a server that drips its replies outlasts a claim",
        "Another sender takes the message meanwhile, and a shopper gets it twice.",
        _SMTP,
        "        left = self._until - time.monotonic()\n",
        "        left = patience\n",
        _SMTP_TESTS,
    ),
    Break(
        "a mail server that is slow to accept is not waited for",
        "A shopper gets a message each time that the server takes half a minute over it.",
        _SMTP,
        "smtp.sock.settimeout(PATIENCE_AT_END * patience_seconds)",
        "smtp.sock.settimeout(patience_seconds)",
        _SMTP_TESTS,
    ),
    Break(
        "a repeated message has another Message-ID",
        "Nobody can tell that two messages are the same one.",
        "shop/mail/composing.py",
        "{message.number}.{message.resends}@",
        "{message.number}.{message.attempts}@",
        _SMTP_TESTS,
    ),
    Break(
        "a server that is down is tried by every message",
        "One bad hour uses up the attempts of all mail.",
        "shop/mail/sending.py",
        "            if isinstance(error, Unavailable):\n                break\n",
        "",
        _SMTP_TESTS,
    ),
    Break(
        "the sender of mail outlives the shop",
        "After every restart there is one process more.",
        "shop/mail/watching.py",
        "                return True\n",
        "                pass\n",
        _SENDER_TESTS,
    ),
    Break(
        "a sender of mail that crashed stays away",
        "No mail is sent until somebody restarts the shop.",
        "shop/side_process.py",
        "        if self._process is not None and self._process.poll() is None:\n",
        "        if self._process is not None:\n",
        _SENDER_TESTS,
    ),
)
