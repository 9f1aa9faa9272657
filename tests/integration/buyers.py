"""Shoppers at replicas of a shop, who all buy the same thing."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import cycle
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from e2e.cluster.replicas import Replica
from e2e.cluster.running import UNVERIFIED
from e2e.support.server import KEY
from shop.core.cart import Cart, Line
from shop.core.cookie import encode
from tests.integration.client import CSRF_FIELD, CUSTOMER

ONCE = re.compile(r'name="once" value="([^"]+)"')
PIG = 18
"""The cookie number of what everybody buys."""
STOCK_IS = f"update products set stock = %d where number = {PIG}"
PATIENCE_SECONDS = 10
Ask = Callable[[str], list[tuple[Any, ...]]]


def one_pig(name: str = "cart") -> dict[str, str]:
    """The cookies of a browser with one piece in its cart."""
    return {name: encode(Cart((Line(PIG, 1),), int(time.time())), [KEY], name=name)}


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str

    @property
    def token(self) -> str:
        """That of the order to which it leads."""
        return self.location.rpartition("/")[2]


@dataclass
class Buyer:
    """A browser with one piece in its cart, whose requests go to these addresses in turn."""

    urls: Iterator[str]
    cookies: dict[str, str] = field(default_factory=one_pig)
    form: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, *, reads: bool = True) -> Answer:
        """Sends a request to the next address. Raises OSError or HTTPException when nothing comes
        back, and when nobody waits for it."""
        to = urlsplit(next(self.urls))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(_connection(to)) as connection:
            connection.request("GET" if body is None else "POST", path, body, headers)
            if not reads:
                raise HTTPException("the connection was lost")
            response = connection.getresponse()
            text = response.read().decode()
            for header in response.headers.get_all("Set-Cookie", []):
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(response.status, response.headers.get("Location", ""), text)

    def opens_the_checkout(self) -> None:
        page = self.ask("/checkout").text
        tokens = {"csrf_token": CSRF_FIELD, "once": ONCE}
        found = {name: pattern.search(page) for name, pattern in tokens.items()}
        self.form = {name: match[1] for name, match in found.items() if match} | CUSTOMER

    def orders(self, *, reads: bool = True) -> Answer:
        return self.ask("/checkout", self.form, reads=reads)

    def orders_until_told(self, *, loses_the_first: bool) -> str:
        """Presses the button until the shop says what became of it; the token of the order."""
        reads = not loses_the_first
        while True:
            try:
                answer = self.orders(reads=reads)
            except (OSError, HTTPException):
                reads = True
            else:
                assert answer.status == 303, answer
                return answer.token


def _connection(to: SplitResult) -> HTTPConnection:
    if to.scheme == "https":
        return HTTPSConnection(to.netloc, timeout=PATIENCE_SECONDS, context=UNVERIFIED)
    return HTTPConnection(to.netloc, timeout=PATIENCE_SECONDS)


@dataclass(frozen=True)
class Shops:
    """Two replicas, and a way into their database."""

    replicas: list[Replica]
    ask: Ask

    def buyers(self, number: int) -> list[Buyer]:
        """Buyers whose requests go to the replicas in turn, half of them to the other one first."""
        urls = [replica.url for replica in self.replicas]
        orders = (urls, urls[::-1])
        return [Buyer(cycle(orders[each % 2])) for each in range(number)]

    @property
    def stock(self) -> object:
        return self.ask(f"select stock from products where number = {PIG}")[0][0]

    @property
    def orders(self) -> Counter[str]:
        """The tokens of all orders that are stored."""
        return Counter(str(token) for (token,) in self.ask("select token from orders"))
