"""`shop catalogue import`, `export` and `remove`."""

from __future__ import annotations

import copy
import csv
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import Engine

from shop.commands.files import ENCODING, FORMAT, octets_of
from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.commands.terminal import Sentence, counted, progress
from shop.config import Settings
from shop.factory import catalogue_defaults
from shop.storage import catalogue, catalogue_import, catalogue_removal
from shop.storage.catalogue_files import crumb
from shop.storage.catalogue_files.formats import FORMATS, Catalogue, read
from shop.storage.catalogue_files.rows import ABSENT, OPTIONAL, REQUIRED
from shop.storage.catalogue_import import Plan
from shop.storage.engine import reading, writing

MOST_LINES_NAMED = 5


@click.group("catalogue")
def catalogue_commands() -> None:
    """Import, export and remove products."""


@catalogue_commands.command(
    "import",
    help=f"""Add or update products from a FILE, by SKU: all of them or none.

    The columns are {", ".join(REQUIRED)}; optionally {", ".join(OPTIONAL)}. They may be separated
    by commas, semicolons or tabs. docs/catalogue-files.md describes the other formats.
    """,
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "key", type=FORMAT, default="crumb", help="The format of FILE.")
@click.option("--encoding", type=ENCODING, help="The encoding of FILE, if not UTF-8.")
@click.option(
    "--replace", "replaces", is_flag=True, help="Stop selling products that are not in FILE."
)
def import_(file: Path, key: str, encoding: str | None, replaces: bool) -> None:
    settings = settings_of_environment()
    engine = migrated_database(settings)
    import_file(engine, settings, file, key=key, encoding=encoding, replaces=replaces)


@catalogue_commands.command()
def export() -> None:
    """Write all products to standard output, in the format that import reads."""
    settings = settings_of_environment()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with reading(migrated_database(settings)) as connection:
        exponent = catalogue_defaults(settings).exponent
        writer.writerows(crumb.write(catalogue.everything(connection), exponent))


@catalogue_commands.command()
@click.argument("skus", nargs=-1, required=True, metavar="SKU...")
@click.option("--delete", "deletes", is_flag=True, help="Delete the products altogether.")
def remove(skus: tuple[str, ...], deletes: bool) -> None:
    """Withdraw products from sale, all of them or none.

    Carts that have them say so, and orders keep their own copy. To sell one again, import it with
    active = yes. With --delete they are deleted; their numbers in cookies are not used again.
    """
    engine = migrated_database(settings_of_environment())
    skus = tuple(dict.fromkeys(skus))
    with writing(engine) as connection:
        if deletes:
            catalogue_removal.remove(connection, skus)
            removed = list(skus)
        else:
            removed = catalogue_removal.retire(connection, skus)
    if removed:
        click.echo(f"{'Deleted' if deletes else 'No longer sold'}: {', '.join(removed)}.")
    idle = [sku for sku in skus if sku not in removed]
    if idle:
        click.echo(f"Already withdrawn from sale: {', '.join(idle)}.")


def _hidden(command: click.Command) -> click.Command:
    alias = copy.copy(command)
    alias.hidden = True
    return alias


OLDER_NAMES = {"import-catalogue": _hidden(import_), "export-catalogue": _hidden(export)}


def import_file(
    engine: Engine,
    settings: Settings,
    file: Path,
    *,
    key: str = "crumb",
    encoding: str | None = None,
    replaces: bool = False,
) -> None:
    """Imports a whole catalogue file, or nothing, and says what was done.

    Raises FileRefused, or Sentence when it would replace every product with nothing.
    """
    defaults = catalogue_defaults(settings)
    found = read(octets_of(file), defaults, format=FORMATS[key], encoding=encoding)
    rows = found.rows
    if replaces:
        if not rows:
            raise Sentence(f"There are no products in {file.name}, so nothing was changed.")
        rows = [replace(row, is_active=True) if row.is_active is ABSENT else row for row in rows]
    plan = Plan()
    with reading(engine) as connection:
        done = catalogue_import.planned(connection, rows, defaults, plan)
        for _ in progress(done, total=len(rows), unit="products"):
            pass
    with writing(engine) as connection:
        catalogue_import.carry_out(connection, plan, int(time.time()))
        skus = [row.sku for row in rows]
        retired = catalogue_removal.retire_others(connection, skus) if replaces else []
    _report(file, found, plan, len(retired))


def _report(file: Path, found: Catalogue, plan: Plan, retired: int) -> None:
    parts = [
        f"{counted(len(products))} {what}"
        for products, what in ((plan.added, "added"), (plan.changed, "updated"))
        if products
    ]
    click.echo(f"{' and '.join(parts) or 'No products'} from {file.name}.")
    if retired:
        are = "is" if retired == 1 else "are"
        click.echo(f"{counted(retired)} {are} not in the file and {are} no longer sold.")
    _list("Left out", "row", found.left_out)
    _list("Check", "product", found.notes)


def _list(title: str, what: str, reasons: Mapping[str, Sequence[int]]) -> None:
    for reason, lines in reasons.items():
        click.echo(f"{title} {counted(len(lines), what)} ({_named(lines)}): {reason}.")


def _named(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:MOST_LINES_NAMED]))
    more = len(lines) - MOST_LINES_NAMED
    word = "line" if len(lines) == 1 else "lines"
    return f"{word} {shown} and {more:,} more" if more > 0 else f"{word} {shown}"
