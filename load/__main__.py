"""`make load`: says whether the shop keeps its promises under load, and ends with 1 if not."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

import click

from e2e.support.postgresql import postgresql
from load import orders
from load.report import broken, text
from load.run import open_shop, shop_at


@click.command()
@click.option("--carts", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--at-once", type=click.IntRange(1, 200), default=8, show_default=True)
@click.option(
    "--minutes", type=float, default=60, show_default=True, help="When it ends, whatever is left."
)
@click.option("--postgresql", "on_postgresql", is_flag=True, help="Instead of SQLite.")
@click.option(
    "--sample", "is_sample", is_flag=True, help="Fills the few orders of load/sample only."
)
@click.option(
    "--samples",
    type=click.File("w", lazy=False),
    help="Writes the memory of the workers here, as CSV.",
)
def main(
    carts: int,
    at_once: int,
    minutes: float,
    on_postgresql: bool,
    is_sample: bool,
    samples: TextIO | None,
) -> None:
    """Fills so many carts with real orders, by so many shoppers at once, on this machine only."""
    source = orders.source(is_sample=is_sample)
    bought = orders.read(source.orders)
    if not is_sample and source.orders.is_relative_to(orders.SAMPLE):
        click.echo(f"There are no orders at {orders.SHARED}, so those of the sample are used.")
    kind = "PostgreSQL" if on_postgresql else "SQLite"
    click.echo(f"{carts:,} carts, {at_once} shoppers at once, on {kind} ...")
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="crumb-load-")))
        url = running.enter_context(postgresql()) if on_postgresql else ""
        shop = running.enter_context(open_shop(folder, bought, source.catalogue, url))
        run = shop_at(
            shop,
            bought,
            carts=carts,
            at_once=at_once,
            seconds=minutes * 60,
            note=lambda *figures: (
                print(*figures, sep=",", file=samples, flush=True) if samples else None
            ),
        )
    click.echo(text(run))
    faults = broken(run)
    for fault in faults:
        click.echo(f"BROKEN  {fault}")
    if faults:
        sys.exit(1)
    click.echo(
        "Kept: every cart holds what was put in, no error, and no row more in any of the tables."
    )


if __name__ == "__main__":
    main()
