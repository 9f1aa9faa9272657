"""`shop import-catalogue` and `shop export-catalogue`."""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import click
from sqlalchemy import Engine
from tqdm import tqdm

from shop.commands.files import opened
from shop.commands.own_shop import migrated_database, settings_of_environment
from shop.config import Settings
from shop.factory import catalogue_defaults
from shop.storage import catalogue, catalogue_file, catalogue_import
from shop.storage.engine import reading, writing


@click.command(
    "import-catalogue",
    help=f"""Add or update products from a CSV FILE, by SKU: all of them or none.

    Columns: {", ".join(catalogue_file.REQUIRED)}; optionally {", ".join(catalogue_file.OPTIONAL)}.
    """,
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(file: Path) -> None:
    settings = settings_of_environment()
    import_file(migrated_database(settings), settings, file)


@click.command("export-catalogue")
def export() -> None:
    """Write all products to standard output, in the format of import-catalogue."""
    settings = settings_of_environment()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with reading(migrated_database(settings)) as connection:
        exponent = catalogue_defaults(settings).exponent
        writer.writerows(catalogue_file.write(catalogue.everything(connection), exponent))


def import_file(engine: Engine, settings: Settings, file: Path) -> None:
    """Imports a whole catalogue file, or nothing. Raises FileRefused."""
    defaults = catalogue_defaults(settings)
    with opened(file) as lines:
        rows = catalogue_file.read(lines, defaults)
    plan = catalogue_import.Plan()
    with reading(engine) as connection:
        done = catalogue_import.planned(connection, rows, defaults, plan)
        for _ in tqdm(done, total=len(rows), unit=" products", disable=None, leave=False):
            pass
    with writing(engine) as connection:
        catalogue_import.carry_out(connection, plan, int(time.time()))
    click.echo(f"{len(rows)} products imported from {file.name}.")
