"""Requests as octets, because a client library would refuse to send most of them."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPResponse
from urllib.parse import quote, urlsplit

PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """A request. Its target is a path and query in ASCII; headers are Latin-1 and leave out Host,
    Content-Length and Connection."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __str__(self) -> str:
        headers = "".join(f" {name}: {_cut(value)};" for name, value in self.headers)
        return f"{self.method} {_cut(self.target)}{headers} {_cut(repr(self.body)[1:])}"


@dataclass(frozen=True, slots=True)
class Received:
    """A response: names of headers are in lower case, and its body is as it was sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for other, value in self.headers if other == name), "")

    def all(self, name: str) -> list[str]:
        return [value for other, value in self.headers if other == name]


Send = Callable[[Sent], Received]


def over_http(url: str) -> Send:
    """Sends to a server, on a connection of its own for each request.

    Raises OSError when nothing is answered in PATIENCE_SECONDS, or no HTTP.
    """
    host = urlsplit(url).netloc
    name, _, port = host.rpartition(":")

    def send(sent: Sent) -> Received:
        fixed = (("Host", host), ("Connection", "close"), ("Content-Length", str(len(sent.body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in (*fixed, *sent.headers))
        with socket.create_connection((name, int(port)), timeout=PATIENCE_SECONDS) as connection:
            request = f"{sent.method} {sent.target} HTTP/1.1\r\n{head}\r\n".encode("latin-1")
            # A server may answer what is too long before it has read it.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(request + sent.body)
            return _received(connection, sent.method)

    return send


def behind_tls(send: Send) -> Send:
    """Sends as a trusted proxy does that was reached over https."""
    proto = ("X-Forwarded-Proto", "https")
    return lambda sent: send(replace(sent, headers=(*sent.headers, proto)))


def path_quoted(text: str) -> str:
    """A text as part of a path; lone surrogates become octets that are no UTF-8."""
    return quote(text, safe="", encoding="utf-8", errors="surrogatepass")


def header_safe(text: str) -> str:
    """A text as the value of a header, without the control characters that every server refuses."""
    octets = re.sub(rb"[\0-\x1f\x7f]", b"", text.encode("utf-8", "surrogatepass"))
    return octets.decode("latin-1").strip(" ")


def _received(connection: socket.socket, method: str) -> Received:
    response = HTTPResponse(connection, method=method)
    try:
        response.begin()
        body = response.read()
    except HTTPException as error:
        raise OSError(f"no HTTP response: {type(error).__name__}") from error
    headers = tuple((name.lower(), value) for name, value in response.getheaders())
    return Received(response.status, headers, body)


def _cut(text: str, most: int = 160) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,})"
