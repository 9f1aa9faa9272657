"""The same checkout sent twice: at the same moment, or because the process died after the order was
committed and before its response. There is one order, and the shopper sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http.client import HTTPException
from itertools import repeat
from pathlib import Path
from typing import cast

import pytest

from e2e.cluster.database import database
from e2e.cluster.replicas import replicas
from e2e.support import nginx
from e2e.support.debian import NGINX, needed
from tests.databases import SqliteFile
from tests.integration import held_shop
from tests.integration.buyers import STOCK_IS, Ask, Buyer, Shops, one_pig
from tests.integration.held_shop import GO, GO_AND_DIE, Gate, let

COMMAND = (sys.executable, "-m", held_shop.__name__, "serve")
STOCK = 10


@dataclass(frozen=True)
class Held:
    """Two replicas whose orders wait at a gate."""

    shops: Shops
    gate: Gate

    @property
    def urls(self) -> list[str]:
        return [replica.url for replica in self.shops.replicas]

    def messages(self) -> int:
        """How many were written so far, sent or not."""
        return int(self.shops.ask("select count(*) from outbox")[0][0])


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def held(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Held]:
    folder = tmp_path_factory.mktemp("held")
    with held_shop.gate() as gate:
        settings = {held_shop.PORT: gate.port, "SHOP_TRUSTED_PROXIES": "1", "SHOP_WORKERS": "1"}
        if request.param == "sqlite":
            file = SqliteFile(folder / "shop.sqlite3")
            with replicas(folder, 2, file.url, command=COMMAND, **settings) as made:
                yield Held(Shops(made, cast("Ask", file.sql)), gate)
        else:
            with (
                database() as started,
                replicas(folder, 2, started.url, command=COMMAND, **settings) as made,
            ):
                yield Held(Shops(made, cast("Ask", started.ask)), gate)


@pytest.fixture
def stocked(held: Held) -> Held:
    held.shops.ask(STOCK_IS % STOCK)
    return held


@pytest.mark.parametrize("second", [0, 1], ids=["at one replica", "at two replicas"])
def test_one_form_sent_twice_at_once_is_one_order(stocked: Held, second: int) -> None:
    shops, gate = stocked.shops, stocked.gate
    before = shops.orders, stocked.messages()
    buyer = Buyer(repeat(stocked.urls[0]))
    buyer.opens_the_checkout()
    tabs = [buyer, replace(buyer, urls=repeat(stocked.urls[second]), cookies={**buyer.cookies})]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(tab.orders) for tab in tabs]
        # Both have found no earlier order when either may place its own.
        for order in [gate.next_order(), gate.next_order()]:
            let(order, GO)
        first, again = (each.result() for each in waiting)
    assert (first.status, again.status) == (303, 303)
    assert first.token == again.token
    assert list((shops.orders - before[0]).elements()) == [first.token]
    assert shops.stock == STOCK - 1
    assert stocked.messages() == before[1] + 2  # one to the shopper, one to the keeper


@pytest.mark.parametrize("second", [0, 1], ids=["to that replica", "to the other"])
def test_an_order_whose_process_died_is_found_by_the_shopper_who_sends_it_again(
    stocked: Held, second: int
) -> None:
    shops = stocked.shops
    before = shops.orders
    buyer = Buyer(repeat(stocked.urls[0]))
    buyer.opens_the_checkout()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(buyer.orders)
        let(stocked.gate.next_order(), GO_AND_DIE)
        with pytest.raises((OSError, HTTPException)):
            waiting.result()
    (token,) = (shops.orders - before).elements()
    buyer.urls = repeat(stocked.urls[second])
    assert buyer.orders().token == token
    assert (shops.orders - before).total() == 1
    assert shops.stock == STOCK - 1
    page = buyer.ask(f"/orders/{token}")
    assert page.status == 200
    assert "Thank you. Your order is placed." in page.text
    assert "Salt pig" in page.text


def test_nginx_sends_it_again_and_the_shopper_notices_nothing(
    stocked: Held, tmp_path: Path
) -> None:
    needed(NGINX)
    shops = stocked.shops
    before = shops.orders
    with nginx.deployed_nginx(stocked.urls, tmp_path) as (url, _), ThreadPoolExecutor(1) as pool:
        buyer = Buyer(repeat(url), one_pig("__Host-cart"))
        buyer.opens_the_checkout()
        waiting = pool.submit(buyer.orders)
        let(stocked.gate.next_order(), GO_AND_DIE)
        answer = waiting.result()
        assert answer.status == 303
        assert list((shops.orders - before).elements()) == [answer.token]
        assert shops.stock == STOCK - 1
        assert "Thank you. Your order is placed." in buyer.ask(f"/orders/{answer.token}").text
        assert not buyer.cookies["__Host-cart"]
