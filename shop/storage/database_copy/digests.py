"""A digest of rows that is the same in every database that holds the same values.

A row becomes octets: of each column, in the order of the columns' names, the kind of its value, its
length and the value. The SHA-256 of the rows are added up, so that the order in which a database
gives them does not matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from types import NoneType
from typing import Any

_BITS = 256

_FORMS: dict[type, Callable[[Any], bytes]] = {
    NoneType: lambda _: b"n",
    bool: lambda value: b"t%d" % value,
    int: lambda value: b"i%d" % value,
    float: lambda value: b"f" + value.hex().encode(),  # SQLite keeps one in any column
    str: lambda value: b"s" + value.encode(),
    bytes: lambda value: b"b" + value,
    dict: lambda value: b"j" + json.dumps(value, sort_keys=True).encode(),
    list: lambda value: b"j" + json.dumps(value, sort_keys=True).encode(),
}


def canonical(values: Iterable[object]) -> bytes:
    """A row as octets; no two rows have the same. Raises TypeError for a value of a type that has
    no canonical form yet."""
    try:
        forms = [_FORMS[type(value)](value) for value in values]
    except KeyError as unknown:
        raise TypeError(f"{unknown} has no canonical form") from None
    return b"".join([b"%d:%b" % (len(form), form) for form in forms])


class Digest:
    """The digest of the rows that were added, as 64 hexadecimal digits."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Adds rows, each with its values in the order of their columns' names."""
        self._sum += sum(
            int.from_bytes(hashlib.sha256(canonical(row)).digest(), "big") for row in rows
        )

    def __str__(self) -> str:
        return f"{self._sum % 2**_BITS:0{_BITS // 4}x}"
