"""Mail as files, for a shop that has no mail server, and to look at."""

from __future__ import annotations

import os
from email.message import EmailMessage
from pathlib import Path

from shop.storage.orders.outbox import Message


def name_of(message: Message) -> str:
    """`ABCD-EFGH-confirmation.eml`; with a number when it was asked for again."""
    again = f"-{message.resends + 1}" if message.resends else ""
    return f"{message.reference}-{message.kind.value}{again}.eml"


def deliver(folder: Path, message: Message, email: EmailMessage) -> None:
    """Writes a message whole, readable by its owner only. Another attempt writes the same file.
    Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / name_of(message)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(email.as_bytes())
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
