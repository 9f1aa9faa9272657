"""`shop budget`: whether real orders would fit into a cookie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shop.commands.files import ENCODING, FORMAT, octets_of, write
from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import progress
from shop.config import Settings
from shop.core import cookie
from shop.factory import catalogue_defaults
from shop.storage import catalogue
from shop.storage.catalogue_files.formats import FORMATS, read
from shop.storage.catalogue_files.table import read_table
from shop.storage.engine import reading

if TYPE_CHECKING:
    from shop.lab.encodings.budget_report import Goods

MEASURED_AT = cookie.EPOCH + 28_200_000
"""The time of the last change of every measured cart, fixed so that the same orders always give
the same figures."""
STAND_IN_KEY = "a key that signs nothing but measurements"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help="Also draw the figures.",
)
@click.option(
    "--catalogue",
    "goods_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take names and prices from this file, not from the shop.",
)
@click.option(
    "--format", "key", type=FORMAT, default="crumb", help="The format of the --catalogue file."
)
@click.option(
    "--encoding", type=ENCODING, help="The encoding of FILE and --catalogue, if not UTF-8."
)
def budget(
    file: Path,
    as_json: bool,
    plot: Path | None,
    goods_file: Path | None,
    key: str,
    encoding: str | None,
) -> None:
    """Pack every order of a FILE (order, sku, quantity; may be .gz) into a cart cookie.

    Six other encodings are measured beside the shop's own. With --catalogue no database is
    needed, and the figures are the same on every machine.
    """
    from shop.lab.encodings import budget_plot, budget_report

    settings = settings_of_environment()
    orders = budget_report.read_orders(read_table(octets_of(file), encoding))
    goods = _goods(settings, goods_file, key, encoding)
    keys = settings.secret_keys or (STAND_IN_KEY,)
    sizes = budget_report.measure(orders, goods, keys=keys, now=MEASURED_AT)
    measured = list(progress(sizes, total=len(orders), unit="orders"))
    report = budget_report.report(orders, measured, goods)
    if plot:
        write(plot, budget_plot.picture(orders, measured))
    click.echo(budget_report.as_json(report) if as_json else budget_report.as_text(report))


def _goods(settings: Settings, file: Path | None, key: str, encoding: str | None) -> Goods:
    from shop.lab.encodings import budget_report

    if file is None:
        with reading(migrated_database(settings)) as connection:
            return budget_report.goods_of_shop(catalogue.everything(connection))
    defaults = catalogue_defaults(settings)
    found = read(octets_of(file), defaults, format=FORMATS[key], encoding=encoding)
    return budget_report.goods_of_file(found.rows)
