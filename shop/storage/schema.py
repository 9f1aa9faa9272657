"""Checks that the database has the tables this code needs, and migrates it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, Text, column, func, inspect, select, table

from shop.storage.engine import is_private, reading, writing

# Alembic is imported where it migrates only: a served shop needs none of it, and importing it
# takes a tenth of the start.
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "alembic_version"
"""Alembic's own table, with a row that holds the revision."""
ONE_AT_A_TIME = 4_917_012
"""The number of the lock that a migration takes in PostgreSQL; any number that nobody else uses."""


def migrate(engine: Engine) -> bool:
    """Migrates the database to the newest revision, in one transaction where it can, and returns
    whether it was a new one.

    A file of SQLite can be read by its owner only: orders hold names and addresses.
    """
    make_private(engine)
    with writing(engine) as connection:
        return upgrade(connection)


def upgrade(connection: Connection) -> bool:
    """Migrates within the caller's transaction, and returns whether the database was a new one.

    Of several at once, such as replicas that start together, one migrates and the others wait.
    """
    from alembic import command
    from alembic.migration import MigrationContext

    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    config = _config()
    is_new = MigrationContext.configure(connection).get_current_revision() is None
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    return is_new


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision. When it cannot be reached, the driver's own
    error is raised."""
    with reading(engine) as connection:
        return revision(connection) == _head()


def revision(connection: Connection) -> str | None:
    """The revision that a database is at; None for one that is not a shop's."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    kept = select(column("version_num", Text)).select_from(table(VERSION_TABLE))
    return ", ".join(connection.execute(kept).scalars()) or None


@cache
def revisions() -> tuple[str, ...]:
    """All revisions of the schema that this code knows, oldest first."""
    # The files are numbered in the order in which they follow each other; a test says so.
    files = sorted(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return tuple(stem.partition("_")[0] for stem in files)


def make_private(engine: Engine) -> None:
    """Makes a file of SQLite one that its owner alone can read, and creates it if need be."""
    if engine.dialect.name != "sqlite" or is_private(engine):
        return
    file = Path(str(engine.url.database))
    if file.parent.is_dir():
        file.touch(mode=0o600)
        file.chmod(0o600)  # the files beside it, -wal and -shm, take over its mode


def _head() -> str:
    return revisions()[-1]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config
