"""Sends mail again and again, until it is told to end."""

from __future__ import annotations

import logging
import select
import signal
from collections.abc import Callable
from typing import IO

ROUND_SECONDS = 1.0
"""Between two looks at the outbox, each of which is one query over an index."""
PAUSE_SECONDS = 60.0
"""After a failure of the database, for example."""


class Ending:
    """The end of a stream, or SIGTERM."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._is_told = False
        signal.signal(signal.SIGTERM, self._tell)

    def has_come(self, within_seconds: float = 0.0) -> bool:
        """Waits for the end no longer than this; nobody writes to the stream."""
        waited = 0.0
        while not self._is_told:
            step = min(ROUND_SECONDS, within_seconds - waited)  # a signal ends no `select`
            if select.select([self._stream], [], [], step)[0]:
                return True
            waited += step
            if waited >= within_seconds:
                break
        return self._is_told

    def _tell(self, *_: object) -> None:
        self._is_told = True


def watch(send: Callable[[], object], has_ended: Callable[[float], bool]) -> None:
    """Calls `send` until `has_ended`, which waits for so many seconds. What `send` raises is
    logged, and ends nothing."""
    while True:
        pause = ROUND_SECONDS
        try:
            send()
        except Exception:
            logging.getLogger("shop.mail").exception("no mail is sent")
            pause = PAUSE_SECONDS
        if has_ended(pause):
            return
