"""Copies a whole shop into an empty database, and compares both before it commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL, Connection, Table, insert, text

from shop.core.errors import CopyRefused
from shop.storage.database_copy import fitting, numbers, rows
from shop.storage.database_copy.digests import Digest
from shop.storage.database_copy.source import Source, held, snapshot
from shop.storage.database_copy.target import created

MOST_PROBLEMS_NAMED = 5
PASSES = 3
"""How many times the rows are read: to be copied, and for the digest of each side."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: how many rows, their digest, and the last number that was given to a row,
    or None where the database gives none."""

    rows: int
    digest: str
    last_number: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table on both sides."""

    table: str
    source: Tally
    target: Tally

    @property
    def is_same(self) -> bool:
        return self.source == self.target


class CopyDiffers(CopyRefused):
    """A copy that is not what was copied, and that was not kept."""

    def __init__(self, comparisons: tuple[Comparison, ...]) -> None:
        names = ", ".join(each.table for each in comparisons if not each.is_same)
        super().__init__(
            f"The copy differs in {names}, and was not kept: the target is as empty as before. "
            "Please report this."
        )
        self.comparisons = comparisons


@dataclass(frozen=True, slots=True)
class Copied:
    """What was compared, and the tables of the source that are not the shop's and stayed behind."""

    comparisons: tuple[Comparison, ...]
    left_out: tuple[str, ...]


Progress = Callable[[int, int], None]
"""Is called with how many rows are done, and how many there are to do."""


def copy(source: URL, target: URL, *, progress: Progress) -> Copied:
    """Copies every table of a shop that is closed, with its numbers, and verifies the copy.

    Both are databases of SQLite, in a file, or of PostgreSQL. Raises CopyRefused, of which
    CopyDiffers is one kind, or the errors of the databases; then the target is as it was. The
    source is never changed.
    """
    with uncommitted(source, target, progress=progress) as copied:
        return copied


@contextmanager
def uncommitted(source: URL, target: URL, *, progress: Progress) -> Iterator[Copied]:
    """A copy as `copy` makes it, which is committed when the block is left, or not at all when an
    exception leaves it."""
    if _is_same(source, target):
        raise CopyRefused("Both are the same database. Copy to a new one.")
    with held(source) as origin, created(target) as destination:
        copied = _verified(origin, destination, progress)
        origin.refuse_company(*_process_ids(destination))
        yield copied


def copy_open(source: URL, target: URL, *, progress: Progress) -> Copied:
    """Copies as `copy` does, but from a PostgreSQL database that may be in use: what the copy holds
    is the shop at the moment when it began, and nobody has to wait for it."""
    with snapshot(source) as origin, created(target) as destination:
        return _verified(origin, destination, progress)


def _verified(source: Source, destination: Connection, progress: Progress) -> Copied:
    origin, dialect = source.connection, destination.dialect.name
    # Once, and after the moment that is copied: a transaction sees sequences as they are now.
    last_numbers = {
        table.name: numbers.to_keep(origin, table, dialect)
        for table in rows.tables()
        if numbers.is_counted(table)
    }
    every = sum(rows.count(origin, table) for table in rows.tables())
    steps = _Steps(progress, PASSES * every)
    _fill(origin, destination, last_numbers, steps)
    comparisons = tuple(
        Comparison(
            table.name,
            _wanted(origin, table, last_numbers, steps),
            _tally(destination, table, steps),
        )
        for table in rows.tables()
    )
    if not all(each.is_same for each in comparisons):
        raise CopyDiffers(comparisons)
    return Copied(comparisons, tuple(rows.strangers(origin)))


@dataclass(slots=True)
class _Steps:
    progress: Progress
    total: int
    done: int = field(default=0)

    def add(self, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total)


def _is_same(source: URL, target: URL) -> bool:
    if source.get_backend_name() == target.get_backend_name() == "sqlite":
        files = Path(str(source.database)), Path(str(target.database))
        return all(file.exists() for file in files) and files[0].samefile(files[1])
    return source == target


def _fill(
    origin: Connection, destination: Connection, last_numbers: Mapping[str, int], steps: _Steps
) -> None:
    problems: list[str] = []
    for table in rows.tables():
        with rows.batches(origin, table.columns) as found:
            for batch in found:
                if destination.dialect.name == "postgresql":
                    problems += fitting.problems(table, batch)
                if not problems:
                    destination.execute(insert(table), [dict(row._mapping) for row in batch])
                steps.add(len(batch))
        if table.name in last_numbers:
            numbers.go_on_after(destination, table, last_numbers[table.name])
    if problems:
        raise CopyRefused(_sentences(problems))


def _sentences(problems: list[str]) -> str:
    named = problems[:MOST_PROBLEMS_NAMED]
    more = len(problems) - len(named)
    ending = [f"And {more:,} more."] if more else []
    advice = "Nothing was copied. Correct these values where they are, then copy again."
    return "\n".join([*named, *ending, advice])


def _wanted(
    origin: Connection, table: Table, last_numbers: Mapping[str, int], steps: _Steps
) -> Tally:
    digest = _digest(origin, table, steps)
    return Tally(rows.count(origin, table), digest, last_numbers.get(table.name))


def _tally(connection: Connection, table: Table, steps: _Steps) -> Tally:
    last = numbers.last_given(connection, table) if numbers.is_counted(table) else None
    return Tally(rows.count(connection, table), _digest(connection, table, steps), last)


def _digest(connection: Connection, table: Table, steps: _Steps) -> str:
    digest = Digest()
    columns = sorted(table.columns, key=lambda column: column.name)
    with rows.batches(connection, columns) as found:
        for batch in found:
            digest.add(batch)
            steps.add(len(batch))
    return str(digest)


def _process_ids(connection: Connection) -> list[int]:
    if connection.dialect.name != "postgresql":
        return []
    return [connection.execute(text("SELECT pg_backend_pid()")).scalar_one()]
