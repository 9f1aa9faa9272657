"""The numbers that a database gives to new rows, so that none is given twice after a move.

SQLite remembers the last number of a table with AUTOINCREMENT in `sqlite_sequence`
(https://sqlite.org/autoinc.html); in any other table the next number is one more than the highest.
PostgreSQL has a sequence for each such column, which knows nothing of numbers that rows brought
along. Invoice numbers do not come from the database at all.
"""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table, func, select, text


def is_counted(table: Table) -> bool:
    """Whether the database gives the rows of this table their numbers."""
    return table.autoincrement_column is not None


def last_given(connection: Connection, table: Table) -> int:
    """The last number that the database gave, by its own count; 0 if none. The next is greater."""
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT last_value FROM pg_sequences WHERE pg_get_serial_sequence(:name, :column) "
            "= quote_ident(schemaname) || '.' || quote_ident(sequencename)"
        )
    elif _is_autoincrement(table):
        query = "SELECT seq FROM sqlite_sequence WHERE name = :name"
    else:
        return _highest(connection, table)
    return connection.execute(text(query), _named(table)).scalar() or 0


def to_keep(source: Connection, table: Table, target: str) -> int:
    """The number after which a copy has to go on, in a database whose SQLAlchemy dialect is
    `target`; one without a counter of its own goes on after the highest."""
    highest = _highest(source, table)
    counts = target == "postgresql" or _is_autoincrement(table)
    return max(highest, last_given(source, table)) if counts else highest


def go_on_after(connection: Connection, table: Table, number: int) -> None:
    """Has the database give greater numbers than this one."""
    values = {**_named(table), "number": number}
    if number and connection.dialect.name == "postgresql":
        sequence = "pg_get_serial_sequence(:name, :column)"
        connection.execute(text(f"SELECT setval({sequence}, :number)"), values)
    elif number and _is_autoincrement(table):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :number)"), values)


def _named(table: Table) -> dict[str, object]:
    counted = table.autoincrement_column
    return {"name": table.name, "column": "" if counted is None else counted.name}


def _is_autoincrement(table: Table) -> bool:
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _highest(connection: Connection, table: Table) -> int:
    counted = table.autoincrement_column
    highest = cast("int | None", connection.execute(select(func.max(counted))).scalar())
    return highest or 0
