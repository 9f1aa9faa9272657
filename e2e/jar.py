"""The cookie jar of a Playwright browser context as a test object.

    jar = Jar(context, Crumb("http://127.0.0.1:8000", {"Shop-World": "worker-3"}))
    jar.arrange("MUG*2, PENCIL", aged_days=8)   # any cart, made by the shop's own codec
    jar["cart"].to_last(days=25)
    jar["cart"].to_have_attributes(http_only=True, same_site="Lax", priority="High")
    jar.advance(days=26)                        # the browser's cookies and the shop's clock
    jar["cart"].to_be_absent()

This file needs Playwright and nothing else: copy it into your own project. Only its last class,
`Crumb`, knows this shop; write a `Shop` of your own in its place.

Assertions retry until they hold or their `timeout` in milliseconds has passed, as Playwright's do.
One that fails shows every cookie of the browser as a table.

**Time.** No fake clock moves the cookies of a running browser. `page.clock` moves only scripts. A
shop that lives in another day changes nothing either: Max-Age counts from now, and browsers correct
Expires by the Date of the response. So `advance` does what days would have done: every cookie is
put back with that much less to live, which ends some of them, and a header tells the shop the day.
A cookie that the shop sets afterwards lasts as long as the shop says, as it should, provided that
the shop says it by Max-Age, or by an Expires and a Date of the same day.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Route, TimeoutError

SESSION = -1
"""The `expires` of a cookie that ends with the browser."""
SECONDS_A_DAY = 86_400
LOOK_AGAIN_MS = 50
"""A jar is looked at again at the next response, or after this time: scripts and the end of a life
change cookies too, and no event says so."""
LONGEST_VALUE = 24
HEADINGS = ("name", "bytes", "expires in", "domain and path", "flags", "value")


class PriorityUnknown(RuntimeError):
    """A cookie's priority was asked for in a browser that does not say it."""


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie as the browser holds it. `expires` is Unix time in seconds, or SESSION; `same_site`
    is empty for a cookie that did not say, and `priority` where the browser does not. `raw` is the
    browser's own description, with which the cookie can be put back."""

    name: str
    value: str
    domain: str
    path: str
    expires: float
    http_only: bool
    secure: bool
    same_site: str = ""
    priority: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def octets(self) -> int:
        """Octets of name and value together, of which RFC 6265bis (5.6) allows 4,096."""
        return len(self.name.encode()) + len(self.value.encode())

    def is_sent_to(self, host: str) -> bool:
        """Whether it was set for this host, or with a Domain, here with a dot before it, that the
        host is in."""
        is_for_all_below = self.domain.startswith(".")
        return f".{host}".endswith(self.domain) if is_for_all_below else host == self.domain


Check = Callable[[list[Cookie]], str]
"""What is wrong with the cookies of one name; empty when nothing is."""


class Shop(Protocol):
    """What a jar has to know about the shop: how to tell it the time, and how to have it make a
    cart."""

    @property
    def url(self) -> str:
        """The shop's address, without a slash at its end."""

    def headers(self, ahead_seconds: int) -> dict[str, str]:
        """The extra headers of every request, for a clock that is that far ahead."""

    def cart(
        self, lines: Sequence[tuple[str, int]], *, aged_seconds: int, ahead_seconds: int
    ) -> list[str]:
        """The Set-Cookie headers that give a browser a cart of these SKUs and quantities, last
        changed so long ago. Raises ValueError, with the reason, if the shop makes no such cart."""


class Jar:
    """The cookies of a browser context that visits one shop.

    The extra headers of the context become those of the shop, and no others. Make only one jar
    per context: a second one would start again from today's date. `timeout`, in milliseconds, is
    that of all assertions that have none of their own.
    """

    def __init__(self, context: BrowserContext, shop: Shop, *, timeout: float = 5_000) -> None:
        self.context = context
        self.shop = shop
        self.timeout = timeout
        self._ahead_seconds = 0
        self._tell_the_shop()

    def __getitem__(self, name: str) -> NamedCookie:
        """The cookie of this name that the shop would get, whether or not there is one."""
        return NamedCookie(self, name)

    def __str__(self) -> str:
        with self._store() as store:
            return table(store.read(), now=time.time())

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        """Lets time pass for the browser's cookies and for the shop; several calls add up.

        A cookie whose life ends in that time disappears, and session cookies stay. The time is
        rounded to whole seconds, which the shop counts in. Raises ValueError if that is zero or
        less: a cookie cannot be made younger.
        """
        passed = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        passed_seconds = round(passed.total_seconds())
        if passed_seconds <= 0:
            raise ValueError("time only passes: give days, hours, minutes or at least a second")
        with self._store() as store:
            store.age(store.read(), passed_seconds)
        self._ahead_seconds += passed_seconds
        self._tell_the_shop()

    def arrange(self, lines: str, *, aged_days: float = 0) -> None:
        """Puts a cart into the browser, by SKU and quantity: "MUG*2, PENCIL".

        The shop makes it, and it arrives in a response as if that had come `aged_days` ago: its
        cookie has that much less to live, and is not there if nothing is left. Raises ValueError
        for a cart that the shop does not make.
        """
        aged_seconds = round(aged_days * SECONDS_A_DAY)
        headers = self.shop.cart(
            parsed(lines), aged_seconds=aged_seconds, ahead_seconds=self._ahead_seconds
        )
        self.receive(*headers)
        names = {header.partition("=")[0] for header in headers}
        with self._store() as store:
            store.age([cookie for cookie in store.read() if cookie.name in names], aged_seconds)

    def overflow(
        self,
        octets: int,
        *,
        name: str = "cart",
        attributes: str = "Path=/; Max-Age=86400; HttpOnly; SameSite=Lax",
    ) -> None:
        """Lets a cookie of so many octets of name and value arrive in a response.

        A browser ignores one of more than 4,096, keeps the one that it had, and says nothing.
        Playwright's `add_cookies` would raise an error instead.
        """
        self.receive(f"{name}={'x' * (octets - len(name))}; {attributes}")

    def receive(self, *set_cookie: str) -> None:
        """Lets a response with these Set-Cookie headers arrive from the shop's address, in a tab of
        its own. The shop itself gets no request."""

        def respond(route: Route) -> None:
            # Playwright takes several headers of one name as the lines of one.
            route.fulfill(headers={"Set-Cookie": "\n".join(set_cookie)}, body="")

        page = self.context.new_page()
        page.route("**/*", respond)
        page.goto(f"{self.shop.url}/")
        page.close()

    def named(self, name: str, cookies: list[Cookie]) -> list[Cookie]:
        """Those of the cookies that the shop would get under this name, on some path."""
        host = urlsplit(self.shop.url).hostname or ""
        return [cookie for cookie in cookies if cookie.name == name and cookie.is_sent_to(host)]

    def read(self, name: str) -> list[Cookie]:
        """The shop's cookies of this name at this moment. Several differ in path or domain."""
        with self._store() as store:
            return self.named(name, store.read())

    def wait(self, name: str, check: Check, timeout: float | None) -> None:
        """Waits until a check finds nothing wrong with the shop's cookies of this name. Raises
        AssertionError, with what it found last and the table, when the time is over."""
        limit_ms = self.timeout if timeout is None else timeout
        until = time.monotonic() + limit_ms / 1000
        with self._store() as store:
            while fault := check(self.named(name, held := store.read())):
                if time.monotonic() >= until:
                    raise AssertionError(
                        f"cookie {name!r}: {fault}. After {limit_ms / 1000:g} s the jar of "
                        f"{self.shop.url} held:\n{table(held, now=time.time())}"
                    )
                with suppress(TimeoutError):
                    self.context.wait_for_event("response", timeout=LOOK_AGAIN_MS)

    def _tell_the_shop(self) -> None:
        self.context.set_extra_http_headers(self.shop.headers(self._ahead_seconds))

    @contextmanager
    def _store(self) -> Iterator[_Store]:
        is_closed = not self.context.pages
        page = self.context.new_page() if is_closed else self.context.pages[0]
        browser = self.context.browser
        is_chromium = browser is not None and browser.browser_type.name == "chromium"
        session = self.context.new_cdp_session(page) if is_chromium else None
        try:
            yield _Store(self.context, session)
        finally:
            if session is not None:
                session.detach()
            if is_closed:
                page.close()


class NamedCookie:
    """Assertions about one cookie, each of which returns it, so that several can be joined."""

    def __init__(self, jar: Jar, name: str) -> None:
        self.jar = jar
        self.name = name

    def read(self) -> Cookie | None:
        """The cookie at this moment, None without one. Raises ValueError if there are several."""
        held = self.jar.read(self.name)
        if len(held) > 1:
            raise ValueError(_several(held))
        return held[0] if held else None

    def to_exist(self, *, timeout: float | None = None) -> NamedCookie:
        return self._waits(lambda cookie: "", timeout)

    def to_be_absent(self, *, timeout: float | None = None) -> NamedCookie:
        """On no path of the shop."""

        def check(held: list[Cookie]) -> str:
            return f"expected none, but there is one of {held[0].octets:,} bytes" if held else ""

        self.jar.wait(self.name, check, timeout)
        return self

    def to_have_value(self, value: str, *, timeout: float | None = None) -> NamedCookie:
        def check(cookie: Cookie) -> str:
            if cookie.value == value:
                return ""
            return f"expected the value {_short(value)}, but it is {_short(cookie.value)}"

        return self._waits(check, timeout)

    def to_last(
        self,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        within: timedelta = timedelta(minutes=1),
        timeout: float | None = None,
    ) -> NamedCookie:
        """It has this long to live from now, give or take `within`."""
        wanted = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)

        def check(cookie: Cookie) -> str:
            left = cookie.expires - time.time()
            is_right = abs(left - wanted.total_seconds()) <= within.total_seconds()
            if cookie.expires != SESSION and is_right:
                return ""
            span = f"{duration(wanted.total_seconds())} ± {duration(within.total_seconds())}"
            lasts = (
                "it ends with the browser"
                if cookie.expires == SESSION
                else f"{duration(left)} are left"
            )
            return f"expected it to last {span}, but {lasts}"

        return self._waits(check, timeout)

    def to_have_bytes(
        self,
        *,
        at_most: int | None = None,
        exactly: int | None = None,
        timeout: float | None = None,
    ) -> NamedCookie:
        """The octets of its name and value, as RFC 6265bis counts them. Raises ValueError without
        either number: it would hold for any cookie."""
        if at_most is None and exactly is None:
            raise ValueError("give at_most or exactly")

        def check(cookie: Cookie) -> str:
            has = f"but it has {cookie.octets:,}"
            if exactly is not None and cookie.octets != exactly:
                return f"expected exactly {exactly:,} bytes, {has}"
            if at_most is not None and cookie.octets > at_most:
                return f"expected at most {at_most:,} bytes, {has}"
            return ""

        return self._waits(check, timeout)

    def to_have_attributes(
        self,
        *,
        http_only: bool | None = None,
        same_site: Literal["Strict", "Lax", "None", ""] | None = None,
        secure: bool | None = None,
        path: str | None = None,
        domain: str | None = None,
        priority: Literal["Low", "Medium", "High"] | None = None,
        timeout: float | None = None,
    ) -> NamedCookie:
        """The attributes that are given. A `domain` begins with a dot if the cookie was set with
        Domain. Raises PriorityUnknown for a `priority` in a browser other than Chromium, and
        ValueError if none is given: that would hold for any cookie."""
        wanted = {
            "http_only": http_only,
            "same_site": same_site,
            "secure": secure,
            "path": path,
            "domain": domain,
            "priority": priority,
        }
        if all(value is None for value in wanted.values()):
            raise ValueError(f"give one of {', '.join(wanted)}")

        def check(cookie: Cookie) -> str:
            if priority is not None and not cookie.priority:
                raise PriorityUnknown(
                    "Only Chromium says the priority of a cookie, over CDP. Leave `priority` out "
                    "in other browsers."
                )
            faults = [
                f"expected {name}={value!r}, but it is {getattr(cookie, name)!r}"
                for name, value in wanted.items()
                if value is not None and value != getattr(cookie, name)
            ]
            return "; ".join(faults)

        return self._waits(check, timeout)

    def _waits(self, check: Callable[[Cookie], str], timeout: float | None) -> NamedCookie:
        def check_one(held: list[Cookie]) -> str:
            if not held:
                return "there is none"
            return check(held[0]) if len(held) == 1 else _several(held)

        self.jar.wait(self.name, check_one, timeout)
        return self


class _Store:
    """Reads and writes the cookies of a context. Over CDP in Chromium, since Playwright's own
    functions drop the priority, and take a cookie that has no SameSite for one with None."""

    def __init__(self, context: BrowserContext, session: CDPSession | None) -> None:
        self.context = context
        self.session = session

    def read(self) -> list[Cookie]:
        """All cookies, sorted by name and path, except those that have expired: Firefox still
        lists them for a while."""
        if self.session is None:
            described: Sequence[Mapping[str, Any]] = self.context.cookies()
        else:
            described = self.session.send("Network.getAllCookies")["cookies"]
        held = [_cookie(raw) for raw in described]
        alive = [one for one in held if one.expires == SESSION or one.expires > time.time()]
        return sorted(alive, key=lambda cookie: (cookie.name, cookie.path))

    def age(self, cookies: Sequence[Cookie], seconds: int) -> None:
        """Takes so many seconds from the lives of these; a browser deletes one without any left."""
        aged: list[Any] = [
            {
                name: cookie.expires - seconds if name == "expires" else value
                for name, value in cookie.raw.items()
                if name not in ("size", "session")  # which follow from the rest
            }
            for cookie in cookies
            if cookie.expires != SESSION
        ]
        if self.session is None:
            self.context.add_cookies(aged)
        else:
            self.session.send("Network.setCookies", {"cookies": aged})


def _cookie(raw: Mapping[str, Any]) -> Cookie:
    return Cookie(
        name=raw["name"],
        value=raw["value"],
        domain=raw["domain"],
        path=raw["path"],
        expires=raw["expires"],
        http_only=raw["httpOnly"],
        secure=raw["secure"],
        same_site=raw.get("sameSite", ""),
        priority=raw.get("priority", ""),
        raw=raw,
    )


def parsed(lines: str) -> list[tuple[str, int]]:
    """SKUs and quantities of a text like "MUG*2, PENCIL". Raises ValueError for anything else."""
    read = []
    for line in lines.split(","):
        sku, _, quantity = line.strip().partition("*")
        if not sku or not (quantity or "1").isdecimal():
            raise ValueError(f"{line.strip()!r} is not a line such as MUG*2 or PENCIL")
        read.append((sku.strip(), int(quantity or "1")))
    return read


def table(cookies: Sequence[Cookie], *, now: float) -> str:
    """Cookies as a table for people, long values shortened; `now` is Unix time in seconds."""
    if not cookies:
        return "  no cookies"
    rows = [HEADINGS, *(_row(cookie, now) for cookie in cookies)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if heading == "bytes" else cell.ljust(width)
            for cell, width, heading in zip(row, widths, HEADINGS, strict=True)
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _row(cookie: Cookie, now: float) -> tuple[str, ...]:
    flags = [
        "HttpOnly" if cookie.http_only else "",
        "Secure" if cookie.secure else "",
        f"SameSite={cookie.same_site}" if cookie.same_site else "",
        f"Priority={cookie.priority}" if cookie.priority else "",
    ]
    return (
        cookie.name,
        f"{cookie.octets:,}",
        "session" if cookie.expires == SESSION else duration(cookie.expires - now),
        cookie.domain + cookie.path,
        " ".join(flag for flag in flags if flag),
        _short(cookie.value),
    )


def duration(seconds: float) -> str:
    """A length of time in its two largest units, rounded to the nearest second: "33 d 4 h"."""
    left = round(seconds)
    parts = []
    for unit, size in (("d", SECONDS_A_DAY), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"


def _several(held: Sequence[Cookie]) -> str:
    places = ", ".join(cookie.domain + cookie.path for cookie in held)
    return f"there are {len(held)}, at {places}"


@dataclass(frozen=True, slots=True)
class Crumb:
    """This shop in test mode. `extra_headers` are kept beside those of the clock."""

    url: str
    extra_headers: Mapping[str, str] = field(default_factory=dict)

    def headers(self, ahead_seconds: int) -> dict[str, str]:
        clock = {"Shop-Clock": f"+{ahead_seconds}s"} if ahead_seconds else {}
        return {**self.extra_headers, **clock}

    def cart(
        self, lines: Sequence[tuple[str, int]], *, aged_seconds: int, ahead_seconds: int
    ) -> list[str]:
        asked = {
            "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
            "aged_seconds": aged_seconds,
        }
        request = urllib.request.Request(
            f"{self.url}/api/cart",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json", **self.headers(ahead_seconds)},
            method="PUT",
        )
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with straight.open(request, timeout=10) as response:
                return list(response.headers.get_all("Set-Cookie"))
        except urllib.error.HTTPError as refused:
            with refused:
                is_explained = refused.headers.get_content_type() == "application/json"
                reason = _reason(refused.read()) if is_explained else "Is it in test mode?"
            raise ValueError(f"{self.url} makes no such cart: {refused}. {reason}") from None


def _reason(body: bytes) -> str:
    """Why the API refuses a cart: in its own words, or with what is wrong with each field."""
    said = json.loads(body)
    if isinstance(said, dict):
        return str(said["error"])
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in said)
