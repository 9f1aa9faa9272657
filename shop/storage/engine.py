"""One database, with two ways in: `reading` and `writing`.

SQLite runs in WAL mode with foreign keys on; a writer takes its lock at once (BEGIN IMMEDIATE), so
that two of them queue rather than fail half-way. It waits for the lock by asking again, since
SQLite's own wait would hold up every other request of a worker. PostgreSQL ends what takes too long
itself, and a pool keeps connections to it. The full-text search knows no other database.

A database that is busy for too long, or down, raises DatabaseUnavailable.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    TimeoutError,
)

from shop.core.errors import DatabaseUnavailable

ASK_AGAIN_MS = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a database one process uses, in connections and seconds.

    `wait_seconds` is the longest wait for a lock, and with PostgreSQL also for a free connection,
    or for a new one. The others concern PostgreSQL only. With 0 `statement_seconds` there is no
    limit: a command may have more to do than a page.
    """

    wait_seconds: float = 5
    statement_seconds: float = 0
    connections: int = 5


def connect_to(url: str, limits: Limits = Limits()) -> Engine:
    """An engine for the database at this SQLAlchemy URL; it does not connect yet."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, limits)
    return _postgresql(address, limits)


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
    """A connection for queries, each of which sees the newest state.

    With PostgreSQL, each is a transaction of its own, which saves two round trips to the server.
    """
    with unavailability(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction: committed as a whole, or rolled back when an exception leaves the block."""
    try:
        with (
            unavailability(),
            engine.connect().execution_options(is_writer=True) as connection,
            connection.begin(),
        ):
            yield connection
    finally:
        seen = versions_seen.get(None)
        if seen:
            seen.clear()


versions_seen: ContextVar[dict[object, Hashable]] = ContextVar("versions_seen")
"""What the thread or greenlet knows of versions of databases; whoever writes knows none afterwards.
`cached_catalogue` fills it."""


# A connection that is taken without a transaction raises the driver's own error.
_UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError, sqlite3.OperationalError)
_READ_ONLY = "25006"
_NOT_AS_NEEDED = (_READ_ONLY, "42P01", "42703")  # or without this table, or without this column


@contextmanager
def unavailability() -> Iterator[None]:
    """Turns the driver's errors of a busy or missing database into DatabaseUnavailable."""
    try:
        yield
    except _UNAVAILABLE as error:
        raise DatabaseUnavailable(str(getattr(error, "orig", None) or error)) from error
    except (ProgrammingError, InternalError) as error:
        # SQLite says of all of these that it is an OperationalError.
        if _code(error) not in _NOT_AS_NEEDED:
            raise
        raise DatabaseUnavailable(str(error.orig)) from error


def _code(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _sqlite(address: URL, limits: Limits) -> Engine:
    engine = create_engine(address, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, limits.wait_seconds))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to queue writers
    for pragma in (
        f"busy_timeout = {ASK_AGAIN_MS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    # SQLite's own knows A to Z only, so that a search for müller would not find MÜLLER. Its ICU
    # extension replaces the function by the same name.
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(value: str | bytes | float | None) -> str | bytes | float | None:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(wait_seconds: float, connection: Connection) -> None:
    if not connection.get_execution_options().get("is_writer"):
        return
    until = time.monotonic() + wait_seconds
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(ASK_AGAIN_MS / 1000)
        else:
            return


_PROGRAM = "crumb"
_SHORTEST_CONNECT_SECONDS = 2  # libpq waits no shorter
# A machine that vanishes says nothing; without these, the shop would wait for it for hours.
_SIGNS_OF_LIFE = {
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}


def _postgresql(address: URL, limits: Limits) -> Engine:
    own = _SIGNS_OF_LIFE | {
        "fallback_application_name": _PROGRAM,
        "connect_timeout": str(max(_SHORTEST_CONNECT_SECONDS, math.ceil(limits.wait_seconds))),
    }
    engine = create_engine(
        address.update_query_dict(own | dict(address.query)),
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.wait_seconds,
        pool_pre_ping=True,
        hide_parameters=True,
    )
    event.listen(engine, "connect", partial(_limit_postgresql, limits))
    event.listen(engine, "handle_error", _leave_read_only)
    return engine


def _limit_postgresql(limits: Limits, connection: Any, _: Any) -> None:
    # By statements and not in the URL, whose `options` may already set something else.
    connection.autocommit = True
    for name, seconds in (
        ("lock_timeout", limits.wait_seconds),
        ("statement_timeout", limits.statement_seconds),
    ):
        connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds * 1000:.0f}"))
    connection.autocommit = False


def _leave_read_only(context: ExceptionContext) -> None:
    # After a failover the old server may still answer, but takes no orders: connect anew.
    if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
        context.is_disconnect = True
