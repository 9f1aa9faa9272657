"""The database that is copied to: empty before, and empty again when anything fails."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from shop.core.errors import CopyRefused
from shop.storage import schema
from shop.storage.database_copy.source import shown
from shop.storage.engine import connect_to, reading, writing

MOST_TABLES_NAMED = 5
UTF8 = "UTF8"


@contextmanager
def created(url: URL) -> Iterator[Connection]:
    """A transaction in which an empty database gets the tables of a shop, without a row.

    When an exception leaves the block, nothing is kept, not even a file that was not there before.
    Raises CopyRefused when the database is not empty, or cannot be a shop's.
    """
    file = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    engine = connect_to(url.render_as_string(hide_password=False))
    with _new_file(file) if file else nullcontext():
        try:
            _refuse_unless_empty(engine, shown(url))
            schema.make_private(engine)
            with writing(engine) as connection:
                schema.upgrade(connection)
                yield connection
        finally:
            engine.dispose()


def refuse_unless_empty(url: URL) -> None:
    """Raises CopyRefused when a database has tables, or cannot be a shop's."""
    engine = connect_to(url.render_as_string(hide_password=False))
    try:
        _refuse_unless_empty(engine, shown(url))
    finally:
        engine.dispose()


@contextmanager
def _new_file(file: Path) -> Iterator[None]:
    if not file.parent.is_dir():
        raise CopyRefused(f"There is no folder {file.parent} for the new database.")
    if file.exists():
        yield
        return
    try:
        yield
    except BaseException:
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        raise


def _refuse_unless_empty(engine: Engine, name: str) -> None:
    try:
        with reading(engine) as connection:
            tables, encoding = sorted(inspect(connection).get_table_names()), _encoding(connection)
    except DatabaseError as problem:
        raise CopyRefused(f"{name} cannot be used as a database: {problem.orig}.") from None
    if tables:
        more = " and others" if len(tables) > MOST_TABLES_NAMED else ""
        raise CopyRefused(
            f"{name} is not empty, and was kept as it is: it has the tables "
            f"{', '.join(tables[:MOST_TABLES_NAMED])}{more}. Choose a new database."
        )
    if encoding != UTF8:
        raise CopyRefused(
            f"{name} keeps text as {encoding}, which cannot hold every character. Make a database "
            f"with the encoding {UTF8}."
        )


def _encoding(connection: Connection) -> str:
    if connection.dialect.name != "postgresql":
        return UTF8
    return str(connection.execute(text("SHOW server_encoding")).scalar_one())
