"""What a browser did in a case, as its Cookie header shows it."""

from __future__ import annotations

from collections import Counter
from enum import Enum


class Outcome(Enum):
    """What a browser did, by the key of its section, in the order of the report; the second text
    is its heading."""

    DROPPED = "dropped", "It dropped a cookie that it should have sent"
    ADDED = "added", "It sent a cookie that it should not have sent"
    CHANGED = "changed", "It sent a cookie with another name or value"
    REORDERED = "reordered", "It sent the cookies in another order"
    UNRECORDED = "unrecorded", "It sent something else that was not recorded"
    AS_REQUIRED = "as-required", "It did what RFC 6265bis requires"
    UNTESTED = "untested", "Not tested here"

    def __init__(self, key: str, title: str) -> None:
        self.key, self.title = key, title

    @property
    def is_tested(self) -> bool:
        return self is not Outcome.UNTESTED

    @property
    def deviates(self) -> bool:
        return self.is_tested and self is not Outcome.AS_REQUIRED


def deviation(expected: tuple[str, ...], received: str) -> Outcome:
    """How a Cookie header deviates from the expected one; from the one most like it, where several
    will do. Both are texts as in the header, empty for none."""
    nearest = min(expected, key=lambda text: sum(len(part) for part in _apart(text, received)))
    lost, extra = _apart(nearest, received)
    if lost and extra:
        return Outcome.CHANGED
    if lost:
        return Outcome.DROPPED
    return Outcome.ADDED if extra else Outcome.REORDERED


def _apart(expected: str, received: str) -> tuple[list[str], list[str]]:
    due, sent = (Counter(filter(None, text.split("; "))) for text in (expected, received))
    return list((due - sent).elements()), list((sent - due).elements())
