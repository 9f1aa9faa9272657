"""A large import beside a shop that takes orders: planned without a lock, written at once, and
shown by every worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest

from e2e.support.server import COMMAND, RunningShop, running_shop
from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.storage import catalogue_import
from shop.storage.catalogue_files.rows import Defaults, Row
from shop.storage.catalogue_import import Plan
from shop.storage.engine import reading, writing
from tests.conftest import OpenShop
from tests.integration.checkouts import FIELDS
from tests.integration.client import field_value, text_of

DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
ROWS = [
    Row(number, f"NEW-{number}", f"New {number}", Money(100 + number, "GBP"))
    for number in range(1, 51)
]


def planned(shop: OpenShop, rows: list[Row]) -> Plan:
    plan = Plan()
    with reading(shop.app.extensions["shop"].engine) as connection:
        for _ in catalogue_import.planned(connection, rows, DEFAULTS, plan):
            with shop.database.locked():
                pass  # it could be had at once
    return plan


def carry_out(shop: OpenShop, plan: Plan) -> None:
    with writing(shop.app.extensions["shop"].engine) as connection:
        catalogue_import.carry_out(connection, plan, shop.clock.now)


def test_planning_takes_no_lock_and_writes_nothing(shop: OpenShop) -> None:
    before = shop.dump()
    planned(shop, ROWS)
    assert shop.dump() == before


def test_a_plan_is_written_in_the_order_of_the_file(shop: OpenShop) -> None:
    carry_out(shop, planned(shop, ROWS))
    found = shop.sql("select sku from products where sku like 'NEW-%' order by number")
    assert [sku for (sku,) in found] == [row.sku for row in ROWS]


def test_a_plan_that_another_import_overtook_is_refused(shop: OpenShop) -> None:
    plan = planned(shop, ROWS)
    carry_out(shop, planned(shop, ROWS[:1]))
    before = shop.dump()
    with pytest.raises(FileRefused, match="changed while the file was read"):
        carry_out(shop, plan)
    assert shop.dump() == before


def test_stock_that_was_sold_meanwhile_stays_sold(shop: OpenShop) -> None:
    shop.sql("update products set stock = 5 where sku = 'MUG'")
    dearer = Row(1, "MUG", "Everyday mug", Money(9_900, "GBP"))
    plan = planned(shop, [replace(dearer)])
    shop.sql("update products set stock = 4 where sku = 'MUG'")
    carry_out(shop, plan)
    assert shop.sql("select stock, price_minor from products where sku = 'MUG'") == [(4, 9_900)]


class Buyer:
    """A browser's connection to a served shop, with its own cookies."""

    def __init__(self, shop: RunningShop) -> None:
        self.url = shop.url
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor()
        )
        opener.addheaders = [("Origin", shop.url)]  # as a browser says it
        self._open = opener.open

    def page(self, path: str, **fields: str) -> str:
        """The page at the end of a GET, or of a POST of these fields. Raises HTTPError."""
        form = urlencode(fields).encode() if fields else None
        with self._open(f"{self.url}{path}", form, timeout=30) as response:
            return str(response.read().decode())

    def buys(self) -> str:
        """The heading of the page that a placed order leads to."""
        self.page("/products/cedar-pencil")
        self.page("/cart/lines", sku="PENCIL", quantity="1")
        checkout = self.page("/checkout")
        once = field_value(checkout, "once")
        placed = self.page("/checkout", csrf_token=_token(checkout), once=once, **FIELDS)
        return text_of(placed, "h1")


def _token(page: str) -> str:
    return field_value(page, "csrf_token")


@contextmanager
def only(worker: int, workers: Iterable[int]) -> Iterator[None]:
    """Holds all other workers up, so that this one responds."""
    others = [other for other in workers if other != worker]
    try:
        for other in others:
            os.kill(other, signal.SIGSTOP)
        yield
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def test_orders_go_on_while_a_file_is_imported_and_every_worker_shows_it(
    stocked: Path, tmp_path: Path
) -> None:
    shutil.copy(stocked, tmp_path / "shop.sqlite3")
    file = tmp_path / "new.csv"
    rows = "".join(f"NEW-{number},New {number},{number}.50,GBP\n" for number in range(3_000))
    file.write_text(f"sku,name,price,currency\nMUG,A renamed mug,9.90,GBP\n{rows}", "utf-8")
    with running_shop(tmp_path, SHOP_WORKERS="2", SHOP_PAYMENTS="invoice") as shop:
        workers = [child.pid for child in psutil.Process(shop.process_id).children()]
        assert len(workers) == 2
        for worker in workers:
            with only(worker, workers):
                assert "Everyday mug" in Buyer(shop).page("/products/everyday-mug")
        command = [*COMMAND, "catalogue", "import", str(file)]
        placed = []
        with subprocess.Popen(command, env=shop.environ, stdout=subprocess.PIPE) as process:
            while process.poll() is None:
                placed.append(Buyer(shop).buys())
        assert process.returncode == 0
        assert set(placed) == {"Thank you. Your order is placed."}
        assert shop.ask("select count(*) from orders") == [(len(placed),)]
        for worker in workers:
            with only(worker, workers):
                assert "A renamed mug" in Buyer(shop).page("/products/everyday-mug")
                assert "3,0" in text_of(Buyer(shop).page("/products"), ".list-head p")
