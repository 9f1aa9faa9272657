"""How far the shop's clock is ahead of the real one: `+31d`, `-90s`, `1d12h`."""

from __future__ import annotations

import re

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
FARTHEST_DAYS = 3_650
GRAMMAR = (
    "Write an offset such as +31d, -90s or +1d12h, with d, h, m or s for days, hours, minutes or "
    f"seconds, and no more than {FARTHEST_DAYS} days."
)
_OFFSET = re.compile(r"([+-]?)((?:\d{1,9}[dhms])+)", re.ASCII)
_PART = re.compile(r"(\d+)([dhms])", re.ASCII)


def offset_seconds(text: str) -> int:
    """The seconds of an offset; 0 for an empty one. Raises ValueError, which says the grammar."""
    text = text.strip()
    if text in ("", "0"):
        return 0
    match = _OFFSET.fullmatch(text)
    seconds = 0
    if match:
        seconds = sum(int(count) * SECONDS[unit] for count, unit in _PART.findall(match[2]))
    if match is None or seconds > FARTHEST_DAYS * SECONDS["d"]:
        raise ValueError(f"{text!r} is not an offset of the clock. {GRAMMAR}")
    return -seconds if match[1] == "-" else seconds
