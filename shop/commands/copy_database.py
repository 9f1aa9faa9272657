"""`shop copy-database`: a shop moves to another database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from shop.commands.own_shop import settings_of_environment
from shop.commands.terminal import Sentence, advancing, counted
from shop.config import Settings

if TYPE_CHECKING:
    from shop.storage.database_copy.copying import Comparison, Copied, Tally

OWN = "own"
DRIVER = "postgresql+psycopg"
POSTGRESQL = {"postgres": DRIVER, "postgresql": DRIVER, DRIVER: DRIVER}
"""The names of PostgreSQL in URLs, and the one with the driver that the shop has."""
DIGITS_SHOWN = 16


@click.command("copy-database")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
def copy_database(source: str, target: str) -> None:
    """Copy a whole shop from one database to a new one. Stop the shop first.

    FROM and TO are SQLite files, such as instance/shop.sqlite3, or URLs, such as
    postgresql://user@host/database. `own` stands for the shop's own database, as SHOP_DATABASE_URL
    names it, so that you need not type its password.

    TO must be empty, or not exist yet. Every number is kept, so that carts in browsers stay as they
    are. Both are compared before the copy is committed; if anything fails, TO is left empty. FROM
    is not changed.
    """
    from shop.storage.database_copy import copying

    settings = settings_of_environment()
    places = database_url(source, settings), database_url(target, settings)
    try:
        with advancing() as progress:
            copied = copying.copy(*places, progress=progress)
    except copying.CopyDiffers as problem:
        _show(problem.comparisons)
        raise
    _show(copied.comparisons)
    _tell(copied, target)


def database_url(word: str, settings: Settings) -> URL:
    """The database that an operator means by a URL, the path of a file, or `own`.

    Raises Sentence when it cannot be copied.
    """
    if word == OWN:
        word = settings.database_url
    if "://" not in word:
        return URL.create("sqlite", database=str(Path.cwd() / Path(word).expanduser()))
    try:
        url = make_url(word)
    except (ArgumentError, ValueError):
        raise Sentence("FROM or TO looks like a URL but is not one.") from None
    if url.drivername in POSTGRESQL:
        return url.set(drivername=POSTGRESQL[url.drivername])
    if url.get_backend_name() != "sqlite":
        raise Sentence(f"A shop runs on SQLite or PostgreSQL, not on {url.get_backend_name()}.")
    if not url.database or url.database == ":memory:" or url.query:
        raise Sentence("A SQLite database can only be copied from or to a plain file.")
    return url.set(database=str(Path.cwd() / url.database))


_ROW = "{:<24} {:>10}  {:<{wide}}  {:>12}"


def _show(comparisons: Iterable[Comparison]) -> None:
    click.echo(_ROW.format("table", "rows", "digest", "last number", wide=DIGITS_SHOWN))
    for each in comparisons:
        click.echo(_row(each.table, each.source))
        if not each.is_same:
            click.echo(_row("  but in the copy", each.target))


def _row(name: str, tally: Tally) -> str:
    digest = tally.digest[:DIGITS_SHOWN] if tally.rows else ""
    number = "" if tally.last_number is None else f"{tally.last_number:,}"
    return _ROW.format(name, f"{tally.rows:,}", digest, number, wide=DIGITS_SHOWN).rstrip()


def _tell(copied: Copied, target: str) -> None:
    held: Mapping[str, int] = {each.table: each.source.rows for each in copied.comparisons}
    every = counted(sum(held.values()), "row")
    click.echo(
        f"Copied {counted(held['orders'], 'order')} and {counted(held['products'])}: {every} in "
        f"{counted(len(held), 'table')}, the same on both sides."
    )
    if copied.left_out:
        names = ", ".join(copied.left_out)
        click.echo(f"Left out, since the shop does not know them: {names}.")
    if target != OWN:
        click.echo("Set SHOP_DATABASE_URL to TO before you start the shop.")
    click.echo(
        "FROM is unchanged. Orders placed there from now on will not be in TO. Photos, secret keys "
        "and shop.toml are in no database, and stay where they are."
    )
