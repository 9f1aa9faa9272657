"""What PostgreSQL would refuse or round: SQLite keeps any value in any column.

The limits are those of https://www.postgresql.org/docs/current/datatype-numeric.html and
datatype-character.html.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Row, String, Table

_Check = Callable[[Any], str | None]
_KINDS = {int: "a whole number", str: "text", bytes: "bytes", bool: "yes or no"}
_NUL = "\0"


def problems(table: Table, rows: Iterable[Row[Any]]) -> Iterator[str]:
    """A sentence for each value of these rows that PostgreSQL cannot hold. It names the row, and
    never quotes a text, which may be a shopper's."""
    checks = [(column.name, _check(column)) for column in table.columns]
    for row in rows:
        for (name, check), value in zip(checks, row, strict=True):
            if value is not None and (reason := check(value)):
                yield f"{table.name}, {_named(table, row)}: {name} {reason}."


def _named(table: Table, row: Row[Any]) -> str:
    return ", ".join(f"{key.name} {row._mapping[key.name]}" for key in table.primary_key)


def _check(column: Column[Any]) -> _Check:
    kind = column.type
    if isinstance(kind, Boolean):
        return _of_type(bool)
    if isinstance(kind, Integer):
        return _whole_number(63 if isinstance(kind, BigInteger) else 31)
    if isinstance(kind, String):
        return _text(kind.length)
    if isinstance(kind, LargeBinary):
        return _of_type(bytes)
    return lambda _: None


def _of_type(wanted: type) -> _Check:
    def check(value: object) -> str | None:
        if type(value) is wanted:
            return None
        found = _KINDS.get(type(value), "a number with a fraction")
        return f"is {found}, but must be {_KINDS[wanted]}"

    return check


def _whole_number(bits: int) -> _Check:
    limit, is_whole = 1 << bits, _of_type(int)

    def check(value: Any) -> str | None:
        if type(value) is not int:
            return is_whole(value)
        if -limit <= value < limit:
            return None
        return f"is {value:,}, but PostgreSQL holds only {-limit:,} to {limit - 1:,} there"

    return check


def _text(length: int | None) -> _Check:
    is_text = _of_type(str)

    def check(value: Any) -> str | None:
        if type(value) is not str:
            return is_text(value)
        if _NUL in value:
            return "has a NUL character (U+0000), which PostgreSQL cannot hold"
        if length is not None and len(value) > length:
            return f"has {len(value):,} characters, but PostgreSQL holds at most {length:,} there"
        return None

    return check
