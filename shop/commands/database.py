"""A shop's keys and database: made, migrated, backed up and restored."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import URL, make_url

from shop import demo, secret_keys
from shop.commands.catalogue import import_file
from shop.commands.own_shop import settings_of_environment
from shop.commands.terminal import Sentence, advancing, counted
from shop.config import Settings
from shop.factory import own_shop_file
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
    own_shop_file(settings)  # so that its mistakes show now, and not when the shop starts


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


FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--without-keys", is_flag=True, help="Leave out the secret keys.")
@click.option("--force", is_flag=True, help="Overwrite FILE.")
def backup(file: Path, without_keys: bool, force: bool) -> None:
    """Back up the whole shop to one file, even while it serves."""
    from shop.commands import own_files
    from shop.storage.backups import backup, contents

    settings = settings_of_environment()
    with _files(), advancing() as progress:
        collected = own_files.collect(settings)
        written = backup.write(
            file,
            instance=settings.instance,
            database=_database(settings),
            now=datetime.now(UTC),
            with_secrets=not without_keys,
            own_files=collected.files,
            own=collected.manifest,
            overwrites=force,
            progress=progress,
        )
    manifest = written.manifest
    held = _held(manifest.rows)
    if contents.KEYS.name in manifest.files:
        click.echo(
            f"{file} holds {held}, and the secret keys: whoever can read it can also forge carts "
            "and sessions. Keep it as safe as the shop itself."
        )
    else:
        click.echo(
            f"{file} holds {held}, but no secret keys. Keep them too: without them, every cart in "
            "a browser is lost."
        )
    if written.left_out:
        names = ", ".join(written.left_out)
        click.echo(f"Left out, since the shop does not know them: {names}.")
    own_files.tell_of_backup(collected)


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace a shop, and keep the old one beside it.")
def restore(file: Path, force: bool) -> None:
    """Restore a shop from a backup, into an empty instance folder. Stop the shop first.

    A PostgreSQL database must be empty, also with --force.
    """
    from shop.commands import own_files
    from shop.storage.backups import contents, restore

    settings = settings_of_environment()
    with _files(), advancing() as progress:
        restored = restore.restore(
            file,
            instance=settings.instance,
            database=_database(settings),
            now=datetime.now(UTC),
            replaces=force,
            progress=progress,
        )
    manifest = restored.manifest
    click.echo(f"Restored {_held(manifest.rows)}, as they were at {manifest.created}.")
    own_files.tell_of_restored(manifest, settings)
    for folder in restored.kept_in:
        click.echo(f"What was there before is in {folder}.")
    kept = secret_keys.kept_in(settings.instance)
    if settings.secret_keys not in ((), kept) and contents.KEYS.name in manifest.files:
        click.echo("SHOP_SECRET_KEYS is set to other keys than the restored ones, which it hides.")
    elif not settings.secret_keys and not kept:
        click.echo(
            "There are no secret keys in it. Set SHOP_SECRET_KEYS to the old ones; `shop init` "
            "makes a new one, and then every cart in a browser is lost."
        )


def _held(rows: Mapping[str, int]) -> str:
    return f"{counted(rows.get('orders', 0), 'order')} and {counted(rows.get('products', 0))}"


def _database(settings: Settings) -> URL:
    url = make_url(settings.database_url)
    is_file = url.get_backend_name() == "sqlite"
    if is_file and (not url.database or url.database == ":memory:" or url.query):
        raise Sentence("Only a database in a plain file can be backed up and restored.")
    return url


@contextmanager
def _files() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        raise Sentence(f"{where}{problem.strerror or problem}. Nothing was changed.") from None


def _create_secret(settings: Settings) -> None:
    path = secret_keys.file_in(settings.instance)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret_keys.new_key() + "\n")
