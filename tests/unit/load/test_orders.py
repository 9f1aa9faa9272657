"""Which orders shoppers fill."""

from __future__ import annotations

import csv
import gzip
from itertools import islice
from pathlib import Path

import pytest

from load import orders
from load.orders import EXAMPLES, LONGEST, ONE_IN, SAMPLE, SMALL, Order, chosen, read


def order(lines: int) -> Order:
    return tuple((f"SKU-{lines}-{number}", number + 1) for number in range(lines))


def test_orders_are_read_with_their_lines_in_order(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress(b"order,sku,quantity\n1,B,6\n1,A,2\n2,A,1\n"))
    assert read(file) == [(("B", 6), ("A", 2)), (("A", 1),)]


def test_one_shopper_in_fifty_fills_an_order_of_any_length() -> None:
    filled = list(chosen([order(SMALL), order(LONGEST)], 4 * ONE_IN))
    long = [number for number, lines in enumerate(filled) if len(lines) > SMALL]
    assert long == [ONE_IN, 3 * ONE_IN]


def test_every_order_has_its_turn_and_none_is_cut() -> None:
    small, long = [order(count) for count in range(1, SMALL + 1)], order(SMALL + 1)
    filled = list(chosen([*small, long], 6 * ONE_IN))
    assert set(filled) == {*small, long}


def test_an_order_that_is_too_long_for_a_minute_is_left_out() -> None:
    assert order(LONGEST + 1) not in chosen([order(1), order(LONGEST + 1)], 4 * ONE_IN)


def test_a_hundred_examples_are_spread_over_the_orders() -> None:
    orders = [(*order(SMALL + 1 + number % 20), (f"ORDER-{number}", 1)) for number in range(1000)]
    filled = set(chosen([order(1), *orders], 200 * ONE_IN)) - {order(1)}
    assert 99 <= len(filled) <= EXAMPLES
    assert max(orders.index(one) for one in filled) >= 980


def test_orders_without_a_small_one_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 5 lines"):
        next(chosen([order(SMALL + 1)], 1))


def test_without_the_shared_orders_the_sample_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(orders, "SHARED", tmp_path / "none")
    assert orders.source().orders.parent == SAMPLE
    monkeypatch.setattr(orders, "SHARED", tmp_path)
    assert orders.source().orders.parent == tmp_path
    assert orders.source(is_sample=True).orders.parent == SAMPLE


def test_the_sample_is_enough_for_both_kinds_of_shoppers_and_has_all_its_products() -> None:
    bought = read(SAMPLE / "online-retail-orders.csv.gz")
    with (SAMPLE / "online-retail-catalogue.csv").open(encoding="utf-8") as file:
        sold = {row["sku"] for row in csv.DictReader(file)}
    assert {sku for lines in bought for sku, _ in lines} == sold
    assert any(len(lines) > SMALL for lines in islice(chosen(bought, 5000), 5000))
