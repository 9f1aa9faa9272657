"""Holes in Set-Cookie lines, for what is known only when a line is sent: the host and the time.

A probe must be the same every time that it is run, and so cannot know them itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

SOON_SECONDS = 600
"""How far ahead a date is that stands for one in the future."""
PLACEHOLDER = re.compile(r"\{(?:soon:([^}]*)|(host|above|top|mixed|doubled))\}")


@dataclass(frozen=True, slots=True)
class Sending:
    """When and from which host a line is sent; `now` in Unix seconds, `host` without a port."""

    host: str
    now: int

    def filled(self, line: str) -> str:
        """The line with its holes filled.

        `{host}` is the host; `{above}` and `{top}` are the domain it is in and the last label
        of it, `{mixed}` is it in mixed case, `{doubled}` is it with its first dot doubled;
        `{soon:%Y}` is a part of a date in ten minutes, in the words of strftime.
        """
        return PLACEHOLDER.sub(self._of, line)

    def _of(self, hole: re.Match[str]) -> str:
        if hole[1] is not None:
            return datetime.fromtimestamp(self.now + SOON_SECONDS, UTC).strftime(hole[1])
        return {
            "host": self.host,
            "above": self.host.partition(".")[2],
            "top": self.host.rpartition(".")[2],
            "mixed": self.host.title(),
            "doubled": self.host.replace(".", "..", 1),
        }[hole[2]]
