"""Placeholders in Set-Cookie headers, for the host and the time of sending.

A probe must do the same every time that it is run, and so cannot know them itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import request

from shop.web.site.shop import shop

SOON_SECONDS = 600
"""How far ahead a date in the future is."""
PLACEHOLDER = re.compile(r"\{(?:soon:([^}]*)|(host|above|top|mixed|doubled))\}")


@dataclass(frozen=True, slots=True)
class Sending:
    """The time and the host that a header is sent from; `now` in Unix seconds, `host` without a
    port."""

    host: str
    now: int

    def filled(self, line: str) -> str:
        """The header with its placeholders filled in.

        `{host}` is the host, `{above}` the domain above it, `{top}` its last label, `{mixed}` the
        host in mixed case, and `{doubled}` the host with its first dot doubled. `{soon:%Y}` is a
        part of a date in ten minutes, formatted by strftime.
        """
        return PLACEHOLDER.sub(self._of, line)

    def _of(self, placeholder: re.Match[str]) -> str:
        if placeholder[1] is not None:
            return datetime.fromtimestamp(self.now + SOON_SECONDS, UTC).strftime(placeholder[1])
        return {
            "host": self.host,
            "above": self.host.partition(".")[2],
            "top": self.host.rpartition(".")[2],
            "mixed": self.host.title(),
            "doubled": self.host.replace(".", "..", 1),
        }[placeholder[2]]


def sending() -> Sending:
    """The current time, and the host of this request."""
    return Sending(urlsplit(request.host_url).hostname or "", shop().now())
