"""Databases of tests: a SQLite file, or one of many on a PostgreSQL server."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import URL, make_url

from shop.storage.models import Table


class Database(Protocol):
    """A database that a shop uses and a test looks into, as another process would."""

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL."""

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Runs a statement, whose parameters are written `?`, and commits."""

    def dump(self) -> list[str]:
        """All that is in it, as text."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    path: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            return connection.execute(statement, parameters).fetchall()

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


def copied(stocked: Path, path: Path) -> SqliteFile:
    """A copy of a SQLite file."""
    shutil.copy(stocked, path)
    return SqliteFile(path)
