"""The rows of a shop: which tables there are, and how they are read and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, func, inspect, select

from shop.storage import models
from shop.storage.schema import VERSION_TABLE

ROWS_A_BATCH = 1_000


def tables() -> tuple[Table, ...]:
    """Every table of the shop, each after those that it refers to."""
    return tuple(models.Table.metadata.sorted_tables)


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


@contextmanager
def batches(
    connection: Connection, columns: Iterable[Column[Any]]
) -> Iterator[Iterator[Sequence[Row[Any]]]]:
    """All rows of a table, ROWS_A_BATCH at a time, so that a large one is never in memory whole."""
    options = {"yield_per": ROWS_A_BATCH}
    with connection.execute(select(*columns), execution_options=options) as found:
        yield found.partitions()


def strangers(connection: Connection) -> list[str]:
    """The tables of a database that are not the shop's. Those that SQLite keeps for itself, and for
    its full-text index, are nobody's."""
    if connection.dialect.name == "sqlite":
        own = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        names = connection.exec_driver_sql(own).scalars().all()
    else:
        names = inspect(connection).get_table_names()
    known = {table.name for table in tables()} | {VERSION_TABLE}
    return sorted(name for name in names if name not in known and not name.startswith("sqlite_"))
