"""A short load: the shop as `make load` opens it, and shoppers who notice what is wrong."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from functools import partial

import pytest

from bench.load import exchange
from e2e.support.server import KEY, RunningShop
from load import rows
from load.browser import Fault
from load.orders import SAMPLE, Order, read
from load.report import broken
from load.run import goods_in, open_shop, shop_at
from load.shopper import Visited, fill

ORDERS = read(SAMPLE / "online-retail-orders.csv.gz")
CARTS = 12
"""With one of an order of any length, and two of shoppers whose browsers run no scripts."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningShop]:
    folder = tmp_path_factory.mktemp("load")
    with open_shop(folder, ORDERS, SAMPLE / "online-retail-catalogue.csv", "") as shop:
        yield shop


@pytest.fixture
def visited(shop: RunningShop) -> Visited:
    return Visited(shop.url.partition("://")[2], goods_in(f"sqlite:///{shop.database}"), (KEY,))


@pytest.fixture
def connection(shop: RunningShop) -> Iterator[socket.socket]:
    address = ("127.0.0.1", int(shop.environ["SHOP_PORT"]))
    with socket.create_connection(address, timeout=10) as connection:
        yield connection


def test_carts_are_filled_and_every_promise_is_kept(shop: RunningShop) -> None:
    told: list[tuple[int, int, int]] = []
    run = shop_at(
        shop, ORDERS, carts=CARTS, at_once=3, seconds=60, note=lambda *told_: told.append(told_)
    )
    assert broken(run) == []
    assert run.tally.carts == CARTS
    assert run.tally.lines == len(run.tally.seconds["add to cart"])
    assert len({process for _, process, _ in told}) == int(shop.environ["SHOP_WORKERS"])


def test_a_row_that_a_cart_leaves_behind_is_noticed(shop: RunningShop) -> None:
    shop.change("create table abandoned_carts (value text)")
    try:
        run = shop_at(
            shop,
            ORDERS,
            carts=2,
            at_once=1,
            seconds=60,
            note=lambda *_: shop.change("insert into abandoned_carts values ('a cart')"),
        )
        kept = shop.ask("select count(*) from abandoned_carts")[0][0]
    finally:
        shop.change("drop table abandoned_carts")
    assert broken(run) == [f"abandoned_carts: 0 rows before, {kept} after"]


def test_a_run_that_is_out_of_time_has_failed(shop: RunningShop) -> None:
    run = shop_at(shop, ORDERS, carts=2, at_once=1, seconds=0)
    assert broken(run) == ["0 of 2 carts were filled"]


@pytest.mark.parametrize("number", [pytest.param(1, id="scripts"), pytest.param(10, id="none")])
def test_a_shopper_notices_another_quantity(
    visited: Visited, connection: socket.socket, number: int
) -> None:
    def deceived(request: bytes) -> tuple[int, bytes, bytes]:
        return exchange(connection, request.replace(b"&quantity=7", b"&quantity=8"))

    with pytest.raises(Fault, match="does not hold what was put in"):
        fill(visited, deceived, order(visited, 1, 7), number, int(time.time()))


def test_a_shopper_notices_a_lost_line(visited: Visited, connection: socket.socket) -> None:
    answers: list[tuple[int, bytes, bytes]] = []

    def forgetful(request: bytes) -> tuple[int, bytes, bytes]:
        if request.startswith(b"POST") and b"&quantity=7" in request:
            return answers[-1]  # of the add before
        answers.append(exchange(connection, request))
        return answers[-1]

    with pytest.raises(Fault, match="shows 1 lines instead of 2"):
        fill(visited, forgetful, order(visited, 1, 7), 2, int(time.time()))


def test_a_cart_of_another_key_is_noticed(visited: Visited, connection: socket.socket) -> None:
    stranger = Visited(visited.host, visited.goods, ("a key of another shop, and not of this one",))
    with pytest.raises(Fault, match="cannot be read"):
        fill(stranger, partial(exchange, connection), order(visited, 1), 1, int(time.time()))


def test_every_table_is_counted_those_of_the_full_text_search_too(shop: RunningShop) -> None:
    names = shop.ask("select name from sqlite_master where type = 'table'")
    tables = {str(name) for (name,) in names} - {"sqlite_sequence"}
    counts = rows.counts(f"sqlite:///{shop.database}")
    assert counts.keys() == tables
    for name in ("products", "product_words"):
        assert shop.ask(f"select count(*) from {name}") == [(counts[name],)]


def order(visited: Visited, *quantities: int) -> Order:
    return tuple(zip(sorted(visited.goods)[10:], quantities, strict=False))
