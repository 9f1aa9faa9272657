"""A browser behind a proxy, as far as the shop can tell: cookies, and the headers of requests."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

Exchange = Callable[[bytes], tuple[int, bytes, bytes]]
"""Sends a request; gives status, header and body of its response."""
LONGEST_FAULT = 200


class Fault(Exception):
    """A response that a shopper did not expect."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: the header's octets, and the body as it was before compression."""

    status: int
    header: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where a redirect leads; empty without one."""
        return next(iter(_values(self.header, "location")), "")


@dataclass(slots=True)
class Browser:
    """One shopper's browser, at an IP address of its own.

    It is behind a proxy that speaks https with it: `exchange` is the proxy's connection, and the
    requests say what a proxy would say of them.
    """

    exchange: Exchange
    host: str
    address: str
    language: str = "en"
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Values and paths, by name."""

    def value(self, name: str) -> str:
        """A cookie's value; empty without the cookie."""
        return self.cookies.get(name, ("", ""))[0]

    def get(self, path: str) -> Response:
        """Loads a page. Raises Fault when it is none."""
        return self._ask("GET", path, "", "", 200)

    def follow(self, path: str) -> Response:
        """Loads a page, and follows its redirects."""
        while True:
            response = self._ask("GET", path, "", "", 200, 303)
            if response.status == 200:
                return response
            path = response.location

    def post(self, path: str, form: str) -> Response:
        """Sends a form. Raises Fault when no redirect answers it."""
        head = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n"
        return self._ask("POST", path, f"{head}Content-Length: {len(form)}\r\n", form, 303)

    def _ask(self, method: str, path: str, head: str, body: str, *expected: int) -> Response:
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nX-Forwarded-For: {self.address}\r\n"
            f"X-Forwarded-Proto: https\r\nAccept-Encoding: gzip\r\n"
            f"Accept-Language: {self.language}\r\n{self._cookie_header(path)}{head}\r\n{body}"
        )
        status, header, received = self.exchange(request.encode("ascii"))
        for line in _values(header, "set-cookie"):
            self._take(line)
        if status not in expected:
            text = received[:LONGEST_FAULT].decode("utf-8", "replace")
            raise Fault(f"{method} {path.partition('?')[0]}: {status} {text}".strip())
        if "gzip" in _values(header, "content-encoding"):
            received = gzip.decompress(received)
        return Response(status, header, received)

    def _cookie_header(self, path: str) -> str:
        sent = [
            f"{name}={value}"
            for name, (value, below) in self.cookies.items()
            if path.startswith(below)
        ]
        return f"Cookie: {'; '.join(sent)}\r\n" if sent else ""

    def _take(self, line: str) -> None:
        pair, *attributes = line.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
            return
        paths = [one.removeprefix("Path=") for one in attributes if one.startswith("Path=")]
        self.cookies[name] = (value, paths[0] if paths else "/")


def _values(header: bytes, name: str) -> list[str]:
    start = f"{name}: "
    return [
        line[len(start) :]
        for line in header.decode("latin-1").split("\r\n")
        if line[: len(start)].lower() == start
    ]
