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

    One that a test has not written to is lent again: only a transaction that writes takes a number.
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
        """A copy of the database that `fill` fills, given its URL, the first time."""
        if self._stocked is None:
            self._stocked = self._create("template0")
            fill(self._at(self._stocked).url)
        name = self._idle.pop() if self._idle else self._create(self._stocked)
        before = self._transactions()
        with closing(self._at(name)) as database:
            yield database
        if self._transactions() == before:
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


def connected(address: URL) -> psycopg.Connection[Any]:
    """A connection that commits each statement."""
    url = address.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def sqlite_file(path: Path, stocked: Path, is_stocked: bool) -> SqliteFile:
    """A file at this path, copied from the stocked one if it is to be stocked and is not there."""
    if is_stocked and not path.exists():
        shutil.copy(stocked, path)
    return SqliteFile(path)
