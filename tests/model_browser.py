"""A browser as RFC 6265bis describes it, sections 5.1 and 5.6 to 5.8, for one host.

Its fields choose the behaviour where the standard sets no limit, or where known browsers deviate
from it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field, replace

from shop.lab.engine.set_cookie import Received, default_path, received

_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CONTROLS_AND_TAB = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored cookie. Its position in the store is its age; `written` numbers its last change."""

    name: str
    value: str
    domain: str
    is_host_only: bool
    path: str
    is_secure: bool
    is_http_only: bool
    has_high_priority: bool
    written: int
    is_partitioned: bool = False

    @property
    def octets(self) -> int:
        return len(self.name) + len(self.value)

    @property
    def identity(self) -> tuple[str, str, bool, str, bool]:
        return self.name, self.domain, self.is_host_only, self.path, self.is_partitioned


@dataclass(slots=True)
class ModelBrowser:
    """A cookie store and the headers it sends. `is_secure` tells whether connections are.

    `largest` and `longest_attribute` are in octets. Beyond `most` cookies, those written longest
    ago are evicted until `left` remain (5.7, except that last-access times are ignored).
    `takes_text_for_name` is what Firefox 153 does with a line without = before its attributes; it
    refuses cookies without a name.
    Those with Partitioned are kept apart, at most `partition_octets` of them; 0 when it is unknown.
    `controls` is the fate of a line with a control character: `dropped`, `cut` or `kept`.
    """

    host: str = "shop.example.org"
    is_secure: bool = True
    largest: int = 4096
    longest_attribute: int = 1024
    most: int = 180
    left: int = 150
    knows_priority: bool = True
    counts_names: bool = True
    counts_attributes: bool = False
    too_long_deletes: bool = False
    too_long_is_cut: bool = False
    controls: str = "dropped"
    drops_tabs: bool = False
    takes_text_for_name: bool = False
    knows_http_only: bool = True
    knows_http_prefixes: bool = False
    partition_octets: int = 0
    kept: list[Kept] = field(default_factory=list)
    taken: int = 0

    def take(self, line: str, address: str, *, by_script: bool = False) -> None:
        """Receives a Set-Cookie line in a response from this address, a path (5.6 and 5.7)."""
        bad = _CONTROLS_AND_TAB if self.drops_tabs else _CONTROLS
        if self.controls == "dropped" and bad.search(line):
            return
        if self.controls == "cut":
            line = bad.split(line)[0]
        parsed = received(line.strip(" \t") if not by_script else line)
        short = [(n, v) for n, v in parsed.attributes if len(v) <= self.longest_attribute]
        parsed = Received(parsed.name, parsed.value, tuple(short))
        if self.takes_text_for_name and "=" not in line.partition(";")[0]:
            parsed = replace(parsed, name=parsed.value, value="")
        if not parsed.name + parsed.value or (self.takes_text_for_name and not parsed.name):
            return
        domain = self._domain(parsed)
        if domain is None:
            return
        self.taken += 1
        cookie = Kept(
            parsed.name,
            parsed.value,
            domain or self.host,
            not domain,
            self._path(parsed, address),
            bool(parsed.all("secure")),
            self.knows_http_only and bool(parsed.all("httponly")),
            "high" in [priority.lower() for priority in parsed.all("priority")],
            self.taken,
            bool(self.partition_octets and parsed.all("partitioned")),
        )
        if self._is_refused(cookie, parsed, by_script=by_script):
            return
        counted = self._counted(line, parsed)
        if self.too_long_is_cut and counted > self.largest:
            cookie = replace(cookie, value=cookie.value[: self.largest - counted])
        if counted <= self.largest or self.too_long_is_cut:
            self._store(cookie, is_gone=_is_expired(parsed), by_script=by_script)
        elif self.too_long_deletes:
            self.kept = [old for old in self.kept if old.identity != cookie.identity]

    def sent_to(self, address: str) -> str:
        """The Cookie header of a request (5.8.3), or an empty string."""
        pairs = self.pairs(address)
        return "; ".join(f"{name}={value}" if name else value for name, value in pairs)

    def pairs(self, address: str) -> list[tuple[str, str]]:
        """Name and value of each cookie in a request, in order."""
        return [(cookie.name, cookie.value) for cookie in self._sent(address)]

    def shown_at(self, address: str) -> list[tuple[str, str]]:
        """The same, as seen by a script on that page."""
        return [(c.name, c.value) for c in self._sent(address) if not c.is_http_only]

    def _sent(self, address: str) -> list[Kept]:
        ours = [
            cookie
            for cookie in self.kept
            if _path_matches(address, cookie.path)
            and _domain_matches(self.host, cookie.domain)
            and (self.is_secure or not cookie.is_secure)
        ]
        return sorted(ours, key=lambda cookie: -len(cookie.path))

    def _counted(self, line: str, parsed: Received) -> int:
        if self.counts_attributes:
            return len(line)
        return len(parsed.name + parsed.value if self.counts_names else parsed.value)

    def _domain(self, parsed: Received) -> str | None:
        values = parsed.all("domain")
        domain = values[-1].removeprefix(".").lower() if values else ""
        is_public = bool(domain) and ("." not in domain and not _is_ip(domain))
        if is_public and domain == self.host:
            return ""
        if domain and (is_public or not _domain_matches(self.host, domain)):
            return None
        return domain

    def _path(self, parsed: Received, address: str) -> str:
        values = parsed.all("path")
        return values[-1] if values and values[-1].startswith("/") else default_path(address)

    def _is_refused(self, cookie: Kept, parsed: Received, *, by_script: bool) -> bool:
        bare = (cookie.name or cookie.value).lower()
        is_host = bare.startswith("__host-")
        return (
            (cookie.is_secure and not self.is_secure)
            or (cookie.is_partitioned and not cookie.is_secure)
            or (by_script and cookie.is_http_only)
            or (bare.startswith("__secure-") and not (cookie.name and cookie.is_secure))
            or (is_host and not (cookie.name and cookie.is_secure and cookie.is_host_only))
            or (is_host and not (parsed.all("path") and cookie.path == "/"))
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
        while sum(old.octets for old in self.kept if old.is_partitioned) > self.partition_octets:
            del self.kept[next(n for n, old in enumerate(self.kept) if old.is_partitioned)]
        if len(self.kept) > self.most:
            self._evict()

    def _evict(self) -> None:
        candidates = [
            old for old in self.kept if not (self.knows_priority and old.has_high_priority)
        ]
        candidates.sort(key=lambda old: old.written)
        for old in candidates[: len(self.kept) - self.left]:
            self.kept.remove(old)


def _is_no_http(bare: str, cookie: Kept) -> bool:
    # By the draft that follows the standard (layered-cookies).
    is_asked = bare.startswith(("__http-", "__host-http-"))
    return is_asked and not (cookie.is_secure and cookie.is_http_only)


def _is_expired(parsed: Received) -> bool:
    ages = [age for age in parsed.all("max-age") if age.removeprefix("-").isdecimal()]
    if ages:
        return ages[-1].startswith("-") or not ages[-1].strip("0")
    # The dates in the cases are ten minutes ahead, or in the years 1980 and 2007.
    return any(year in date for date in parsed.all("expires")[-1:] for year in ("1980", "2007"))


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
