"""One database, with two ways in: `reading` and `writing`.

SQLite runs in WAL mode with foreign keys on; a writer takes its lock at once (BEGIN IMMEDIATE), so
that two of them queue rather than fail half-way. It waits for the lock by asking again, since
SQLite's own wait would hold up every other request of a worker. PostgreSQL is used with its
defaults. The full-text search knows no other database.

A database that is busy for too long, or down, raises DatabaseUnavailable.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from shop.core.errors import DatabaseUnavailable

BUSY_TIMEOUT_MS = 5_000
ASK_AGAIN_MS = 10


def connect_to(url: str) -> Engine:
    """An engine for the database at this SQLAlchemy URL; it does not connect yet."""
    engine = create_engine(
        url,
        pool_pre_ping=not url.startswith("sqlite"),
        hide_parameters=True,  # an error message goes to the log, and a parameter may be a name
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def memory_url(name: str) -> str:
    """The URL of a database in memory that all connections of this process share by its name, as
    long as one of them is open (https://sqlite.org/releaselog/3_36_0.html)."""
    return f"sqlite:///file:/{name}?vfs=memdb&uri=true"


def is_in_memory(engine: Engine) -> bool:
    """Whether an engine's database has a URL as `memory_url` gives it."""
    return engine.url.query.get("vfs") == "memdb"


def is_private(engine: Engine) -> bool:
    """Whether each connection would have a database of its own, in memory or a temporary file."""
    return engine.dialect.name == "sqlite" and engine.url.database in (None, "", ":memory:")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection for queries. On SQLite each query sees the newest state."""
    with unavailability(), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction: committed as a whole, or rolled back when an exception leaves the block."""
    with (
        unavailability(),
        engine.connect().execution_options(is_writer=True) as connection,
        connection.begin(),
    ):
        yield connection


# A connection that is taken without a transaction raises the driver's own error.
_UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError, sqlite3.OperationalError)


@contextmanager
def unavailability() -> Iterator[None]:
    """Turns the driver's errors of a busy or missing database into DatabaseUnavailable."""
    try:
        yield
    except _UNAVAILABLE as error:
        raise DatabaseUnavailable(str(getattr(error, "orig", None) or error)) from error


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to queue writers
    for pragma in (
        f"busy_timeout = {ASK_AGAIN_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("is_writer"):
        return
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(ASK_AGAIN_MS / 1000)
        else:
            return
