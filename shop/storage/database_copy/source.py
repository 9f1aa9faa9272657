"""The database that is copied: held, so that nobody writes to it, or as it is at one moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, bindparam, create_engine, event, text
from sqlalchemy.exc import OperationalError

from shop.core.errors import CopyRefused
from shop.storage import schema
from shop.storage.database_copy import rows, sqlite_file
from shop.storage.engine import unavailability

CHECKS, SECONDS_A_CHECK = 20, 0.05
"""How long the sessions of a shop that has just stopped may take to end."""
MIGRATION_SECONDS = 5
"""How long a snapshot waits for a migration to end."""


@dataclass(frozen=True, slots=True)
class Source:
    """A connection whose transaction sees a database at one moment, and its name for operators."""

    connection: Connection
    name: str

    def refuse_company(self, *ours: int) -> None:
        """Raises CopyRefused when anybody else is connected to the database. `ours` are process ids
        of PostgreSQL for connections of our own. A held file of SQLite lets nobody in."""
        if self.connection.dialect.name == "postgresql" and (seen := _others(self, ours)):
            raise _in_use(self.name, f" by {', '.join(seen)}")


@contextmanager
def held(url: URL) -> Iterator[Source]:
    """Holds a shop's database, as it is at one moment.

    Raises CopyRefused when there is none, when its schema is not the one of this code, or when
    anybody else is connected to it. Until the block is left, nobody can write to it; a file of
    SQLite cannot even be opened by a shop.
    """
    hold = _sqlite if url.get_backend_name() == "sqlite" else _postgresql
    with unavailability(), hold(url) as connection:
        yield Source(connection, shown(url))


@contextmanager
def snapshot(url: URL) -> Iterator[Source]:
    """A PostgreSQL database as it is at one moment, while others go on reading and writing. Only a
    migration has to wait. Raises CopyRefused when its schema is not the one of this code, or is
    being migrated."""
    with unavailability(), _of_one_moment(url) as connection:
        connection.execution_options(postgresql_readonly=True)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS}s'")
        try:
            connection.exec_driver_sql(f"LOCK TABLE {_tables(connection)} IN ACCESS SHARE MODE")
        except OperationalError as problem:
            raise CopyRefused(
                f"{shown(url)} is being altered, such as by `shop migrate`, and nothing was "
                "copied. Try again when that has ended."
            ) from problem
        yield Source(connection, shown(url))


def shown(url: URL) -> str:
    """A database's name for an operator, without a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


@contextmanager
def _sqlite(url: URL) -> Iterator[Connection]:
    file = Path(str(url.database))
    if not file.is_file():
        raise CopyRefused(f"There is no database {file}.")
    if sqlite_file.is_in_use(file):
        raise _in_use(str(file))
    sqlite_file.checked(file)
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _leave_beginning_to_us)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        # A shop that was started since the check has set another mode; from now on none can.
        if connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() != "delete":
            raise _in_use(str(file))
        _refuse_another_schema(connection, str(file))
        yield connection


def _leave_beginning_to_us(connection: Any, _: Any) -> None:
    connection.isolation_level = None


@contextmanager
def _postgresql(url: URL) -> Iterator[Connection]:
    with _of_one_moment(url) as connection:
        _lock(connection, shown(url))
        Source(connection, shown(url)).refuse_company()
        yield connection


@contextmanager
def _of_one_moment(url: URL) -> Iterator[Connection]:
    engine = create_engine(
        url, poolclass=NullPool, hide_parameters=True, isolation_level="REPEATABLE READ"
    )
    with engine.connect() as connection:
        _refuse_another_schema(connection, shown(url))
        connection.rollback()
        yield connection


def _lock(connection: Connection, name: str) -> None:
    # Before the first query: that is when REPEATABLE READ chooses its moment
    # (https://www.postgresql.org/docs/current/sql-lock.html).
    try:
        connection.exec_driver_sql(f"LOCK TABLE {_tables(connection)} IN SHARE MODE NOWAIT")
    except OperationalError as problem:
        raise _in_use(name) from problem


def _tables(connection: Connection) -> str:
    return ", ".join(map(connection.dialect.identifier_preparer.format_table, rows.tables()))


def _others(source: Source, ours: tuple[int, ...]) -> list[str]:
    query = text(
        "SELECT concat_ws(' ', usename, nullif(application_name, ''), client_addr), count(*) "
        "FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL "
        "AND coalesce(backend_type, 'client backend') = 'client backend' "
        "AND pid <> pg_backend_pid() AND pid NOT IN :ours GROUP BY 1 ORDER BY 1"
    ).bindparams(bindparam("ours", expanding=True))
    seen: list[str] = []
    for check in range(CHECKS):
        if check:
            time.sleep(SECONDS_A_CHECK)
        # A transaction sees the sessions as they were at its first look otherwise.
        source.connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        found = source.connection.execute(query, {"ours": ours})
        seen = [f"{who} ({count})" for who, count in found]
        if not seen:
            break
    return seen


def _refuse_another_schema(connection: Connection, name: str) -> None:
    revision, known = schema.revision(connection), schema.revisions()
    if revision is None:
        raise CopyRefused(f"{name} is not the database of a shop.")
    if revision not in known:
        raise CopyRefused(
            f"{name} is the database of a newer version, at revision {revision}; this version "
            f"knows revisions up to {known[-1]}. Copy it with the newer version."
        )
    if revision != known[-1]:
        raise CopyRefused(
            f"{name} is the database of an older version, at revision {revision}; this version "
            f"needs {known[-1]}. Set SHOP_DATABASE_URL to it, run `shop migrate`, then try again."
        )


def _in_use(name: str, by: str = "") -> CopyRefused:
    return CopyRefused(
        f"{name} is in use{by}, and nothing was copied: what is ordered there meanwhile would be "
        "lost. Stop the shop and whatever else has the database open, then copy again."
    )
