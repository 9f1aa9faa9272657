"""The shop on PostgreSQL beside the same shop on SQLite: what a request takes, as a ratio."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from tqdm import tqdm

from bench.load import Request, requests_per_second
from e2e.support.postgresql import postgresql
from e2e.support.server import prepare, running_shop

MOST = {"GET /cart, 20 lines": 1.15}
"""The most time on PostgreSQL, relative to SQLite in the same run. The other rows have no target:
each request makes one round trip that SQLite does not, and that shows in a short one."""


def print_databases(
    requests_of: Callable[[int, dict[str, str]], list[Request]],
    *,
    turns: int,
    seconds: float,
    workers: str,
) -> None:
    """Prints requests a second on both: medians over turns that alternate, and of their ratios."""
    with tempfile.TemporaryDirectory() as folder, postgresql() as url:
        paths = [Path(folder) / name for name in ("sqlite", "postgresql")]
        for path in paths:
            path.mkdir()
        prepare(paths[0])
        prepare(paths[1], SHOP_DATABASE_URL=url)
        with (
            running_shop(paths[0], SHOP_WORKERS=workers) as small,
            running_shop(paths[1], SHOP_WORKERS=workers, SHOP_DATABASE_URL=url) as large,
        ):
            ports = [int(shop.environ["SHOP_PORT"]) for shop in (small, large)]
            asked = [
                requests_of(port, shop.environ)
                for port, shop in zip(ports, (small, large), strict=True)
            ]
            click.echo(
                f"\n{'requests a second, median':28}{'SQLite':>8}{'PostgreSQL':>12}"
                f"{'time':>7}  target"
            )
            for pair in zip(*asked, strict=True):
                _print(pair, ports, turns, seconds)


def _print(pair: tuple[Request, ...], ports: list[int], turns: int, seconds: float) -> None:
    for request, port in zip(pair, ports, strict=True):  # warm up
        requests_per_second(request, port, seconds=seconds)
    label = pair[0].label
    rounds = [
        [
            requests_per_second(request, port, seconds=seconds)
            for request, port in zip(pair, ports, strict=True)
        ]
        for _ in tqdm(range(turns), desc=label, disable=None, leave=False)
    ]
    sqlite, postgres = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(small / large for small, large in rounds)
    target = ""
    if label in MOST:
        target = f"at most {MOST[label]} {'reached' if ratio <= MOST[label] else 'MISSED'}"
    click.echo(f"{label:28}{sqlite:8.0f}{postgres:12.0f}{ratio:7.2f}  {target}")
