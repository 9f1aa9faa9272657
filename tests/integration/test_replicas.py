"""Shops in several processes: more buyers than pieces, workers that are killed, and a database that
is stopped.

`SHOP_TEST_FULL=on` kills 13 workers during 300 checkouts, instead of 5 during 60.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle
from threading import Barrier
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pytest

from e2e.cluster.database import Database, database
from e2e.cluster.replicas import Replica, replicas
from e2e.support.server import KEY
from shop.core.cart import Cart, Line
from shop.core.cookie import encode
from tests.databases import SqliteFile
from tests.integration.client import CSRF_FIELD, CUSTOMER

BUYERS, PIECES = 200, 50
CHECKOUTS, KILLS = (300, 13) if os.environ.get("SHOP_TEST_FULL") == "on" else (60, 5)
AT_ONCE = 8
ONCE = re.compile(r'name="once" value="([^"]+)"')
PIG = 18
"""The cookie number of what everybody buys."""
STOCK_IS = f"update products set stock = %d where number = {PIG}"
ONE_PIG = encode(Cart((Line(PIG, 1),), int(time.time())), [KEY], name="cart")


Ask = Callable[[str], list[tuple[Any, ...]]]


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
    """A browser with one piece in its cart, at any of the replicas."""

    replicas: Iterator[Replica]
    cookies: dict[str, str] = field(default_factory=lambda: {"cart": ONE_PIG})
    form: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, *, reads: bool = True) -> Answer:
        """Sends a request to the next replica. Raises OSError or HTTPException when nothing comes
        back, and when nobody waits for it."""
        address = urlsplit(next(self.replicas).url).netloc
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(HTTPConnection(address, timeout=30)) as connection:
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


@dataclass(frozen=True)
class Shops:
    """Two replicas, and a way into their database."""

    replicas: list[Replica]
    ask: Ask

    def buyers(self, number: int) -> list[Buyer]:
        """Buyers whose requests go to the replicas in turn, half of them to the other one first."""
        orders = (self.replicas, self.replicas[::-1])
        return [Buyer(cycle(orders[each % 2])) for each in range(number)]

    @property
    def stock(self) -> object:
        return self.ask(f"select stock from products where number = {PIG}")[0][0]

    @property
    def orders(self) -> Counter[str]:
        """The tokens of all orders that are stored."""
        return Counter(str(token) for (token,) in self.ask("select token from orders"))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Database]:
    with database() as started:
        yield started


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def shops(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shops]:
    folder = tmp_path_factory.mktemp("shops")
    if request.param == "sqlite":
        file = SqliteFile(folder / "shop.sqlite3")
        url, ask = file.url, cast("Ask", file.sql)
    else:
        started: Database = request.getfixturevalue("postgresql")
        url, ask = started.url, cast("Ask", started.ask)
    with replicas(folder, 2, url, SHOP_WORKERS="2") as made:
        yield Shops(made, ask)


def test_two_hundred_buyers_share_fifty_pieces(shops: Shops) -> None:
    shops.ask(STOCK_IS % PIECES)
    before = shops.orders
    buyers = shops.buyers(BUYERS)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Buyer.opens_the_checkout, buyers))
    gate = Barrier(BUYERS)

    def order(buyer: Buyer) -> Answer:
        gate.wait()
        return buyer.orders()

    with ThreadPoolExecutor(BUYERS) as pool:
        answers = list(pool.map(order, buyers))
    assert {answer.status for answer in answers} == {303, 409}
    told = [answer.token for answer in answers if answer.status == 303]
    assert shops.orders - before == Counter(told)
    assert (len(told), shops.stock) == (PIECES, 0)


def test_killed_workers_lose_no_order_and_place_none_twice(shops: Shops) -> None:
    shops.ask(STOCK_IS % CHECKOUTS)
    before = shops.orders
    answered = count(1)
    doomed = cycle(shops.replicas)

    def buy(numbered: tuple[int, Buyer]) -> str:
        number, buyer = numbered
        token = buyer.orders_until_told(loses_the_first=number % 10 == 0)
        if next(answered) % (CHECKOUTS // (KILLS + 1)) == 0:
            os.kill(next(doomed).workers()[0], signal.SIGKILL)
        return token

    buyers = shops.buyers(CHECKOUTS)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(Buyer.opens_the_checkout, buyers))
        told = list(pool.map(buy, enumerate(buyers)))
    assert shops.orders - before == Counter(told)
    assert (len(set(told)), shops.stock) == (CHECKOUTS, 0)


@pytest.mark.postgresql
@pytest.mark.parametrize("shops", ["postgresql"], indirect=True)
def test_shoppers_wait_while_postgresql_is_stopped(shops: Shops, postgresql: Database) -> None:
    shops.ask(STOCK_IS % 1)
    before = shops.orders
    (buyer,) = shops.buyers(1)
    buyer.opens_the_checkout()
    workers = [replica.workers() for replica in shops.replicas]
    postgresql.stop()
    for path, form in (("/cart", None), ("/products", None), ("/checkout", buyer.form)) * 2:
        answer = buyer.ask(path, form)
        assert answer.status == 503
        assert "Your cart is as it was." in answer.text
    assert [replica.is_ready() for replica in shops.replicas] == [False, False]
    assert buyer.cookies["cart"] == ONE_PIG
    postgresql.start()
    assert "Salt pig" in buyer.ask("/cart").text
    assert buyer.orders().status == 303
    assert ((shops.orders - before).total(), shops.stock) == (1, 0)
    assert [replica.is_ready() for replica in shops.replicas] == [True, True]
    assert [replica.workers() for replica in shops.replicas] == workers


@pytest.mark.postgresql
@pytest.mark.parametrize("shops", ["postgresql"], indirect=True)
def test_a_restart_between_two_requests_is_noticed_by_nobody(
    shops: Shops, postgresql: Database
) -> None:
    buyers = shops.buyers(2 * len(shops.replicas))
    assert [buyer.ask("/cart").status for buyer in buyers] == [200] * 4
    postgresql.stop()
    postgresql.start()
    assert [buyer.ask("/cart").status for buyer in buyers] == [200] * 4
