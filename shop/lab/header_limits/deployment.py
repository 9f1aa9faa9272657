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
    ("Connection", "close"),
)
PORTS = {"http": 80, "https": 443}
PLACE = "/limits/way/echo"
Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""A family, and a socket's address in it."""


class NotMeasured(Exception):
    """A sentence that says why nothing could be asked, and what to do."""


class NoConnection(NotMeasured):
    """The same where there was no connection; `why` is the reason alone, in a few words."""

    def __init__(self, sentence: str, why: str) -> None:
        super().__init__(sentence)
        self.why = why


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a shop is: `path` is the prefix that it is mounted at, without a slash behind."""

    scheme: str
    host: str
    port: int
    path: str
    is_insecure: bool = False

    @classmethod
    def of(cls, url: str, *, is_insecure: bool = False) -> Deployment:
        """The deployment at an address. Raises ValueError, saying why, when it is none."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS:
            raise ValueError("begin it with http:// or https://")
        if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("give scheme, host, port and path only")
        path = quote(parts.path.rstrip("/"), safe="/%")
        return cls(parts.scheme, _ascii(parts.hostname), _port(url), path, is_insecure)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """What stands in the Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def request(self, attempt: Attempt) -> bytes:
        """An attempt as it travels; its field is a Cookie, as a browser's cart is."""
        fields = [("Host", self.authority), *OWN_FIELDS]
        fields += [_field(name, octets) for name, octets in attempt.fields]
        target = f"{self.path}{PLACE}" + (f"?back={attempt.back}" if attempt.back else "")
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields)]
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def addresses(self) -> tuple[Address, ...]:
        """What the system's own resolver finds, which takes its own time. Raises NotMeasured."""
        try:
            findings = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            raise NotMeasured(f"The name {self.host} is not known. Is it spelt right?") from None
        return tuple((family, address) for family, _, _, _, address in findings)

    def connect(self, addresses: Sequence[Address], until: float) -> tuple[socket.socket, Address]:
        """A connection to the first of these that takes one, and which that is, before this time
        of the monotonic clock: each is given its share of what is left. Raises NoConnection."""
        problem = OSError("no address")
        for number, address in enumerate(addresses):
            try:
                raw = _joined(address, seconds_left(until) / (len(addresses) - number))
            except OSError as refused:
                problem = refused
            else:
                return self._secured(raw, until) if self.scheme == "https" else raw, address
        why = "no answer" if isinstance(problem, TimeoutError) else problem.strerror or str(problem)
        raise NoConnection(f"{self._where} cannot be reached: {why}. Is the shop running?", why)

    def _secured(self, raw: socket.socket, until: float) -> socket.socket:
        context = ssl.create_default_context()
        if self.is_insecure:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            raw.settimeout(seconds_left(until))
            return context.wrap_socket(raw, server_hostname=self.host)
        except ssl.SSLCertVerificationError as problem:
            raw.close()
            raise NoConnection(
                f"The certificate of {self.host} is not trusted: {problem.verify_message}. "
                "For a test set-up, add --insecure.",
                "its certificate is not trusted",
            ) from None
        except TimeoutError:
            raw.close()
            why = "no answer to the TLS handshake in time"
            raise NoConnection(f"{self._where} gives {why}. Is it http://?", why) from None
        except OSError as problem:
            raw.close()
            why = str(getattr(problem, "reason", None) or problem.strerror or problem)
            raise NoConnection(
                f"{self._where} does not speak TLS: {why}. Is it http://?", f"TLS: {why}"
            ) from None

    @property
    def _where(self) -> str:
        return f"{self.host} port {self.port}"


def _joined(address: Address, patience: float) -> socket.socket:
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
    # Not 0, which would make a socket that does not wait at all.
    return max(0.001, until - time.monotonic())


def _field(name: str, octets: int) -> tuple[str, str]:
    if name == search.FIELD:
        return COOKIE, f"{COOKIE_NAME}=".ljust(octets, "x")
    return name, "x" * octets


def _ascii(host: str) -> str:
    with suppress(ValueError):
        return str(ip_address(host))
    try:
        named = host.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("that is no host name") from None
    if not re.fullmatch(r"[A-Za-z0-9._-]+", named):
        raise ValueError("that is no host name")
    return named


def _port(url: str) -> int:
    parts = urlsplit(url)
    port = parts.port
    if port == 0:
        raise ValueError("port 0 is none")
    return port or PORTS[parts.scheme]
