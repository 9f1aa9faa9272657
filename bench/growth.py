"""How the cost of a request grows with the catalogue and with the cart, in processor time.

The apps are called in this process, in turns, and only the time that the processor spent on them
counts: so other load on the machine matters little, and a server and a client not at all. The
figures are for comparison with each other; a request through a server takes longer.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import click
from flask import Flask
from tqdm import tqdm
from werkzeug.test import EnvironBuilder, run_wsgi_app

from e2e.support.server import KEY
from shop.config import Settings
from shop.core.cart import Cart, Line
from shop.core.cookie import MOST_REMEMBERED, NAME, encode
from shop.factory import catalogue_defaults, create_app
from shop.storage import catalogue_import, schema
from shop.storage.catalogue_files.formats import read
from shop.storage.engine import connect_to, writing

NOW = 1_780_000_000
CATALOGUES = (40, 4_000, 40_000)
LINES = (1, 20, 100, 500)
IN_CATALOGUE = 4_000
"""How many products there are where carts of several lengths are compared."""
MOST_GROWTH = 1.2
"""The most that 40,000 products may cost, relative to 40: the same, but for what a figure varies by
when nothing has changed."""
CALLS = 40


@dataclass(frozen=True, slots=True)
class Stocked:
    """A shop with so many products, in a SQLite file."""

    products: int
    path: Path
    app: Flask

    @classmethod
    def with_products(cls, count: int, folder: Path) -> Stocked:
        path = folder / f"{count}.sqlite3"
        settings = Settings.from_environ(
            {
                "SHOP_INSTANCE": str(folder),
                "SHOP_SECRET_KEYS": KEY,
                "SHOP_DATABASE_URL": f"sqlite:///{path}",
            }
        )
        engine = connect_to(settings.database_url)
        schema.migrate(engine)
        defaults = catalogue_defaults(settings)
        rows = read(_catalogue(count), defaults).rows
        with writing(engine) as connection:
            catalogue_import.import_rows(connection, rows, defaults, NOW)
        engine.dispose()
        return cls(count, path, create_app(settings, now=lambda: NOW))

    def touch(self) -> None:
        """Commits something, so that the shop has to read anew."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute("update categories set name = name")


def print_growth(*, turns: int) -> None:
    """Prints microseconds a request: medians over turns that alternate."""
    with tempfile.TemporaryDirectory() as folder:
        shops = [Stocked.with_products(count, Path(folder)) for count in CATALOGUES]
        _print_catalogues(shops, turns)
        _print_lines(next(shop for shop in shops if shop.products == IN_CATALOGUE), turns)


def _print_catalogues(shops: Sequence[Stocked], turns: int) -> None:
    sizes = "".join(f"{shop.products:>9,}" for shop in shops)
    click.echo(f"\n{'microseconds by products':36}{sizes}{'growth':>8}  target")
    for label, path, is_touched, visits in (
        ("GET /cart, 20 lines", "/cart", False, 1),
        ("GET /cart, a new visit each time", "/cart", False, 2 * MOST_REMEMBERED),
        ("GET /products", "/products", False, 1),
        ("GET /cart, after a change", "/cart", True, 1),
        ("GET /products, after a change", "/products", True, 1),
    ):
        calls = [
            _Call.of(
                shop.app, path, lines=20, before=shop.touch if is_touched else None, visits=visits
            )
            for shop in shops
        ]
        taken = _medians(label, calls, turns)
        growth = taken[-1] / taken[0]
        reached = "reached" if growth <= MOST_GROWTH else "MISSED"
        verdict = "none" if is_touched else f"at most {MOST_GROWTH} {reached}"
        figures = "".join(f"{figure:9.0f}" for figure in taken)
        click.echo(f"{label:36}{figures}{growth:8.2f}  {verdict}")


def _print_lines(shop: Stocked, turns: int) -> None:
    click.echo(f"\n{'microseconds by lines':36}" + "".join(f"{count:>9}" for count in LINES))
    calls = [_Call.of(shop.app, "/cart", lines=count) for count in LINES]
    taken = _medians("GET /cart", calls, turns)
    click.echo(f"{'GET /cart':36}" + "".join(f"{figure:9.0f}" for figure in taken))
    each = [figure / count for figure, count in zip(taken, LINES, strict=True)]
    is_less = all(later < earlier for earlier, later in pairwise(each))
    figures = "".join(f"{figure:9.1f}" for figure in each)
    click.echo(f"{'a line':36}{figures}  falling {'reached' if is_less else 'MISSED'}")


@dataclass(frozen=True, slots=True)
class _Call:
    """A request of so many visits in turn, each with a cart and a session of its own."""

    app: Flask
    environs: Iterator[dict[str, Any]]
    before: Callable[[], None] | None

    @classmethod
    def of(
        cls,
        app: Flask,
        path: str,
        *,
        lines: int,
        before: Callable[[], None] | None = None,
        visits: int = 1,
    ) -> _Call:
        held = tuple(Line(number, number % 3 + 1) for number in range(1, lines + 1))
        environs = [_environ(app, path, Cart(held, NOW - visit)) for visit in range(visits)]
        return cls(app, cycle(environs), before)

    def microseconds(self) -> float:
        """The processor time of one request, the mean of several."""
        taken = 0.0
        count = CALLS // 10 if self.before else CALLS
        for _ in range(count):
            if self.before:
                self.before()
            environ = dict(next(self.environs))
            began = time.process_time()
            status = run_wsgi_app(self.app.wsgi_app, environ, buffered=True)[1]
            taken += time.process_time() - began
            if not status.startswith("200"):
                raise RuntimeError(f"{status} instead of 200")
        return taken / count * 1e6


def _environ(app: Flask, path: str, cart: Cart) -> dict[str, Any]:
    cookies = f"{NAME}={encode(cart, [KEY], name=NAME)}; script=1"
    environ: dict[str, Any] = EnvironBuilder(path=path).get_environ()
    environ["HTTP_COOKIE"] = cookies
    first = run_wsgi_app(app.wsgi_app, dict(environ))[2]
    sessions = [it.partition(";")[0] for it in first.getlist("Set-Cookie") if "session" in it]
    environ["HTTP_COOKIE"] = "; ".join([cookies, *sessions])
    return environ


def _medians(label: str, calls: Sequence[_Call], turns: int) -> list[float]:
    for call in calls:  # warm up
        call.microseconds()
    taken = [
        [call.microseconds() for call in calls]
        for _ in tqdm(range(turns * 3), desc=label, disable=None, leave=False)
    ]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


_COLUMNS = (
    "sku", "slug", "name", "description", "category", "price", "currency", "vat_rate", "stock",
    "image", "active",
)  # fmt: skip


def _catalogue(count: int) -> bytes:
    rows = [",".join(_COLUMNS)]
    for number in range(1, count + 1):
        price = f"{number % 90 + 1}.{number % 100:02}"
        rows.append(
            f"P{number},product-{number},Product {number},Made to be measured.,Shelf {number % 12},"
            f"{price},GBP,20,,,yes"
        )
    return "\n".join(rows).encode("ascii")
