"""Real orders, as lists of SKUs and quantities, and which of them the shoppers fill.

The source has all of 11,134 orders (Online Retail, D. Chen, UCI 352, CC BY 4.0), of 25 lines on
average, since many customers are wholesalers. To fill 100,000 of those by hand takes 2.5 million
requests. So most shoppers are private: they fill an order of at most five lines (a quarter of the
orders, 2.5 lines on average). One in fifty fills one of a hundred orders that
are spread evenly over all of up to 100 lines: so the shop has soon met everything that its caches
may keep, and memory that still grows is no cache. Nobody fills part of an order.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SAMPLE = Path(__file__).resolve().parent / "sample"
"""A small part of the same orders, for machines without them."""
ORDERS = "online-retail-orders.csv.gz"
CATALOGUE = "online-retail-catalogue.csv"
SMALL = 5
LONGEST = 100
"""Lines. A longer one takes a person longer than the limit of requests a minute allows at once."""
ONE_IN = 50
EXAMPLES = 100
Order = tuple[tuple[str, int], ...]
"""SKUs and quantities, each SKU once, in the order in which they were bought."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where orders and their catalogue come from."""

    orders: Path
    catalogue: Path


def source(*, is_sample: bool = False) -> Source:
    """The shared orders, or the sample: if it is wanted, and on a machine without them."""
    folder = SHARED if SHARED.is_dir() and not is_sample else SAMPLE
    return Source(folder / ORDERS, folder / CATALOGUE)


def read(file: Path) -> list[Order]:
    """The orders of a gzipped CSV file with the columns order, sku and quantity."""
    text = gzip.decompress(file.read_bytes()).decode()
    by_order = groupby(csv.DictReader(io.StringIO(text)), key=lambda row: row["order"])
    return [tuple((row["sku"], int(row["quantity"])) for row in rows) for _, rows in by_order]


def largest_quantity(orders: Sequence[Order]) -> int:
    """The largest quantity of a line, which the shop has to allow."""
    return max(quantity for order in orders for _, quantity in order)


def chosen(orders: Sequence[Order], count: int) -> Iterator[Order]:
    """So many orders to fill, in turn and each again and again: one in fifty of `EXAMPLES` orders
    of up to `LONGEST` lines, the others of up to `SMALL`. Raises ValueError without one."""
    small = [order for order in orders if len(order) <= SMALL]
    any_length = [order for order in orders if len(order) <= LONGEST]
    if not small:
        raise ValueError(f"no order has at most {SMALL} lines")
    examples = any_length[:: max(1, len(any_length) // EXAMPLES)][:EXAMPLES]
    for number in range(count):
        turn, is_any = divmod(number, ONE_IN)[0], number % ONE_IN == 0
        among, which = (examples, turn) if is_any else (small, number - turn)
        yield among[which % len(among)]
