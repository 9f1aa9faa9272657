"""Shops in several processes: more buyers than pieces, workers that are killed, and a database that
is stopped.

`SHOP_TEST_FULL=on` kills 13 workers during 300 checkouts, instead of 5 during 60.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from threading import Barrier
from typing import cast

import pytest

from e2e.cluster.database import Database, database
from e2e.cluster.replicas import replicas
from tests.databases import SqliteFile
from tests.integration.buyers import STOCK_IS, Answer, Ask, Buyer, Shops

BUYERS, PIECES = 200, 50
CHECKOUTS, KILLS = (300, 13) if os.environ.get("SHOP_TEST_FULL") == "on" else (60, 5)
AT_ONCE = 8


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
    cart = buyer.cookies["cart"]
    buyer.opens_the_checkout()
    workers = [replica.workers() for replica in shops.replicas]
    postgresql.stop()
    for path, form in (("/cart", None), ("/products", None), ("/checkout", buyer.form)) * 2:
        answer = buyer.ask(path, form)
        assert answer.status == 503
        assert "Your cart is as it was." in answer.text
    assert [replica.is_ready() for replica in shops.replicas] == [False, False]
    assert buyer.cookies["cart"] == cart
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
