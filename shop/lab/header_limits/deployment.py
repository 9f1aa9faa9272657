"""A deployment of a shop: its URL, and connections and requests to it.

Only the host and port of that URL are contacted: no redirect is followed and no proxy used. A
connection that cannot be made says nothing about a header, since none was sent.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlsplit

from shop.lab.header_limits import search
from shop.lab.header_limits.search import Attempt

COOKIE = "Cookie"
COOKIE_NAME = "way"
OWN_FIELDS = (
    ("User-Agent", "shop-limits"),
    ("Accept", "application/json"),
)
HTTP2 = "h2"
"""What a client and a server call HTTP/2 in a TLS handshake (RFC 9113, section 3.2)."""
PORTS = {"http": 80, "https": 443}
PLACE = "/limits/way/echo"
Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""An address family, and a socket address of that family."""


class NotMeasured(Exception):
    """A sentence that says why nothing could be measured, and what to do."""


class NoConnection(NotMeasured):
    """The same for a connection that failed; `why` is the reason alone, in a few words."""

    def __init__(self, sentence: str, why: str) -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a shop is. `path` is the prefix at which it is mounted, without a trailing slash."""

    scheme: str
    host: str
    port: int
    path: str
    is_insecure: bool = False
    is_http2: bool = False

    @classmethod
    def of(cls, url: str, *, is_insecure: bool = False, is_http2: bool = False) -> Deployment:
        """The deployment at a URL. Raises ValueError with the reason when there can be none."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS:
            raise ValueError("it must begin with http:// or https://")
        if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("it may have a scheme, host, port and path only")
        path = quote(parts.path.rstrip("/"), safe="/%")
        host, port = _ascii_host(parts.hostname), _port(url)
        return cls(parts.scheme, host, port, path, is_insecure, is_http2)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def writes(self, attempt: Attempt) -> tuple[bytes, ...]:
        """The request of an attempt, in one write or in two. Its probing header is a Cookie header,
        like that of a cart. The second write is the last byte: a server has read as much as it can
        without being able to use it."""
        fields = [("Host", self.authority), *OWN_FIELDS, ("Connection", "close")]
        fields += [_header(name, octets) for name, octets in attempt.fields]
        lines = [
            f"GET {self._target(attempt)} HTTP/1.1",
            *(f"{name}: {value}" for name, value in fields),
        ]
        request = "\r\n".join([*lines, "", ""]).encode("ascii")
        return (request[:-1], request[-1:]) if attempt.in_two else (request,)

    def http2_fields(self, attempt: Attempt) -> list[tuple[str, str]]:
        """The header fields of the same request over HTTP/2."""
        fields = [*OWN_FIELDS, *(_header(name, octets) for name, octets in attempt.fields)]
        return [
            (":method", "GET"),
            (":scheme", self.scheme),
            (":authority", self.authority),
            (":path", self._target(attempt)),
            *((name.lower(), text) for name, text in fields),
        ]

    def _target(self, attempt: Attempt) -> str:
        return f"{self.path}{PLACE}" + (f"?back={attempt.back}" if attempt.back else "")

    def addresses(self) -> tuple[Address, ...]:
        """The addresses of the host, from the system's resolver with its own time limit.

        Raises NotMeasured when the name is unknown.
        """
        try:
            resolved = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            raise NotMeasured(f"The name {self.host} is not known. Is it spelt right?") from None
        return tuple((family, address) for family, _, _, _, address in resolved)

    def connect(self, addresses: Sequence[Address], until: float) -> tuple[socket.socket, Address]:
        """A connection to the first of these addresses that accepts one, and that address. All of
        them share the time until `until`, on the monotonic clock. Raises NoConnection."""
        problem = OSError("no address")
        for number, address in enumerate(addresses):
            try:
                raw = _connected(address, seconds_left(until) / (len(addresses) - number))
            except OSError as refused:
                problem = refused
            else:
                return self._secured(raw, until) if self.scheme == "https" else raw, address
        is_silent = isinstance(problem, TimeoutError)
        why = "no response" if is_silent else problem.strerror or str(problem)
        raise NoConnection(f"{self._where} cannot be reached: {why}. Is the shop running?", why)

    def _secured(self, raw: socket.socket, until: float) -> socket.socket:
        try:
            raw.settimeout(seconds_left(until))
            context = _context(self.is_insecure, self.is_http2)
            secured = context.wrap_socket(raw, server_hostname=self.host)
        except ssl.SSLCertVerificationError as problem:
            raw.close()
            raise NoConnection(
                f"The certificate of {self.host} is not trusted: {problem.verify_message}. "
                "For a test set-up, add --insecure.",
                "its certificate is not trusted",
            ) from None
        except TimeoutError:
            raw.close()
            why = "no response to the TLS handshake"
            raise NoConnection(
                f"{self._where} gives {why}. Should the URL begin with http://?", why
            ) from None
        except OSError as problem:
            raw.close()
            why = str(getattr(problem, "reason", None) or problem.strerror or problem)
            raise NoConnection(
                f"{self._where} does not speak TLS: {why}. Should the URL begin with http://?",
                f"TLS: {why}",
            ) from None

        if self.is_http2 and secured.selected_alpn_protocol() != HTTP2:
            secured.close()
            raise NoConnection(
                f"{self._where} does not offer HTTP/2. Leave out --http2.", "no HTTP/2"
            )
        return secured

    @property
    def _where(self) -> str:
        return f"{self.host} port {self.port}"


@cache
def _context(is_insecure: bool, is_http2: bool) -> ssl.SSLContext:
    """Kept, because reading the system's certificates takes longer than a request."""
    context = ssl.create_default_context()
    if is_insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if is_http2:
        context.set_alpn_protocols([HTTP2])
    return context


def _connected(address: Address, patience: float) -> socket.socket:
    family, where = address
    raw = socket.socket(family, socket.SOCK_STREAM)
    try:
        raw.settimeout(patience)
        raw.connect(where)
    except OSError:
        raw.close()
        raise
    return raw


def seconds_left(until: float) -> float:
    """Seconds until this time of the monotonic clock; never 0, as sockets do not wait then."""
    return max(0.001, until - time.monotonic())


def _header(name: str, octets: int) -> tuple[str, str]:
    if name == search.FIELD:
        return COOKIE, f"{COOKIE_NAME}=".ljust(octets, "x")
    return name, "x" * octets


def _ascii_host(host: str) -> str:
    with suppress(ValueError):
        return str(ip_address(host))
    try:
        named = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("this is not a host name") from None
    if not re.fullmatch(r"[A-Za-z0-9._-]+", named):
        raise ValueError("this is not a host name")
    return named


def _port(url: str) -> int:
    parts = urlsplit(url)
    port = parts.port
    if port == 0:
        raise ValueError("0 is not a port")
    return port or PORTS[parts.scheme]
