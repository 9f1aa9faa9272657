"""A large import beside a shop that takes orders: planned without a lock, written at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from shop.core.errors import FileRefused
from shop.core.money import Money
from shop.storage import catalogue_import
from shop.storage.catalogue_files.rows import Defaults, Row
from shop.storage.catalogue_import import Plan
from shop.storage.engine import reading, writing
from tests.conftest import OpenShop

DEFAULTS = Defaults("GBP", 2, "Shelf", 2000)
ROWS = [
    Row(number, f"NEW-{number}", f"New {number}", Money(100 + number, "GBP"))
    for number in range(1, 51)
]


def planned(shop: OpenShop, rows: list[Row]) -> Plan:
    plan = Plan()
    with reading(shop.app.extensions["shop"].engine) as connection:
        for _ in catalogue_import.planned(connection, rows, DEFAULTS, plan):
            _assert_unlocked(shop)
    return plan


def _assert_unlocked(shop: OpenShop) -> None:
    path = str(shop.app.extensions["shop"].engine.url.database)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")


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
