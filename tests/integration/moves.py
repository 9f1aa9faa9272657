"""Moves of a shop between databases, for the tests of `shop copy-database`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from flask import Flask
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    NullPool,
    String,
    Table,
    create_engine,
    insert,
    inspect,
    make_url,
    text,
)

from shop.cli import main
from shop.config import Settings
from shop.factory import create_app
from shop.storage import models, schema
from shop.storage.database_copy import copying
from shop.storage.database_copy.copying import Copied
from shop.storage.engine import connect_to, writing
from tests.conftest import KEY, Clock
from tests.integration.client import LintingClient

TABLES = {table.name: table for table in models.Table.metadata.sorted_tables}
REFUSED, DONE = 1, 0


def fill_every_table(file: Path) -> None:
    """Makes a database with two rows in every table, of the largest and strangest values."""
    engine = connect_to(f"sqlite:///{file}")
    schema.migrate(engine)
    with writing(engine) as connection:
        for table in TABLES.values():
            connection.execute(insert(table), [_row(table, index) for index in (1, 2)])
    engine.dispose()


def _row(table: Table, index: int) -> dict[str, object]:
    return {column.name: _value(column, index) for column in table.columns}


def _value(column: Column[Any], index: int) -> object:
    kind = column.type
    if column.nullable and index > 1:
        return None
    if column.foreign_keys or (column.primary_key and isinstance(kind, Integer)):
        return index
    if isinstance(kind, Boolean):
        return index == 1
    if isinstance(kind, Integer):
        return 2 ** (63 if isinstance(kind, BigInteger) else 31) - index
    if isinstance(kind, LargeBinary):
        return bytes([0, 255, index])
    assert isinstance(kind, String), "say here what the largest value of a new type is"
    return f"{index}é🙂\n'\"\\N%s"[: kind.length].ljust(kind.length or 0, "é")


def run(*words: str | Path, exit_code: int = DONE, **environ: str) -> str:
    """What the command says to an operator, about errors too."""
    settings = {"SHOP_SECRET_KEYS": KEY, "SHOP_DATABASE_URL": None} | environ
    arguments = ["copy-database", *map(str, words)]
    result = CliRunner().invoke(main, arguments, env=settings)
    assert result.exception is None or isinstance(result.exception, SystemExit), result
    assert result.exit_code == exit_code, result.output
    return result.output


def copied(
    source: str | Path, target: str | Path, progress: Callable[[int, int], None] | None = None
) -> Copied:
    urls = [
        make_url(f"sqlite:///{place}" if isinstance(place, Path) else place)
        for place in (source, target)
    ]
    return copying.copy(*urls, progress=progress or (lambda _, __: None))


def sql(place: str | Path, statement: str, *parameters: object) -> list[Any]:
    """Runs a statement on a connection of its own, which ends before this returns."""
    if isinstance(place, Path):
        with closing(sqlite3.connect(place)) as connection, connection:
            return connection.execute(statement, parameters).fetchall()
    engine = create_engine(place, poolclass=NullPool)
    with engine.begin() as server:
        result = server.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def tables_in(url: str) -> list[str]:
    engine = create_engine(url, poolclass=NullPool)
    return inspect(engine).get_table_names()


def dump(file: Path) -> list[str]:
    """A database of SQLite as SQL, without what its full-text index keeps for itself."""
    with closing(sqlite3.connect(file)) as connection:
        return sorted(line for line in connection.iterdump() if "product_words_" not in line)


@contextmanager
def served(url: str, folder: Path, clock: Clock) -> Iterator[Flask]:
    """The shop on another database, with the same keys."""
    folder.mkdir()
    environ = {
        "SHOP_INSTANCE": str(folder),
        "SHOP_SECRET_KEYS": KEY,
        "SHOP_PAYMENTS": "invoice",
        "SHOP_DATABASE_URL": url,
    }
    app = create_app(Settings.from_environ(environ), now=clock)
    app.testing = True
    app.test_client_class = LintingClient
    try:
        yield app
    finally:
        app.extensions["shop"].engine.dispose()
