"""What is wrong with the response to a hostile request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from audit.hostile.exploring import OWN_HOSTS, cookie_of
from audit.hostile.wire import Received, Sent
from shop.core import cookie
from shop.core.cart import MAX_TIME, Cart
from shop.core.errors import CookieRefused

LONGEST_SECONDS = 5
ADDING = frozenset({"cart.create", "other_carts.merge", "lab.create"})
CHANGING = ADDING | {
    *("cart.update", "cart.destroy", "cart.clear", "about.destroy", "checkout.create"),
    *("other_carts.replace", "other_carts.step_back", "lab.fill", "lab.empty", "museum.create"),
}
"""The views that may change what a cart holds, and those of them that only add to it: each only
when it accepts a POST."""
OF_THE_SERVER = (400, 414, 417, 431)
"""With these statuses the server refuses a request before the shop sees it."""
KINDS = (
    "5xx",
    "a cart is lost",
    "no answer, or a late one",
    "a header of the shop is missing",
    "a header or redirect that was sent along",
    "internals are shown",
)


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the cart that was sent with every request, and the keys that sign one."""

    cart: Cart
    keys: Sequence[str]

    def faults(self, endpoint: str, sent: Sent, received: Received) -> Iterator[Fault]:
        """All that is wrong; a response of a route that is not `endpoint` may be judged as well."""
        if received.status >= 500:
            yield Fault("5xx", f"status {received.status}")
        if b"Traceback (most recent call last)" in received.body:
            yield Fault("internals are shown", "a traceback")
        if received.header("x-injected"):
            yield Fault("a header or redirect that was sent along", "X-Injected")
        if not _is_own(received.header("location")):
            yield Fault("a header or redirect that was sent along", received.header("location"))
        if (missing := _missing(received)) and received.status not in OF_THE_SERVER:
            yield Fault("a header of the shop is missing", f"{missing}, status {received.status}")
        yield from self._of_cart(endpoint, sent, received)

    def _of_cart(self, endpoint: str, sent: Sent, received: Received) -> Iterator[Fault]:
        is_accepted = sent.method == "POST" and received.status < 400
        may_add = is_accepted and endpoint in ADDING
        may_lose = is_accepted and endpoint in CHANGING - ADDING
        for header in received.all("set-cookie"):
            name, value, is_deleted = cookie_of(header)
            if name != cookie.NAME or not re.search(r"; Path=/(;|$)", header):
                continue
            try:
                lines = {} if is_deleted else self._lines(value)
            except CookieRefused as refused:
                yield Fault("a cart is lost", f"replaced with a cookie that is {refused!r}")
                continue
            had = {line.number: line.quantity for line in self.cart.lines}
            has_all = all(lines.get(number, 0) >= quantity for number, quantity in had.items())
            if not may_lose and not (has_all if may_add else lines == had):
                yield Fault(
                    "a cart is lost", f"now {len(lines)} lines, with status {received.status}"
                )

    def _lines(self, value: str) -> dict[int, int]:
        cart = cookie.decode(value, self.keys, now=0, max_age_seconds=MAX_TIME)
        return {line.number: line.quantity for line in cart.lines}


def _is_own(location: str) -> bool:
    parts = urlsplit(location)
    return not location.startswith(("//", "/\\")) and parts.hostname in (None, *OWN_HOSTS)


def _missing(received: Received) -> str:
    if received.header("x-content-type-options") != "nosniff":
        return "X-Content-Type-Options"
    return "" if received.header("content-security-policy") else "Content-Security-Policy"
