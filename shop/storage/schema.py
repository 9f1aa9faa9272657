"""Checks that the database has the tables this code needs, and migrates it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from shop.storage.engine import reading, writing


def migrate(engine: Engine) -> bool:
    """Migrates the database to the newest revision, in one transaction where it can, and returns
    whether it was a new one.

    A file of SQLite can be read by its owner only: orders hold names and addresses.
    """
    _make_private(engine)
    config = _config()
    with writing(engine) as connection:
        is_new = MigrationContext.configure(connection).get_current_revision() is None
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return is_new


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision. When it cannot be reached, the driver's own
    error is raised."""
    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


def _make_private(engine: Engine) -> None:
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return
    file = Path(str(engine.url.database))
    if file.parent.is_dir():
        file.touch(mode=0o600)
        file.chmod(0o600)  # the files beside it, -wal and -shm, take over its mode


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config
