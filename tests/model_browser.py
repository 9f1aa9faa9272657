"""A browser as RFC 6265bis describes it, sections 5.1 and 5.6 to 5.8, for one host.

Where the standard leaves a limit open, and where known browsers leave the standard, it is told
what to do.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from shop.limits.set_cookie import Received, default_path, received


@dataclass(frozen=True, slots=True)
class Kept:
    """A cookie in the store; its place there is its age, `written` when it was last set."""

    name: str
    value: str
    domain: str
    is_host_only: bool
    path: str
    is_secure: bool
    is_http_only: bool
    has_high_priority: bool
    written: int

    @property
    def identity(self) -> tuple[str, str, bool, str]:
        return self.name, self.domain, self.is_host_only, self.path


@dataclass(slots=True)
class ModelBrowser:
    """Its cookie store, and what it sends. `is_secure` says whether connections are.

    `largest` and `longest_attribute` are octets; beyond `most` cookies those go that were
    written longest ago, until `left` are left (5.7; when they were sent is not looked at).
    """

    host: str = "shop.example.org"
    is_secure: bool = True
    largest: int = 4096
    longest_attribute: int = 1024
    most: int = 180
    left: int = 150
    knows_priority: bool = True
    counts_attributes: bool = False
    too_long_deletes: bool = False
    drops_tabs: bool = False
    knows_http_prefixes: bool = False
    kept: list[Kept] = field(default_factory=list)
    taken: int = 0

    def take(self, line: str, address: str, *, by_script: bool = False) -> None:
        """Receives a line in the answer from the address, a path (5.6 and 5.7)."""
        allowed = "" if self.drops_tabs else "\t"
        if any((mark < " " and mark not in allowed) or mark == "\x7f" for mark in line):
            return
        got = received(line.strip(" \t") if not by_script else line)
        short = [(n, v) for n, v in got.attributes if len(v) <= self.longest_attribute]
        got = Received(got.name, got.value, tuple(short))
        if not got.name + got.value:
            return
        domain = self._domain(got)
        if domain is None:
            return
        self.taken += 1
        cookie = Kept(
            got.name,
            got.value,
            domain or self.host,
            not domain,
            self._path(got, address),
            bool(got.all("secure")),
            bool(got.all("httponly")),
            "high" in [priority.lower() for priority in got.all("priority")],
            self.taken,
        )
        if self._is_refused(cookie, got, by_script=by_script):
            return
        counted = len(line if self.counts_attributes else got.name + got.value)
        if counted <= self.largest:
            self._store(cookie, is_gone=_is_expired(got), by_script=by_script)
        elif self.too_long_deletes:
            self.kept = [old for old in self.kept if old.identity != cookie.identity]

    def sent_to(self, address: str) -> str:
        """The Cookie header of a request (5.8.3); empty when there is none."""
        pairs = self.pairs(address)
        return "; ".join(f"{name}={value}" if name else value for name, value in pairs)

    def pairs(self, address: str) -> list[tuple[str, str]]:
        """Name and value of each cookie that a request brings, in their order."""
        ours = [
            cookie
            for cookie in self.kept
            if _path_matches(address, cookie.path)
            and _domain_matches(self.host, cookie.domain)
            and (self.is_secure or not cookie.is_secure)
        ]
        ours.sort(key=lambda cookie: -len(cookie.path))
        return [(cookie.name, cookie.value) for cookie in ours]

    def _domain(self, got: Received) -> str | None:
        given = got.all("domain")
        domain = given[-1].removeprefix(".").lower() if given else ""
        is_public = bool(domain) and ("." not in domain and not _is_ip(domain))
        if is_public and domain == self.host:
            return ""
        if domain and (is_public or not _domain_matches(self.host, domain)):
            return None
        return domain

    def _path(self, got: Received, address: str) -> str:
        given = got.all("path")
        return given[-1] if given and given[-1].startswith("/") else default_path(address)

    def _is_refused(self, cookie: Kept, got: Received, *, by_script: bool) -> bool:
        bare = (cookie.name or cookie.value).lower()
        is_host = bare.startswith("__host-")
        return (
            (cookie.is_secure and not self.is_secure)
            or (by_script and cookie.is_http_only)
            or (bare.startswith("__secure-") and not (cookie.name and cookie.is_secure))
            or (is_host and not (cookie.name and cookie.is_secure and cookie.is_host_only))
            or (is_host and not (got.all("path") and cookie.path == "/"))
            or (self.knows_http_prefixes and _is_no_http(bare, cookie))
        )

    def _store(self, cookie: Kept, *, is_gone: bool, by_script: bool) -> None:
        at = next((n for n, old in enumerate(self.kept) if old.identity == cookie.identity), None)
        if at is not None and by_script and self.kept[at].is_http_only:
            return
        if at is None:
            self.kept.append(cookie)
            at = len(self.kept) - 1
        self.kept[at] = cookie
        if is_gone:
            del self.kept[at]
        if len(self.kept) > self.most:
            self._evict()

    def _evict(self) -> None:
        going = [old for old in self.kept if not (self.knows_priority and old.has_high_priority)]
        going.sort(key=lambda old: old.written)
        for old in going[: len(self.kept) - self.left]:
            self.kept.remove(old)


def _is_no_http(bare: str, cookie: Kept) -> bool:
    # By the draft that is to follow the standard (layered-cookies).
    is_asked = bare.startswith(("__http-", "__host-http-"))
    return is_asked and not (cookie.is_secure and cookie.is_http_only)


def _is_expired(got: Received) -> bool:
    ages = [age for age in got.all("max-age") if age.removeprefix("-").isdecimal()]
    if ages:
        return ages[-1].startswith("-") or not ages[-1].strip("0")
    # The dates of the cases are in ten minutes, or in the years 1980 and 2007.
    return any(year in date for date in got.all("expires")[-1:] for year in ("1980", "2007"))


def _domain_matches(host: str, domain: str) -> bool:
    return host == domain or (host.endswith(f".{domain}") and not _is_ip(host))


def _path_matches(address: str, path: str) -> bool:
    return address == path or address.startswith(path if path.endswith("/") else f"{path}/")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
