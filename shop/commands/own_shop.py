"""The shop that the environment configures: its settings, keys and database."""

from __future__ import annotations

import os

from sqlalchemy import Engine

from shop.commands.terminal import Sentence
from shop.config import Settings
from shop.storage import schema
from shop.storage.engine import connect_to


def settings_of_environment() -> Settings:
    """The settings from the environment. Raises SettingsError when they are wrong."""
    return Settings.from_environ(os.environ)


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The secret keys. Raises Sentence when there are none."""
    if not settings.secret_keys:
        raise Sentence("There are no secret keys: set SHOP_SECRET_KEYS, or run `shop init`.")
    return settings.secret_keys


def migrated_database(settings: Settings) -> Engine:
    """The shop's database. Raises Sentence when it is not migrated."""
    engine = connect_to(settings.database_url)
    if not schema.is_current(engine):
        raise Sentence("The database is not migrated: run `shop migrate` first.")
    return engine
