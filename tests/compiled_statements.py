"""SQL statements that all engines of the tests compile once between them.

SQLAlchemy keeps what it compiled by the engine's dialect object, and nearly every test has an
engine of its own.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Compiled, Dialect


class CompiledStatements(dict[Any, Compiled]):
    """A cache for the execution option `compiled_cache`. Engines share what it has if their
    dialects are of one class and their databases of one version."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Compiled) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: tuple[Any, ...]) -> tuple[object, ...]:
    dialect: Dialect = key[0]
    return type(dialect), dialect.server_version_info, *key[1:]
