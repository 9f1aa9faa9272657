"""The rows of every table of a database."""

from __future__ import annotations

from sqlalchemy import func, inspect, select, table

from shop.storage.engine import connect_to, reading


def counts(url: str) -> dict[str, int]:
    """How many rows each table has, those of the full-text search too."""
    engine = connect_to(url)
    try:
        names = inspect(engine).get_table_names()
        with reading(engine) as connection:
            return {
                name: connection.scalar(select(func.count()).select_from(table(name))) or 0
                for name in names
            }
    finally:
        engine.dispose()


def changed(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """A sentence for each table with other rows than before."""
    return [
        f"{name}: {before.get(name, 0):,} rows before, {after.get(name, 0):,} after"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
