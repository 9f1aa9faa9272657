"""A database file of SQLite: copied while others write to it, checked, and whether it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.core.errors import BackupRefused
from shop.storage.schema import VERSION_TABLE

PAGES_A_STEP = 1_000
Progress = Callable[[int, int], None]
"""Is called with how much is done and how much there is, in the same unit."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The revision of a database's schema, and the rows of each table."""

    revision: str
    rows: dict[str, int]


def copy(source: Path, target: Path, progress: Progress) -> Facts:
    """Copies a database as it is at one moment, with what is in its write-ahead log only, to a file
    that needs no other beside it.

    Its writers are not held up, since a transaction that reads keeps its moment in WAL mode. Raises
    BackupRefused when the source cannot be read, or when the copy is not what was read.
    """
    try:
        with _connected(source) as origin, _connected(target, "rwc") as destination:
            origin.execute("BEGIN")
            facts = _facts(origin)
            origin.backup(
                destination,
                pages=PAGES_A_STEP,
                progress=lambda _, left, total: progress(total - left, total),
            )
            destination.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as problem:
        raise BackupRefused(f"The database {source} cannot be copied: {problem}.") from None
    if checked(target) != facts:
        raise BackupRefused(f"The copy of {source} has other rows than the database.")
    return facts


def checked(file: Path) -> Facts:
    """The facts of a database without an error. Raises BackupRefused for any other."""
    try:
        with _connected(file) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
            if found != ["ok"]:
                raise BackupRefused(f"The database is damaged: {found[0]}.")
            if orphan := connection.execute("PRAGMA foreign_key_check").fetchone():
                raise BackupRefused(
                    f"The database is damaged: a row of {orphan[0]} belongs to one of {orphan[2]} "
                    "that is missing."
                )
            return _facts(connection)
    except sqlite3.Error as problem:
        raise BackupRefused(f"The database is damaged: {problem}.") from None


def leave_write_ahead_log(file: Path) -> None:
    """Makes a database that nobody else has open a single file, which can be moved."""
    with _connected(file) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def is_in_use(file: Path) -> bool:
    """Whether anybody else has a database open that is in WAL mode, as the shop's is.

    SQLite leaves that mode only when nobody has (https://sqlite.org/wal.html, "Activating And
    Configuring WAL Mode"); the shop returns to it. What is in the write-ahead log gets into the
    file. A server that has not read the database yet does not have it open.
    """
    try:
        with _connected(file, timeout=0) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as problem:  # a damaged one may be replaced
        return problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return False


@contextmanager
def _connected(file: Path, mode: str = "rw", timeout: float = 5) -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=timeout)
    with closing(connection):
        yield connection


def _facts(connection: sqlite3.Connection) -> Facts:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' ORDER BY name"
    ).fetchall()
    if (VERSION_TABLE,) not in tables:
        raise BackupRefused("This is not the database of a shop.")
    rows = {name: _count(connection, name) for (name,) in tables}
    revisions = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchall()  # noqa: S608
    return Facts(", ".join(revision for (revision,) in revisions), rows)


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608
