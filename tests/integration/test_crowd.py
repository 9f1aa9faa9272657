"""Two hundred shoppers want fifty pieces: none is sold twice, and no order is placed twice."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from shop.core.errors import OutOfStock
from shop.core.orders import Order
from shop.storage.engine import Limits, connect_to
from shop.storage.orders import lookup, placing
from tests.conftest import OpenShop
from tests.integration.client import CUSTOMER, LintingClient, field_value

SHOPPERS = 200
PIECES = 50
THREADS = 4
OF_A_PROCESS = Limits(wait_seconds=60, connections=THREADS)


def test_of_two_hundred_shoppers_fifty_get_a_piece(shop: OpenShop, visitor: LintingClient) -> None:
    """Each order is sent to two processes, to one of them with its lines the other way round."""
    order = an_order(shop, visitor)
    shop.sql("update products set stock = ? where sku = 'SALT-PIG'", PIECES)
    shop.sql("update products set stock = null where sku = 'MUG'")
    forwards = [
        replace(order, token=f"token {at}", once_key=f"key {at}", reference=f"R{at}")
        for at in range(SHOPPERS)
    ]
    backwards = [replace(each, lines=each.lines[::-1]) for each in reversed(forwards)]
    spawning = multiprocessing.get_context("spawn")
    met = spawning.Barrier(2)  # neither begins before the other can
    with ProcessPoolExecutor(
        2, mp_context=spawning, initializer=met.wait, initargs=()
    ) as processes:
        urls = (shop.database.url, shop.database.url)
        results = processes.map(placed, urls, (forwards, backwards))
        said = [Counter(tokens) for tokens in results]
    kept = {token for (token,) in shop.sql("select token from orders")}
    assert len(kept) == PIECES
    assert shop.sql("select count(*) from orders") == [(PIECES,)]
    assert shop.sql("select stock from products where sku = 'SALT-PIG'") == [(0,)]
    for tokens in said:  # each process learned which orders there are, whoever placed them
        assert {token for token in tokens if token} == kept
        assert tokens[None] == SHOPPERS - PIECES


def test_stock_is_taken_in_one_order_whatever_that_of_the_lines(
    shop: OpenShop, visitor: LintingClient
) -> None:
    """Two orders of the same products could otherwise wait for each other. What is missing first
    shows where it begins."""
    order = an_order(shop, visitor)
    shop.sql("update products set stock = 0 where sku in ('SALT-PIG', 'MUG')")
    for lines in (order.lines, order.lines[::-1]):
        with pytest.raises(OutOfStock) as missing:
            placing.place(shop.engine, replace(order, lines=lines))
        assert missing.value.number == min(line.number for line in lines)


def an_order(shop: OpenShop, visitor: LintingClient) -> Order:
    """An order of two products, as the checkout makes it; it is not in the database any more."""
    visitor.add("SALT-PIG")
    visitor.add("MUG")
    once = field_value(visitor.get("/checkout").text, "once")
    assert visitor.send("/checkout", once=once, **CUSTOMER).status_code == 303
    ((token,),) = shop.sql("select token from orders")
    order = lookup.by_token(shop.engine, token)
    assert order is not None
    for table in ("outbox", "order_events", "order_vat", "order_lines", "orders"):
        shop.sql(f"delete from {table}")
    return order


def placed(url: str, orders: Sequence[Order]) -> list[str | None]:
    """Places orders from several threads, and returns their tokens; None for want of stock."""
    engine = connect_to(url, OF_A_PROCESS)

    def place(order: Order) -> str | None:
        try:
            return placing.place(engine, order).order.token
        except OutOfStock:
            return None

    with ThreadPoolExecutor(THREADS) as threads:
        tokens = list(threads.map(place, orders))
    engine.dispose()
    return tokens
