"""One run: a shop as a keeper runs it, its shoppers, and what is measured meanwhile."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil

from bench.load import exchange
from e2e.support.server import COMMAND, KEY, PROJECT, RunningShop, prepare, running_shop
from load import rows
from load.browser import Browser, Fault
from load.crowd import Crowd
from load.memory import Growth, Sample, growth
from load.orders import Order, chosen, largest_quantity
from load.report import Run
from load.shopper import Goods, Visited
from shop.config import SETTINGS
from shop.storage import catalogue
from shop.storage.engine import connect_to, reading

LIMIT = int(SETTINGS["ratelimit"].default.split()[0])
"""POST requests a minute from one address, in each worker."""
WORKERS = SETTINGS["workers"].default
STRANGER = "192.0.2.1"
"""Somebody who sends more than that (an address for documentation, RFC 5737)."""


@contextmanager
def open_shop(
    instance: Path, orders: Sequence[Order], goods: Path, database_url: str
) -> Iterator[RunningShop]:
    """A shop with these goods, as a keeper runs it behind a proxy: with its rate limits, its mail,
    and the workers of its default settings. Only the largest quantity is that of these orders."""
    settings = {
        "SHOP_RATELIMIT_ENABLED": "on",
        "SHOP_TRUSTED_PROXIES": "1",
        "SHOP_SEND_MAIL": "on",
        "SHOP_WORKERS": WORKERS,
        "SHOP_MAX_QUANTITY": str(max(99, largest_quantity(orders))),
        "SHOP_DATABASE_URL": database_url,
    }
    prepare(instance, **settings)
    command = [*COMMAND, "catalogue", "import", str(goods)]
    with running_shop(instance, **settings) as shop:
        subprocess.run(command, env=shop.environ, cwd=PROJECT, check=True, capture_output=True)
        yield shop


def shop_at(
    shop: RunningShop,
    orders: Sequence[Order],
    *,
    carts: int,
    at_once: int,
    seconds: float,
    note: Callable[[int, int, int], object] = lambda *_: None,
) -> Run:
    """Lets shoppers fill so many carts in a running shop, and measures it. About once a second,
    `note` is told how many are filled, and for each worker its process id and its bytes (PSS)."""
    port = int(shop.environ["SHOP_PORT"])
    url = shop.environ["SHOP_DATABASE_URL"] or f"sqlite:///{shop.database}"
    visited = Visited(f"127.0.0.1:{port}", goods_in(url), (KEY,))
    workers = workers_of(shop)
    before, shop_before = rows.counts(url), _processor_seconds(workers)
    samples: dict[int, list[Sample]] = {worker.pid: [] for worker in workers}

    def sample(filled: int) -> None:
        for worker in workers:
            with suppress(psutil.Error):
                size = worker.memory_full_info().pss
                samples[worker.pid].append(Sample(filled, size))
                note(filled, worker.pid, size)

    began, client_before = time.monotonic(), time.process_time()
    crowd = Crowd(visited, port, chosen(orders, carts), at_once=at_once, seconds=seconds)
    tally = crowd.run(sample)
    lasted, client = time.monotonic() - began, time.process_time() - client_before
    is_same = {worker.pid for worker in workers_of(shop)} == samples.keys()
    return Run(
        wanted=carts,
        tally=tally,
        seconds=lasted,
        shop_seconds=_processor_seconds(workers) - shop_before if is_same else 0.0,
        client_seconds=client,
        memory=_growth(samples),
        is_limited=is_limited(port),
        changed=rows.changed(before, rows.counts(url)),
        other=() if is_same else ("a worker died during the run",),
    )


def goods_in(url: str) -> dict[str, Goods]:
    """Everything that the shop sells, by SKU."""
    engine = connect_to(url)
    try:
        with reading(engine) as connection:
            return {
                product.sku: Goods(product.slug, product.number)
                for product in catalogue.everything(connection)
            }
    finally:
        engine.dispose()


def workers_of(shop: RunningShop) -> list[psutil.Process]:
    """The processes that answer requests, and not those beside them."""
    parent = psutil.Process(shop.process_id)
    group = os.getpgid(shop.process_id)
    return [child for child in parent.children() if os.getpgid(child.pid) == group]


def is_limited(port: int) -> bool:
    """Whether the shop refuses somebody who sends too many forms, as it should. Each worker counts
    for itself."""
    most = LIMIT * int(WORKERS)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        browser = Browser(partial(exchange, connection), f"127.0.0.1:{port}", STRANGER)
        for _ in range(2 * most + 2):  # a minute may begin in between
            try:
                browser.post("/cart/lines", "sku=there-is-no-such-thing")
            except Fault as fault:
                if ": 429 " in str(fault):
                    return True
    return False


def _processor_seconds(processes: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _growth(samples: dict[int, list[Sample]]) -> dict[int, Growth]:
    grown = {}
    for process, taken in samples.items():
        with suppress(ValueError):  # too short a run
            grown[process] = growth(taken)
    return grown
