"""PostgreSQL is slow, busy, restarted or replaced: a page says so, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from e2e.support.server import DIRECT, running_shop
from tests.conftest import Kind, Opener, OpenShop
from tests.databases import PostgresqlDatabase, connected
from tests.integration.client import CUSTOMER, LintingClient, field_value, text_of
from tests.integration.test_database_unavailable import assert_unavailable_page

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("databases", [Kind.POSTGRESQL], indirect=True, ids=["postgresql"]),
]
SLOW = (
    "create function slow() returns trigger language plpgsql as $$begin perform pg_sleep(60); "
    "return new; end$$",
    "create trigger slow before insert on orders for each row execute function slow()",
)
OTHERS = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


def checkout(visitor: LintingClient) -> dict[str, str]:
    """The form of a checkout with two mugs."""
    visitor.add("MUG", 2)
    return CUSTOMER | {"once": field_value(visitor.get("/checkout").text, "once")}


def assert_ordered_once(shop: OpenShop, visitor: LintingClient, form: dict[str, str]) -> None:
    """The order had not been stored, and can now be placed with what the shopper has kept."""
    assert shop.sql("select count(*) from orders") == [(0,)]
    assert visitor.cart_value() == shop.cookie({"MUG": 2})
    assert visitor.send("/checkout", **form).status_code == 303
    assert shop.sql("select count(*) from orders") == [(1,)]


def test_a_statement_that_takes_too_long_is_ended(open_shop: Opener) -> None:
    shop = open_shop(SHOP_DATABASE_STATEMENT_SECONDS="0.2")
    visitor = shop.visitor()
    form = checkout(visitor)
    for statement in SLOW:
        shop.sql(statement)
    assert_unavailable_page(visitor.send("/checkout", **form))
    assert shop.sql(f"select count(*) {OTHERS} and query like '%pg_sleep%'") == [(0,)]
    shop.sql("drop function slow cascade")
    assert_ordered_once(shop, visitor, form)


def test_when_all_connections_are_in_use_a_page_says_so(open_shop: Opener) -> None:
    shop = open_shop(SHOP_DATABASE_CONNECTIONS="2", SHOP_DATABASE_WAIT_SECONDS="0.05")
    visitor = shop.visitor()
    visitor.add("MUG", 2)
    with ExitStack() as taken:
        for _ in range(2):
            taken.enter_context(shop.engine.connect())
        assert_unavailable_page(visitor.get("/products?q=tea"))
    assert visitor.get("/products?q=tea").status_code == 200
    assert text_of(visitor.get("/cart").text, ".top-count") == "2 items"


def test_connections_that_the_server_has_closed_are_replaced(shop: OpenShop) -> None:
    visitor = shop.visitor()
    form = checkout(visitor)
    closed = shop.sql(f"select pg_terminate_backend(pid, 5000) {OTHERS}")
    assert closed.count((True,)) >= 2  # one of the pool, and the one that watches for changes
    assert_ordered_once(shop, visitor, form)


def test_a_server_that_became_read_only_is_left(open_shop: Opener) -> None:
    """As after a failover: the old server still answers, and a new connection finds the new one."""
    shop = open_shop(SHOP_DATABASE_CONNECTIONS="1")
    visitor = shop.visitor()
    form = checkout(visitor)
    with shop.engine.connect() as connection:
        connection.exec_driver_sql("set session default_transaction_read_only = on")
        connection.commit()
    assert_unavailable_page(visitor.send("/checkout", **form))
    assert_ordered_once(shop, visitor, form)


def test_what_the_shop_asks_of_a_connection(open_shop: Opener) -> None:
    shop = open_shop(SHOP_DATABASE_WAIT_SECONDS="3", SHOP_DATABASE_STATEMENT_SECONDS="7.5")
    with shop.engine.connect() as connection:
        asked = [
            connection.exec_driver_sql(f"show {name}").scalar_one()
            for name in ("lock_timeout", "statement_timeout", "application_name")
        ]
    assert asked == ["3s", "7500ms", "crumb"]


BESIDE_MANY_VISITORS = """
from gevent import monkey

monkey.patch_all(ssl=False)

import os, resource, sys, psycopg
from psycopg import waiting
from shop.server import SELECTED, wait

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(SELECTED + 50, most), most))
waiting.wait = wait
for many in (False, True):
    with psycopg.connect(sys.argv[1]) as connection:
        asked = "select count(*) from generate_series(1, 1000000)"  # for which it has to wait
        print(connection.fileno() >= SELECTED, connection.execute(asked).fetchone())
    visitors = [os.dup(0) for _ in range(SELECTED)]
"""


def test_a_process_with_a_thousand_visitors_reaches_its_database(shop: OpenShop) -> None:
    """select(2) cannot wait for file descriptors from 1,024 on."""
    address = shop.database.url.replace("+psycopg", "")
    asked = subprocess.run(
        [sys.executable, "-c", BESIDE_MANY_VISITORS, address],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert asked.stdout.splitlines() == ["False (1000000,)", "True (1000000,)"], asked.stderr


def test_a_statement_that_waits_holds_up_no_other_visitor(shop: OpenShop, tmp_path: Path) -> None:
    """In one process of the real server, which has a greenlet and no thread for each visitor."""
    assert isinstance(shop.database, PostgresqlDatabase)
    waiting = f"select pid {OTHERS} and wait_event_type = 'Lock'"
    with (
        running_shop(tmp_path, SHOP_DATABASE_URL=shop.database.url) as served,
        ThreadPoolExecutor(1) as visitor,
        closing(connected(shop.database.address)) as other,
    ):
        with other.transaction():
            other.execute("lock table former_slugs in access exclusive mode")
            held_up = visitor.submit(status, f"{served.url}/products/no-such-product")
            while not shop.sql(waiting):
                assert not held_up.done()
            assert status(f"{served.url}/products?q=tea") == 200
            assert not held_up.done()
        assert held_up.result() == 404


def status(url: str) -> int:
    try:
        with DIRECT.open(url, timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code
