"""`shop init`, `shop secret` and `shop migrate`: a shop's keys, database and first products."""

from __future__ import annotations

import os
from pathlib import Path

import click

from shop import demo, secret_keys
from shop.commands.catalogue import import_file
from shop.commands.own_shop import settings_of_environment
from shop.config import Settings
from shop.storage import catalogue, schema
from shop.storage.engine import connect_to, reading

DEMO_CURRENCY = "GBP"
DEMO_CATALOGUE = Path(demo.__file__).with_name("catalogue.csv")


@click.command()
@click.option(
    "--demo/--empty",
    "wants_demo",
    default=None,
    help="Whether to import the demo catalogue; by default, only into a new database.",
)
def init(wants_demo: bool | None) -> None:
    """Prepare a shop: secret keys, database, demo catalogue. Keeps whatever exists."""
    settings = settings_of_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    if not settings.secret_keys:
        _create_secret(settings)
    engine = connect_to(settings.database_url)
    is_new = schema.migrate(engine)
    wants_demo = is_new if wants_demo is None else wants_demo
    with reading(engine) as connection:
        is_stocked = catalogue.count(connection) > 0
    if not is_stocked and not wants_demo:
        click.echo("There are no products yet. Import your own: shop catalogue import FILE")
    elif not is_stocked and settings.currency != DEMO_CURRENCY:
        click.echo(
            f"There are no products yet: the demo catalogue is priced in {DEMO_CURRENCY}, but this "
            f"shop sells in {settings.currency}. Import your own: shop catalogue import FILE"
        )
    elif not is_stocked:
        import_file(engine, settings, DEMO_CATALOGUE)


@click.command()
def secret() -> None:
    """Print a new secret key, for SHOP_SECRET_KEYS."""
    click.echo(secret_keys.new_key())


@click.command()
def migrate() -> None:
    """Migrate the database to the newest version."""
    settings = settings_of_environment()
    settings.instance.mkdir(parents=True, exist_ok=True)
    schema.migrate(connect_to(settings.database_url))
    click.echo("The database is up to date.")


def _create_secret(settings: Settings) -> None:
    path = secret_keys.file_in(settings.instance)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret_keys.new_key() + "\n")
