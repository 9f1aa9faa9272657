"""Databases of tests: a SQLite file, or one of many on a PostgreSQL server."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, make_url

from shop.storage.models import Table

ON_SQLITE_ONLY = {
    "what a browser sends and keeps": (
        "test_assets",
        "test_cart_life",
        "test_cart_writer",
        "test_cookie_header",
        "test_form_life",
        "test_messages",
        "test_newer_version",
        "test_rate_limits",
        "test_refused_cookies",
        "test_security",
        "test_share",
    ),
    "the laboratory, which asks about browsers and proxies": (
        "test_lab_conformance",
        "test_lab_cookie_anatomy",
        "test_lab_encodings",
        "test_lab_header_limits",
        "test_lab_home",
        "test_lab_lecture",
        "test_lab_museum",
        "test_lab_probes",
    ),
    "words, markup and papers, made of products as any page has them": (
        "test_about",
        "test_escaping",
        "test_every_text",
        "test_languages",
        "test_locales",
        "test_pdf",
        "test_shop_file",
        "test_smtp",
        "test_wording",
    ),
    "files of SQLite: backups, moves, worlds of the test mode, the command that starts a shop": (
        "test_api",
        "test_app_pool",
        "test_backup",
        "test_copy_database",
        "test_start",
        "test_test_mode",
    ),
    "thousands of requests that a machine makes up": ("test_addresses", "test_fuzz"),
}
"""The modules whose tests open a shop on SQLite only, by what they are about."""


class Database(Protocol):
    """A database that a shop uses and a test looks into, as another process would."""

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL."""

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Runs a statement, whose parameters are written `?`, and commits."""

    def dump(self) -> list[str]:
        """All that is in it, as text."""

    def locked(self) -> AbstractContextManager[None]:
        """Until the block ends, another program holds a lock that every order has to wait for. An
        error unless it gets it at once."""

    def broken(self, when: str, table: str) -> AbstractContextManager[None]:
        """Refuses every insert into, or update of, a table until the block ends."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement, parameters).fetchall()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as other:
            other.execute("begin immediate")
            yield
            other.execute("rollback")

    @contextmanager
    def broken(self, when: str, table: str) -> Iterator[None]:
        raised = "begin select raise(abort, 'broken'); end"
        self.sql(f"create trigger broken before {when} on {table} {raised}")
        yield
        self.sql("drop trigger broken")

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())


@dataclass(frozen=True, slots=True)
class PostgresqlDatabase:
    address: URL
    _open: list[psycopg.Connection[Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.address.render_as_string(hide_password=False)

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        if not self._open:
            self._open.append(connected(self.address))
        text = statement.replace("%", "%%").replace("?", "%s")
        cursor = self._open[0].execute(text.encode(), parameters)
        return cursor.fetchall() if cursor.description else []

    @contextmanager
    def locked(self) -> Iterator[None]:
        with closing(connected(self.address)) as other, other.transaction():
            other.execute("lock table products in exclusive mode nowait")
            yield

    @contextmanager
    def broken(self, when: str, table: str) -> Iterator[None]:
        raised = "begin raise 'broken'; end"
        self.sql(f"create function broken() returns trigger language plpgsql as $${raised}$$")
        self.sql(f"create trigger broken before {when} on {table} execute function broken()")
        yield
        self.sql("drop function broken cascade")

    def dump(self) -> list[str]:
        return [
            f"{table.name}: {row}"
            for table in Table.metadata.sorted_tables
            for row in self.sql(f"select * from {table.name} order by 1, 2")
        ]

    def close(self) -> None:
        while self._open:
            self._open.pop().close()


class PostgresqlServer:
    """A server that lends each test a database.

    One whose tables are as they were is lent again: untouched, since only a transaction that writes
    takes a number, or with its rows put back, which costs a tenth of a new database.
    """

    def __init__(self, url: str) -> None:
        self._address = make_url(url)
        self._admin = connected(self._address)
        self._stocked: str | None = None
        self._idle: list[str] = []

    @property
    def url(self) -> str:
        return self._address.render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Runs a statement on the server's own database, outside of a transaction."""
        self._admin.execute(statement.encode())

    @contextmanager
    def empty(self) -> Iterator[PostgresqlDatabase]:
        """A database without tables."""
        name = self._create("template0")
        with closing(self._at(name)) as database:
            yield database
        self._drop(name)

    @contextmanager
    def stocked(self, fill: Callable[[str], None]) -> Iterator[PostgresqlDatabase]:
        """A database as `fill` fills it, given its URL, the first time."""
        if self._stocked is None:
            self._stocked = self._create("template0")
            with closing(self._at(self._stocked)) as template:
                fill(template.url)
                _keep_rows(template)
        name = self._idle.pop() if self._idle else self._create(self._stocked)
        before = self._transactions()
        with closing(self._at(name)) as database:
            yield database
            is_as_before = self._transactions() == before or _put_rows_back(database)
        if is_as_before:
            self._idle.append(name)
        else:
            self._drop(name)

    def close(self) -> None:
        for name in filter(None, (*self._idle, self._stocked)):
            self._drop(name)
        self._admin.close()

    def _at(self, name: str) -> PostgresqlDatabase:
        return PostgresqlDatabase(self._address.set(database=name))

    def _create(self, template: str) -> str:
        name = f"crumb_{secrets.token_hex(6)}"
        self.run(f"create database {name} template {template}")
        return name

    def _drop(self, name: str) -> None:
        self.run(f"drop database {name} with (force)")

    def _transactions(self) -> object:
        return self._admin.execute("select pg_snapshot_xmax(pg_current_snapshot())").fetchone()


_TABLES = """
    select relname, string_agg(attname, ', ' order by attnum)
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and relkind = 'r'
    and attnum > 0 and not attisdropped and attgenerated = '' group by relname
"""
_SEQUENCES = "select sequencename, start_value, last_value from pg_sequences"
_SHAPE = """
    with ours as (select oid, xmin from pg_class where relnamespace = 'public'::regnamespace)
    select count(*), max(xmin::text::bigint) from (
        select xmin from ours
        union all select a.xmin from pg_attribute a join ours on ours.oid = attrelid
        union all select t.xmin from pg_trigger t join ours on ours.oid = tgrelid
    ) as parts
"""
"""How many parts the tables have, and the transaction that last changed one."""


def _keep_rows(database: PostgresqlDatabase) -> None:
    """Keeps a copy of all rows in the database, for `_put_rows_back`."""
    database.sql("create schema untouched")
    steps = []
    for table, columns in database.sql(_TABLES):
        database.sql(f"create table untouched.{table} as table public.{table}")
        steps.append(f"delete from public.{table}")
        steps.append(
            f"insert into public.{table} ({columns}) overriding system value "
            f"select {columns} from untouched.{table}"
        )
    for sequence, start, last in database.sql(_SEQUENCES):
        is_used = str(last is not None).lower()
        steps.append(f"perform setval('{sequence}', {last or start}, {is_used})")
    database.sql(
        "create function untouched.put_back() returns void language plpgsql "
        f"set session_replication_role = replica as $$begin {'; '.join(steps)}; end$$"
    )
    database.sql(f"create table untouched.shape as {_SHAPE}")


def _put_rows_back(database: PostgresqlDatabase) -> bool:
    """Whether the rows are again those that were kept. They are not where a test changed a table
    itself, or left something open that holds a lock."""
    if database.sql(_SHAPE) != database.sql("table untouched.shape"):
        return False
    database.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()"
    )
    database.sql("set lock_timeout = '5s'")
    try:
        database.sql("select untouched.put_back()")
    except psycopg.errors.LockNotAvailable:
        return False
    return True


def connected(address: URL) -> psycopg.Connection[Any]:
    """A connection that commits each statement."""
    url = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def sqlite_file(path: Path, stocked: Path, is_stocked: bool) -> SqliteFile:
    """A file at this path, copied from the stocked one if it is to be stocked and is not there."""
    if is_stocked and not path.exists():
        shutil.copy(stocked, path)
    return SqliteFile(path)
